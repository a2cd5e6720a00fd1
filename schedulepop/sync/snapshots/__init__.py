"""Parts of the snapshot that only some people have: read for everybody, or for the few people of a small feed."""
