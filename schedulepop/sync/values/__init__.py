"""Parts of `normalize`: how one kind of value is read, with a fast path and the library behind it."""
