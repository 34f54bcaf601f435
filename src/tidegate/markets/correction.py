"""Correction of p values where many questions are asked at once, by statsmodels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import MissingExtraError

__all__ = ["CORRECTIONS", "corrected"]

CORRECTIONS = ("holm", "fdr_bh", "fdr_by", "bonferroni", "none")
"""As statsmodels names them. Holm and fdr_by hold under any dependence of the questions, fdr_bh under a
positive one."""


def corrected(chances: NDArray[np.float64], correct: str) -> NDArray[np.float64]:
    """Return p values corrected for being asked together. Raises: MissingExtraError: without statsmodels."""
    if correct == "none" or len(chances) < 2:
        return chances
    try:
        from statsmodels.stats.multitest import multipletests
    except ImportError:
        raise MissingExtraError(
            "statsmodels is not installed. Run: pip install 'tidegate[markets]'"
        ) from None
    found: NDArray[np.float64] = multipletests(chances, method=correct)[1]
    return found
