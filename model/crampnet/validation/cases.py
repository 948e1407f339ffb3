"""Published cases: what a source tells about one person, coded, and what it turned out to be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crampnet.errors import BadCase, CrampnetError, UnknownName, did_you_mean
from crampnet.inference.case import Case
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.yaml_io import read_yaml

Split = Literal["develop", "measure"]

SPLITS: tuple[Split, ...] = ("develop", "measure")
LEVELS = ("history", "examination", "tests")
"""What is known: each level adds its part to those before it."""
KINDS = ("case_report", "vignette", "question")
UNEXPLAINED = "none"
"""Label of a case that no modelled condition explains."""
KEYS = (
    "id", "kind", "source", "summary", "label", "other_labels", "published_diagnosis", "triage", "triage_reason",
    "group", *LEVELS, "unmapped",
)  # fmt: skip
SOURCE_KEYS = ("title", "url", "year", "read")
PART_KEYS = {"examination": ("present", "absent"), "tests": ("present", "absent", "results")}
"""Keys of the parts behind the history, whose keys are those of a case."""


@dataclass(frozen=True)
class PublicCase:
    """One published case.

    label: id of the condition that the source found, or "none"; other_labels: further ids that would be right too;
    triage: how soon the person needed care, judged from the text alone; group: kind of condition, for tables;
    title, url: of the source; parts: level -> its part of the coded case.
    """

    id: str
    kind: str
    label: str
    other_labels: tuple[str, ...]
    triage: str
    group: str
    title: str
    url: str
    parts: Mapping[str, Case]

    @property
    def split(self) -> Split:
        """The split that the source belongs to."""
        return split_of(self.url)

    @property
    def explained(self) -> bool:
        """Whether a modelled condition explains it."""
        return self.label != UNEXPLAINED

    def known_at(self, level: str) -> Case:
        """The case as known at a level: the parts up to it, united; what was examined is taken as it stands."""
        return united([self.parts[name] for name in LEVELS[: LEVELS.index(level) + 1]])


def united(parts: Sequence[Case]) -> Case:
    """History, examination and tests of one person, as far as given and in this order, as one case."""
    seen = parts[1:2]
    merged = parts[0].to_dict()
    for key in ("present", "absent"):
        merged[key] = [name for part in parts for name in getattr(part, key)]
    merged["examined"] = [*parts[0].examined, *(name for part in seen for name in (*part.present, *part.absent))]
    merged["results"] = {test: value for part in parts for test, value in part.results.items()}
    return Case.from_dict(merged)


def address(url: str) -> str:
    """A source address that does not hang on how it was typed: no scheme, no "www.", small letters and digits only."""
    bare = url.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return re.sub(r"[^a-z0-9]", "", bare)


def split_of(url: str) -> Split:
    """Split of all cases of a source: SHA-256 of its address modulo 3, one third (remainder 0) only to measure with."""
    remainder = int(hashlib.sha256(address(url).encode()).hexdigest(), 16) % 3
    return "develop" if remainder else "measure"


def sampled(cases: Iterable[PublicCase], every: int) -> list[PublicCase]:
    """One case in so many, in the order of their ids."""
    return sorted(cases, key=lambda case: case.id)[::every]


def load_cases(folder: Path, knowledge: Knowledge, vocabulary: Vocabulary) -> tuple[PublicCase, ...]:
    """Every case of a folder, sorted by id.

    Raises BadYaml or BadCase naming file, key and remedy: a key too many or too few, an id that does not exist, a label
    that is no condition, a level of urgency that does not exist, one source told twice.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise BadCase(str(folder), "there are no cases in this folder.", "Give the folder with one YAML file a case.")
    cases = tuple(_Reader(file, knowledge, vocabulary).case() for file in files)
    told: dict[tuple[str, str], str] = {}
    for case in cases:
        first = told.setdefault((address(case.url), case.title), case.id)
        if first != case.id:
            remedy = "Remove one, or say in the titles which patient of the source each is."
            raise BadCase(f"{case.id}.yaml: source", f"{first} has the same source and title.", remedy)
    return cases


