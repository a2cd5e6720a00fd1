"""What is handed out: the wheel, the image, and the list of what a release needs."""
