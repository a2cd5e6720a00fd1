"""The demo: an invented organization (`maple_health`), built through the product's own doors (`build`)."""

from schedulepop.cli.demo.command import demo

__all__ = ["demo"]
