"""Rows <-> cases: how a table of cases is written.

One row a case. A column is one of these, told by its header (differences of case, blank, hyphen and underscore do not
matter); an empty cell always means that nothing is known:

- a key of a case file: `age`, `sex`, `pregnant`, `setting`, `complaint`, `sought_care`, `medicines_complete`,
  `note`; the lists `present`, `absent`, `probably_present`, `probably_absent`, `examined`, `medicines`, `diagnoses`,
  `cared_for`, `ruled_out` with semicolons between the names (or a list in the cell), `none` or an empty list for none;
  `results` as `test: value unit; ...` (or a mapping in the cell);
- a finding or exposure, by id or name: present, absent, probably_present, probably_absent, true or false;
- a test, by id or name: value with unit, such as `1.85 mmol/L`; with the unit in the header,
  `serum_calcium [mmol/L]`, a bare number will do;
- a column that is copied to the answer: `id`, whatever ends in `_id`, a column without a name, and those chosen by the
  caller.

Any other column is an error of the whole table: a misspelt finding must not be lost in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from crampnet.cohort import cells
from crampnet.errors import BadCase, BadTable, BadValue, CrampnetError, UnknownName, did_you_mean
from crampnet.inference.case import ASKED_LISTS, Case
from crampnet.inference.measurements import read_quantity
from crampnet.inference.vocabulary import Vocabulary, fold
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.people import SEXES

Read = Callable[[str, Any, dict[str, Any]], None]
"""Takes header, cell and the keys of the case so far, which it adds to. Raises CrampnetError."""

_WITH_UNIT = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>.*)\]\s*")


@dataclass(frozen=True)
class Column:
    """One column of a table: its header, what it is about (key, node or test) and how a cell is read."""

    header: str
    about: str
    read: Read


@dataclass(frozen=True)
class Layout:
    """What the columns of a table mean. keep: headers of the columns that are copied to the answer."""

    columns: tuple[Column, ...]
    keep: tuple[str, ...]

    @property
    def read(self) -> list[str]:
        """Headers of the columns that say something about the case."""
        return [column.header for column in self.columns]

    def cases(self, rows: pd.DataFrame) -> list[Case | CrampnetError]:
        """The case of each row, or what is wrong with it."""
        found: list[dict[str, Any]] = [{} for _ in range(len(rows))]
        wrong: dict[int, CrampnetError] = {}
        for column in self.columns:
            for row, cell in _filled(rows[column.header]):
                try:
                    column.read(column.header, cell, found[row])
                except CrampnetError as error:
                    wrong.setdefault(row, error)
        return [wrong.get(row) or _case(keys) for row, keys in enumerate(found)]


def read_header(vocabulary: Vocabulary, headers: Sequence[Hashable], *, keep: Sequence[str] = ()) -> Layout:
    """What each column means.

    headers: those of the table, in order; keep: further columns to copy to the answer.
    Raises BadTable naming every column that is unknown, missing, or there twice.
    """
    names = [str(header) for header in headers]
    kept = [name for name in names if name in keep or is_id(name)]
    columns: list[Column] = []
    unknown: list[str] = []
    for name in names:
        column = _column(vocabulary, name)
        if column is not None:
            columns.append(column)
        elif name not in kept:
            unknown.append(f'"{name}": {_remedy(vocabulary, name)}')
    if unknown:
        remedy = "Rename these columns, or choose those that shall only be copied."
        raise BadTable("table", f"it has columns that say nothing here. {' '.join(unknown)}", remedy)
    _once(names, columns)
    if missing := [name for name in keep if name not in names]:
        raise BadTable("table", f"it has no column {', '.join(missing)} to copy.", did_you_mean(names[:3]))
    return Layout(tuple(columns), tuple(kept))


def is_id(header: str) -> bool:
    """Whether a column names rows (`id`, `patient_id`, or no name at all) and is copied without asking."""
    return header.strip() == "" or fold(header) == "id" or fold(header).endswith(" id")


def _column(vocabulary: Vocabulary, header: str) -> Column | None:
    key = fold(header).replace(" ", "_")
    if key in _KEYS:
        return Column(header, key, partial(_KEYS[key], key))
    if (node := vocabulary.findings.get(header)) is not None:
        return Column(header, node, partial(_answer, node))
    match = _WITH_UNIT.fullmatch(header)
    name, unit = (match["name"], match["unit"].strip()) if match else (header, "")
    if (test := vocabulary.tests.get(name)) is None:
        return None
    if unit:
        _check_unit(vocabulary, test, unit)
    return Column(header, test, partial(_result, test, unit))


def _check_unit(vocabulary: Vocabulary, test: str, unit: str) -> None:
    try:
        read_quantity(vocabulary.knowledge.measurements[test], f"1 {unit}")
    except BadValue:
        return  # nobody has 1 of this; the unit was understood
    except UnknownName as error:
        raise BadTable(f"column {test} [{unit}]", error.message, error.remedy) from None


def _once(names: Sequence[str], columns: Sequence[Column]) -> None:
    """Refuse two columns of one name, or about one thing."""
    for name in names:
        if names.count(name) > 1:
            raise BadTable(f'column "{name}"', "it is there twice.", "Rename or drop one of the two.")
    heard: dict[str, str] = {}
    for column in columns:
        other = heard.setdefault(column.about, column.header)
        if other != column.header:
            raise BadTable(f'column "{column.header}"', f'"{other}" is about the same.', "Keep one of the two.")


def _remedy(vocabulary: Vocabulary, header: str) -> str:
    if vocabulary.conditions.get(header) is not None:
        return "a condition stands in the columns diagnoses or ruled_out."
    word = fold(_WITH_UNIT.sub(r"\g<name>", header))
    known = {fold(key): (key,) for key in _KEYS}
    close = nearest_names(word, (*known, *vocabulary.findings.words, *vocabulary.tests.words))
    owners = (known.get(w) or vocabulary.findings.owners(w) or vocabulary.tests.owners(w) for w in close)
    return did_you_mean(tuple(dict.fromkeys(id_ for ids in owners for id_ in ids)))


def _filled(column: pd.Series[Any]) -> Iterator[tuple[int, Any]]:
    """Position and content of the cells that say something."""
    content = column.astype(object).to_numpy()
    for row in np.flatnonzero(column.notna().to_numpy()):
        if not cells.is_empty(content[row]):
            yield int(row), content[row]


def _case(keys: dict[str, Any]) -> Case | CrampnetError:
    try:
        return Case(**keys)
    except CrampnetError as error:
        return error


def _answer(node: str, header: str, cell: object, into: dict[str, Any]) -> None:
    into.setdefault(cells.read_state(header, cell), []).append(node)


def _result(test: str, unit: str, header: str, cell: object, into: dict[str, Any]) -> None:
    _add_results({test: cells.read_quantity_text(unit, cell)}, header, into)


def _list(key: str, header: str, cell: object, into: dict[str, Any]) -> None:
    into.setdefault(key, []).extend(cells.read_names(header, cell))


def _results(_key: str, header: str, cell: object, into: dict[str, Any]) -> None:
    _add_results(cells.read_results(header, cell), header, into)


def _add_results(results: dict[str, Any], header: str, into: dict[str, Any]) -> None:
    known = into.setdefault("results", {})
    for test, value in results.items():
        if test in known:
            raise BadCase(header, f"{test} is given twice.", "Keep one sample.")
        known[test] = value


def _flag(key: str, header: str, cell: object, into: dict[str, Any]) -> None:
    into[key] = cells.read_flag(header, cell)


def _number(key: str, header: str, cell: object, into: dict[str, Any]) -> None:
    into[key] = cells.read_number(header, cell)


def _text(key: str, _header: str, cell: object, into: dict[str, Any]) -> None:
    into[key] = str(cell).strip()


def _sex(key: str, _header: str, cell: object, into: dict[str, Any]) -> None:
    word = str(cell)
    into[key] = fold(word) if fold(word) in SEXES else word


def _readers() -> dict[str, Callable[[str, str, Any, dict[str, Any]], None]]:
    """A reader for each key of a case, told by the key's default."""
    special = {
        "age": _number,
        "sex": _sex,
        "pregnant": _flag,
        "sought_care": _flag,
        "results": _results,
        **dict.fromkeys(ASKED_LISTS, _list),
    }
    by_default = {bool: _flag, tuple: _list, str: _text}
    return {f.name: special.get(f.name) or by_default[type(f.default)] for f in fields(Case)}


_KEYS = _readers()
