"""Parts of the snapshot that only some people or only some runs need."""
