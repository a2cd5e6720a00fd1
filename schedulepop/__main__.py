"""`python -m schedulepop` is the console script."""

from schedulepop.cli import main

main()
