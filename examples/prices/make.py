"""Make the made-up prices beside this file: nine shares and a market that nobody ever traded.

Sessions are those of New York; returns are normal numbers from a fixed seed, with betas of 1.2 to 1.9, a shock
that chip shares have in common, and two moves planted so that there is something to find.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tidegate.markets.exchanges import sessions_of

SEED = 20250416
CHIPS = ("CHIPA", "CHIPB", "CHIPC", "CHIPD", "CHIPE")
TOOLS = ("TOOLA", "TOOLB")
DESIGN = ("EDAA", "EDAB")
PLANTED = {"2025-04-16": (CHIPS[:3], -0.06), "2025-05-28": (DESIGN, -0.09)}
"""Abnormal returns by session: the first that could react to the H20 letter, and to the letters on design software."""


def text() -> str:
    """Return the file: a date and one column a ticker."""
    days = sessions_of("XNYS", 2024, 2025).days
    names = (*CHIPS, *TOOLS, *DESIGN)
    rng = np.random.default_rng(SEED)
    market = rng.normal(0.0004, 0.009, len(days))
    shared = rng.normal(0, 0.008, len(days))
    beta = rng.uniform(1.2, 1.9, (len(names), 1))
    returns = beta * market + shared + rng.normal(0, 0.013, (len(names), len(days)))
    for day, (shares, size) in PLANTED.items():
        at = int(np.searchsorted(days, np.datetime64(day)))
        for name in shares:
            returns[names.index(name), at] += size
    close = 100 * np.cumprod(1 + np.vstack([returns, market]), axis=1)
    lines = [",".join(("date", *names, "MARKET"))]
    lines += [
        f"{day}," + ",".join(f"{value:.3f}" for value in column)
        for day, column in zip(days, close.T, strict=True)
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "made_up.csv").write_text(text(), encoding="utf-8")
