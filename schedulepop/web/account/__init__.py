"""Getting in: signing in, setting up an account, a forgotten password, confirming an address, one's own account."""
