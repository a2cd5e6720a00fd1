"""Tags and filters of the templates: words, icons and small parts of a page. No query, and nothing of a room comes
in.
"""
