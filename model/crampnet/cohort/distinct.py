"""Rows of a table that say the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Positions = npt.NDArray[np.intp]


def distinct(table: pd.DataFrame) -> tuple[Positions, Positions]:
    """Rows that differ, exactly: the position of the first of each kind, and for each row the number of its kind."""
    codes: Positions = np.zeros(len(table), dtype=np.intp)
    for header in table.columns:
        column, seen = pd.factorize(comparable(table[header]))
        if len(seen):
            codes = pd.factorize(codes * (len(seen) + 1) + column + 1)[0].astype(np.intp)
    return np.unique(codes, return_index=True)[1], codes


def comparable(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of mixed things as texts that differ where the things do; others as they are."""
    return column.map(_text, na_action="ignore") if column.dtype == object else column


def _text(cell: object) -> str:
    return repr(cell.tolist() if isinstance(cell, np.ndarray) else cell)
