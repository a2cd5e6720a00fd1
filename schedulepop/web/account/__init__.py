"""Getting in and oneself: signing in, setting up an account, passwords, confirming an address, one's own account.

What a stranger may open lies here and nowhere else. No page about other people comes in.
"""
