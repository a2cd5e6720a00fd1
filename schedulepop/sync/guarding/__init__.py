"""Parts of `guard`: what a rule may look at, and the rules, each a small named function."""
