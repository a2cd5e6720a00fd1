"""Two users of one person become one, and can be taken apart again. `merge` is the door."""
