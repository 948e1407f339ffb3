"""Everything that differs between two sets of priors, and the same as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from crampnet.api import Model, load_model
from crampnet.errors import BadCase, KnowledgeError
from crampnet.validation.diff.answers import DECIDING, SHOWN, Moved, Told, moves, read_told
from crampnet.validation.diff.records import NumberChange, RecordChanges, number_changes, record_changes
from crampnet.validation.diff.revisions import priors_of

CASES = Path("validation") / "cases"
"""The public cases in a checkout."""
HIDDEN = "measure"
"""The split of which only counts are told, so that nobody mends the model on it case by case."""


@dataclass(frozen=True)
class Diff:
    """Old against new.

    digests: of both; numbers, records: what differs in the files; cases: split -> cases answered; counts: split ->
    level -> what differs -> in how many cases; moved: the single cases, those of the measuring split left out.
    """

    digests: tuple[str, str]
    numbers: tuple[NumberChange, ...]
    records: RecordChanges
    cases: dict[str, int]
    counts: dict[str, dict[str, dict[str, int]]]
    moved: tuple[Moved, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, the probabilities of a case being those of the rows that are first on either side."""
        return {
            "digests": dict(zip(("old", "new"), self.digests, strict=True)),
            "numbers": [asdict(change) for change in self.numbers],
            "records": {name: list(ids) for name, ids in asdict(self.records).items()},
            "cases": self.cases,
            "counts": self.counts,
            "moved": [_plain(moved) for moved in self.moved],
        }


def compare(old: Model, new: Model, told: Sequence[Told]) -> Diff:
    """Compare two models in their figures and records, and in their answers to some cases.

    A case that one of them cannot answer (an id that it does not have, answers that it holds to be impossible) is
    named with the reason. Equal knowledge is not asked at all.
    """
    same = old.knowledge.digest == new.knowledge.digest
    found = () if same else tuple(moves(old, new, told))
    return Diff(
        digests=(old.knowledge.digest, new.knowledge.digest),
        numbers=number_changes(old.knowledge, new.knowledge),
        records=record_changes(old.knowledge, new.knowledge),
        cases=dict(sorted(Counter(one.split for one in told).items())),
        counts=_counts(told, found),
        moved=tuple(moved for moved in found if moved.split != HIDDEN),
    )


def compare_named(old: str, new: str, folder: Path | None = None) -> Diff:
    """Compare priors given as folders or as revisions of the repository, see `priors_of`.

    folder: with the cases, `validation/cases` of the checkout by default.
    Raises CrampnetError where something is not there, KnowledgeError for priors that are not sound.
    """
    repository = checkout()
    told = read_cases(folder or repository / CASES)
    with priors_of(old, repository) as before, priors_of(new, repository) as after:
        models = _model(old, before), _model(new, after)
    models[0].ready()
    return compare(*models, told)


def _model(name: str, folder: Path) -> Model:
    """The model of one side, compiled; what is wrong with its files is told with the side's name."""
    try:
        model = load_model(folder)
        model.network()
        return model
    except KnowledgeError as error:
        issues = [replace(issue, file=f"{name}: {issue.file}") for issue in error.issues]
        raise KnowledgeError(issues) from None


def checkout() -> Path:
    """The checkout that this package is used from; elsewhere the current folder."""
    here = Path(__file__).resolve().parents[4]
    return here if (here / CASES).is_dir() else Path.cwd()


def read_cases(folder: Path) -> tuple[Told, ...]:
    """Every case of a folder, sorted by name. Raises BadCase where there is none, and as `read_told`."""
    files = sorted(file for ending in ("yaml", "yml", "json") for file in folder.glob(f"*.{ending}"))
    if not files:
        raise BadCase(str(folder), "there are no cases in this folder.", "Give a folder of cases with --cases.")
    return tuple(read_told(file) for file in files)


def rows_of(moved: Moved) -> dict[str, tuple[float | None, float | None]]:
    """Condition -> probability before and after, for the rows that are among the first on either side."""
    before, after = moved.old.shares or {}, moved.new.shares or {}
    names = dict.fromkeys((*moved.old.first[:SHOWN], *moved.new.first[:SHOWN]))
    return {name: (before.get(name), after.get(name)) for name in names}


def _counts(told: Sequence[Told], found: Sequence[Moved]) -> dict[str, dict[str, dict[str, int]]]:
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for one in sorted(told, key=lambda told: told.split):
        for level in one.levels:
            at_level = counts.setdefault(one.split, {}).setdefault(level, {"asked": 0, **dict.fromkeys(DECIDING, 0)})
            at_level["asked"] += 1
    for moved in found:
        for what in moved.what:
            counts[moved.split][moved.level][what] += 1
    return counts


def _plain(moved: Moved) -> dict[str, Any]:
    gone = set(moved.old.advice) - set(moved.new.advice)
    come = set(moved.new.advice) - set(moved.old.advice)
    return {
        "case": moved.case,
        "split": moved.split,
        "level": moved.level,
        "what": list(moved.what),
        "rows": {name: list(pair) for name, pair in rows_of(moved).items()},
        "first": [list(moved.old.first), list(moved.new.first)],
        "urgency": [moved.old.urgency, moved.new.urgency],
        "advice": {"no_longer": sorted(gone), "new": sorted(come)},
        "error": [moved.old.error, moved.new.error],
    }
