"""Parts of `read`: from bytes to rows of text, with what is broken named."""