def load_excluded(file: Path, cases: tuple[PublicCase, ...]) -> dict[str, str]:
    """Id -> reason of the cases that are left out of the figures.

    Raises BadCase for an id that is no case, or one without a reason.
    """
    listed = read_yaml(file) or {}
    ids = [case.id for case in cases]
    for id_, reason in listed.items():
        if id_ not in ids:
            raise BadCase(f"{file.name}: {id_}", "there is no such case.", did_you_mean(nearest_names(id_, ids)))
        if not isinstance(reason, str) or not reason.strip():
            raise BadCase(f"{file.name}: {id_}", "no reason is given.", "Say in a sentence why it is left out.")
    return dict(listed)


class _Reader:
    """One file, checked key by key."""

    def __init__(self, file: Path, knowledge: Knowledge, vocabulary: Vocabulary) -> None:
        self.file, self.knowledge, self.vocabulary = file, knowledge, vocabulary
        self.data = self._table("", read_yaml(file), KEYS, all_of_them=True)

    def case(self) -> PublicCase:
        source = self._table("source", self.data["source"], SOURCE_KEYS, all_of_them=True)
        label = self._text("label")
        others = self.data["other_labels"]
        if not isinstance(others, list):
            raise self._bad("other_labels", "it is not a list.", "Write a list of condition ids; [] for none.")
        for key, name in [("label", label), *(("other_labels", str(name)) for name in others)]:
            if not (key == "label" and name == UNEXPLAINED):
                self._one_of(key, name, tuple(self.knowledge.conditions))
        self._one_of("id", self._text("id"), (self.file.stem,))
        self._texts("summary", "published_diagnosis", "triage_reason", "group")
        return PublicCase(
            id=self.file.stem,
            kind=self._one_of("kind", self._text("kind"), KINDS),
            label=label,
            other_labels=tuple(others),
            triage=self._one_of("triage", self._text("triage"), tuple(self.knowledge.losses.levels)),
            group=self._text("group"),
            title=str(source["title"]),
            url=str(source["url"]),
            parts={level: self._part(level) for level in LEVELS},
        )

    def _part(self, level: str) -> Case:
        data = self.data[level] or {}
        if level in PART_KEYS:
            self._table(level, data, PART_KEYS[level])
        try:
            case = Case.from_dict(data)
        except CrampnetError as error:
            place = getattr(error, "place", level)
            raise self._bad(f"{level}.{place}", getattr(error, "problem", error.message), error.remedy) from None
        for key, names, resolve in self._names(case):
            for name in names:
                self._known(f"{level}.{key}", name, resolve)
        return case

    def _names(self, case: Case) -> Iterator[tuple[str, tuple[str, ...], Callable[[str], str]]]:
        words = self.vocabulary
        for key in ("present", "absent", "probably_present", "probably_absent", "examined"):
            yield key, tuple(getattr(case, key)), words.finding
        for key in ("diagnoses", "cared_for", "ruled_out"):
            yield key, tuple(getattr(case, key) or ()), words.condition
        yield "medicines", tuple(case.medicines or ()), words.medicine
        yield "results", tuple(case.results), words.test
        yield "setting", (case.setting,), words.setting

    def _known(self, key: str, name: str, resolve: Callable[[str], str]) -> None:
        try:
            resolve(name)
        except UnknownName as error:
            raise self._bad(key, error.message, error.remedy) from None

    def _table(self, key: str, data: Any, allowed: tuple[str, ...], *, all_of_them: bool = False) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise self._bad(key, "it is not a table.", f"Write lines `key: value` with the keys {', '.join(allowed)}.")
        for name in data:
            self._one_of(key or "key", name, allowed)
        missing = [name for name in allowed if name not in data]
        if all_of_them and missing:
            raise self._bad(key, f"{', '.join(missing)} is missing.", "Add it; an empty part is written {}.")
        return data

    def _one_of(self, key: str, name: str, allowed: tuple[str, ...]) -> str:
        if name not in allowed:
            near = nearest_names(name, allowed)
            remedy = did_you_mean(near) if near or len(allowed) > len(KEYS) else f"Write {' or '.join(allowed)}."
            raise self._bad(key, f'"{name}" is not known here.', remedy)
        return name

    def _texts(self, *keys: str) -> None:
        for key in keys:
            self._text(key)

    def _text(self, key: str) -> str:
        value = self.data[key]
        if not isinstance(value, str) or not value.strip():
            raise self._bad(key, "it is not a text.", "Write a text.")
        return value

    def _bad(self, key: str, problem: str, remedy: str) -> BadCase:
        return BadCase(f"{self.file.name}: {key}".removesuffix(": "), problem, remedy)
