"""The demo: an invented organization, its first sync and the next morning."""

from schedulepop.cli.demo.command import demo

__all__ = ["demo"]
