"""The demo: an invented organization (`maple_health`), built through the product's own doors (`build`).
The command `demo` and tests come in; nothing of the product does, and no row is written past those doors."""

from schedulepop.cli.demo.command import demo

__all__ = ["demo"]
