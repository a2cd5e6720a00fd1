"""QR codes as pages and sheets show them."""

from __future__ import annotations

import segno


def qr(address: str) -> dict[str, object]:
    """A QR code as one SVG path in units of its squares, with the quiet border that readers need."""
    border, code = 4, segno.make(address, error="m", micro=False)
    rows = [list(row) for row in code.matrix]
    path = "".join(
        f"M{x + border} {y + border}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return {"size": len(rows) + 2 * border, "path": path}
