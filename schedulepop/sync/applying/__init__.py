"""Parts of `apply`: staging rows for the database, and the issues a run opens and resolves."""
