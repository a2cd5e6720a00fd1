"""Parts of `match`: who resembles whom, several records of one person, and what waits."""
