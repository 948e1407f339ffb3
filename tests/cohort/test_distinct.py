from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crampnet.cohort.distinct import distinct

CELLS = st.sampled_from(["a", "b", "", None, True, 1, 1.0, np.nan, ("a", "b"), ["a"], {"a": 1}])


@given(st.lists(st.tuples(CELLS, CELLS, st.sampled_from([1.5, 2.0, np.nan])), max_size=12))
def test_rows_are_of_one_kind_exactly_when_they_say_the_same(rows: list[tuple[Any, ...]]) -> None:
    table = pd.DataFrame(
        {
            name: pd.Series([row[i] for row in rows], dtype=kind)
            for i, (name, kind) in enumerate((("x", object), ("y", object), ("z", float)))
        }
    )
    firsts, codes = distinct(table)

    def said(row: tuple[Any, ...]) -> tuple[str, ...]:
        return tuple("nothing" if cell is None or cell != cell else repr(cell) for cell in row)

    kinds = list(dict.fromkeys(said(row) for row in rows))
    assert [said(rows[first]) for first in firsts] == kinds
    assert [kinds[code] for code in codes] == [said(row) for row in rows]


def test_a_table_without_columns_has_one_kind_of_row() -> None:
    firsts, codes = distinct(pd.DataFrame(index=range(3)))
    assert firsts.tolist() == [0]
    assert codes.tolist() == [0, 0, 0]


def test_categories_and_long_arrays_are_told_apart() -> None:
    long = np.zeros(2000)
    other = long.copy()
    other[1000] = 1.0
    table = pd.DataFrame({"x": pd.Categorical(["a", "a", None]), "y": pd.Series([long, other, long], dtype=object)})
    assert distinct(table)[1].tolist() == [0, 1, 2]
