"""axe on a loaded page, once what moves has arrived.

Contrast is most of axe's time, and the same for all elements that are alike: the same tags and classes up to the
root, in the same colors and sizes. In `make test` it is measured on the first and the last of each kind, in
`make test-all` on every element; all other rules see every element in both.
"""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import scale

_SCRIPT = Axe().axe_script
_AT_REST = """() => document.getAnimations().forEach(
  (one) => one.effect.getComputedTiming().iterations < Infinity && one.finish())"""
# Preloading is for pages with sound and for experiments.
_AXE = "axe.run({resultTypes: ['violations'], preload: false})"
_ONLY_ONE_OF_A_KIND = "axe.configure({rules: [{id: 'color-contrast', selector: '[data-one-of-a-kind]'}]})"

ONE_OF_A_KIND = """() => {
  const STYLE = ["color", "backgroundColor", "backgroundImage", "opacity", "fontSize", "fontWeight", "textShadow",
    "position", "mixBlendMode", "filter"];
  const numbers = new Map(), kinds = new Map(), seen = new Map();
  const kind = (one) => {
    if (!one) return 0;
    if (!kinds.has(one)) {
      const style = getComputedStyle(one);
      const told = [kind(one.parentElement), one.tagName, one.getAttribute("class"), one.matches(":disabled"),
        ...STYLE.map((name) => style[name])].join("|");
      if (!numbers.has(told)) numbers.set(told, numbers.size + 1);
      kinds.set(one, numbers.get(told));
    }
    return kinds.get(one);
  };
  const speaks = (one) => ["INPUT", "SELECT", "TEXTAREA"].includes(one.tagName)
    || [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const one of document.querySelectorAll("[data-one-of-a-kind]")) one.removeAttribute("data-one-of-a-kind");
  for (const one of document.body.querySelectorAll("*")) {
    if (!speaks(one) || !one.checkVisibility()) continue;
    const [first] = seen.get(kind(one)) ?? [one];
    seen.set(kind(one), [first, one]);
  }
  for (const both of seen.values()) for (const one of both) one.setAttribute("data-one-of-a-kind", "");
}"""
"""Marks the first and the last of each kind of elements with text."""


def check(page: Page, *, every: bool = scale.ALL) -> None:
    """Fails with a readable list when axe finds anything."""
    page.evaluate(_AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
        if not every:
            page.evaluate(_ONLY_ONE_OF_A_KIND)
    if not every:
        page.evaluate(ONE_OF_A_KIND)
    found = page.evaluate(_AXE)
    lines = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(
            n["html"][:200] + " | " + n.get("failureSummary", "")[:300] for n in violation["nodes"][:4]
        )
        for violation in found["violations"]
    ]
    assert not lines, page.url + "\n" + "\n".join(lines)
