"""What one cell of a table of cases says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crampnet.errors import BadCase, BadValue
from crampnet.inference.vocabulary import fold

STATES = ("present", "absent", "probably_present", "probably_absent")
"""What a cell of a finding or exposure may say; these are also keys of a case."""

SEPARATOR = ";"
"""Stands between the names of a list in one cell."""

NONE = "none"
"""A list without names, said in words."""

_BLANK = ("", "na", "nan")
_TRUE = {"true": True, "false": False, "present": True, "absent": False}
_BARE = re.compile(r"\s*[<>≤≥]?\s*[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?\s*")


def is_empty(cell: Any) -> bool:
    """Whether a cell says nothing: missing, blank, or NA as other programs write it."""
    if isinstance(cell, str):
        return fold(cell) in _BLANK
    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))


def read_state(column: str, cell: object) -> str:
    """One of STATES; true and false are taken as present and absent. Raises BadValue."""
    word = fold(str(cell)).replace(" ", "_")
    state = {"true": "present", "false": "absent"}.get(word, word)
    if state not in STATES:
        raise BadValue(column, cell, "is no answer.", f"Write {', '.join(STATES)}, or leave the cell empty.")
    return state


def read_flag(column: str, cell: object) -> bool:
    """True or false. Raises BadValue."""
    found = _TRUE.get(fold(str(cell)))
    if found is None:
        raise BadValue(column, cell, "is not true or false.", "Write true or false, or leave the cell empty.")
    return found


def read_number(column: str, cell: Any) -> float:
    """A number, whole where it is whole. Raises BadValue."""
    try:
        number = float(cell)
    except (TypeError, ValueError):
        number = float("nan")
    if number != number or isinstance(cell, bool | np.bool_):
        raise BadValue(column, cell, "is not a number.", "Write a number, or leave the cell empty.")
    return int(number) if number.is_integer() else number


def read_names(column: str, cell: object) -> list[Any]:
    """The names of a list, or of a text with semicolons; "none" is an empty list. Raises BadCase."""
    if isinstance(cell, str) and fold(cell) == NONE:
        return []
    if isinstance(cell, str):
        return [name.strip() for name in cell.split(SEPARATOR) if name.strip()]
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if not isinstance(cell, list | tuple | set | frozenset):
        raise BadCase(column, f"{cell!r} is not a list of names.", "Write the names with semicolons between them.")
    names = sorted(cell) if isinstance(cell, set | frozenset) else cell
    return [name for name in names if not is_empty(name)]


def read_results(column: str, cell: object) -> dict[str, Any]:
    """Test -> value with unit, from a mapping, from pairs, or from a text "test: value unit; ...". Raises BadCase."""
    if isinstance(cell, str):
        pairs = [part.partition(":")[::2] for part in cell.split(SEPARATOR) if part.strip()]
        cell = [(test.strip(), value.strip()) for test, value in pairs]
    if isinstance(cell, Mapping):
        cell = list(cell.items())
    if not isinstance(cell, list) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in cell):
        remedy = "Write each result as `test: value unit`, with semicolons between them."
        raise BadCase(column, f"{cell!r} is not a table of results.", remedy)
    return {str(test): value for test, value in cell if value is not None and (value == "" or not is_empty(value))}


def read_quantity_text(unit: str, cell: object) -> str:
    """A value with its unit: a bare number takes the unit of the header."""
    whole = isinstance(cell, float) and cell.is_integer()  # pandas makes whole numbers with gaps so
    text = f"{cell:.0f}" if whole else str(cell).strip()
    return f"{text} {unit}".strip() if _BARE.fullmatch(text) else text
