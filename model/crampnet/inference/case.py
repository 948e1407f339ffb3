"""One person's case: what is known, what was looked for and not found, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from crampnet.errors import BadCase
from crampnet.yaml_io import dump_yaml, parse_yaml, read_yaml

Answer = float | str


@dataclass(frozen=True)
class Case:
    """What is known about one person. Whatever is not named here is unknown, which is not the same as absent.

    In a case file the lists `medicines` and `diagnoses` are left out when nothing was said, and written `[]` for none.

    age: years, 12 to 120, or None; sex: "female", "male" or None; pregnant: True, False or None;
    setting: where the question is asked (an id of settings.yaml);
    complaint: False when the hand itself gives no trouble: then nothing is taken as a reason;
    sought_care: True when the person has already shown or told a clinician the trouble of the hand, which few do for a
    cramp that passes and nearly all for what grows or frightens; False and None say nothing: at first nobody has;
    present, absent: ids of findings and exposures; probably_present, probably_absent: the same, less sure;
    examined: those of them that a clinician saw or measured: they are taken as they stand, while what a person says of
    herself weighs as much as the finding's `self_report` allows. Signs and test results need not be named here;
    medicines: names as people type them, an empty list when asked and none are taken, None when nothing was said; what
    a list leaves out is less likely, by how often such medicines are left out; medicines_complete: True when the list
    is known to be the whole list: then what it leaves out is not taken;
    results: test id -> value with unit, such as "1.85 mmol/L";
    diagnoses: conditions that the person is known to have, an empty list when asked and none are known, None when
    nothing was said; what a list leaves out is less likely where the knowledge says how often it stays unnamed;
    cared_for: those of them under treatment or review;
    ruled_out: conditions that a clinician has ruled out; note: free text, never used.
    """

    age: float | None = None
    sex: str | None = None
    pregnant: bool | None = None
    setting: str = "general_population"
    complaint: bool = True
    sought_care: bool | None = None
    present: Sequence[str] = ()
    absent: Sequence[str] = ()
    probably_present: Sequence[str] = ()
    probably_absent: Sequence[str] = ()
    examined: Sequence[str] = ()
    medicines: Sequence[str] | None = None
    medicines_complete: bool = False
    results: Mapping[str, Answer] = field(default_factory=dict)
    diagnoses: Sequence[str] | None = None
    cared_for: Sequence[str] = ()
    ruled_out: Sequence[str] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for name in _LISTS:
            if getattr(self, name) is not None or name not in ASKED_LISTS:
                object.__setattr__(self, name, _names(name, getattr(self, name)))
        if not isinstance(self.results, Mapping):
            raise BadCase(
                "results",
                "it is not a table of results.",
                "Write each result as `test: value unit`, such as `serum_calcium: 1.85 mmol/L`.",
            )
        object.__setattr__(self, "results", dict(self.results))
        for name in ("complaint", "medicines_complete"):
            if not isinstance(getattr(self, name), bool):
                raise BadCase(name, f"{getattr(self, name)!r} is not true or false.", "Write true or false.")
        for name in ("pregnant", "sought_care"):
            if not isinstance(getattr(self, name), bool | None):
                problem = f"{getattr(self, name)!r} is not true or false."
                raise BadCase(name, problem, "Write true or false, or leave it out.")
        if self.sought_care and not self.complaint:
            problem = "care was sought for a hand that gives no trouble."
            raise BadCase("sought_care", problem, "Leave it out, or let complaint be true.")
        for name in ("setting", "note"):
            if not isinstance(getattr(self, name), str):
                raise BadCase(name, f"{getattr(self, name)!r} is not a text.", "Write a text.")

    @classmethod
    def from_dict(cls, data: object) -> Case:
        """A case from plain data (a parsed case file). Raises BadCase naming the key that does not belong."""
        if not isinstance(data, Mapping):
            raise BadCase("case", "it is not a case.", "A case file has lines `key: value`, such as `age: 44`.")
        known = {f.name for f in fields(cls)}
        for key in data:
            if key not in known:
                raise BadCase(str(key), "a case has no such key.", f"Allowed are {', '.join(sorted(known))}.")
        return cls(**{str(key): value for key, value in data.items() if value is not None})

    def to_dict(self) -> dict[str, Any]:
        """Plain data without the keys that say nothing; from_dict gives the same case back."""
        plain: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value != f.default and (value not in ((), {}) or f.name in ASKED_LISTS):
                plain[f.name] = list(value) if isinstance(value, tuple) else value
        return plain


ASKED_LISTS = ("medicines", "diagnoses")
"""Lists of which an empty one says something: that none are known."""

_LISTS = (
    "present",
    "absent",
    "probably_present",
    "probably_absent",
    "examined",
    "medicines",
    "diagnoses",
    "cared_for",
    "ruled_out",
)


def _names(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence | set | frozenset):
        raise BadCase(key, f"{value!r} is not a list of names.", f"Write a list, such as `{key}: [one, two]`.")
    names = tuple(value)
    for name in names:
        if not isinstance(name, str):
            raise BadCase(key, f"{name!r} is not a name.", "Every entry is a text; put quotes around it.")
    return tuple(dict.fromkeys(names))


CASE_LIMIT = 200_000
"""Largest case file, in bytes."""


def read_case(source: Path | str | bytes, *, name: str = "case file") -> Case:
    """A case from a YAML or JSON file (a Path) or from its content.

    Raises BadYaml or BadCase, each naming the place and the remedy.
    """
    if isinstance(source, Path):
        return Case.from_dict(read_yaml(source, limit=CASE_LIMIT))
    return Case.from_dict(parse_yaml(source, name=name, limit=CASE_LIMIT))


def write_case(case: Case) -> str:
    """The text of a case file that read_case reads back."""
    return dump_yaml(case.to_dict())
