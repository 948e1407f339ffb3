"""Cases answered with two sets of priors, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crampnet.api import Answer, Model
from crampnet.errors import BadCase, CrampnetError, KnowledgeError
from crampnet.inference.case import Case, read_case
from crampnet.validation.cases import LEVELS, split_of, united
from crampnet.yaml_io import read_yaml

SHOWN = 3
"""So many first rows are compared."""
GIVEN = "given"
"""Split and level of a plain case file."""
DECIDING = ("first row", "first three", "urgency", "advice", "error")
"""What can differ."""


@dataclass(frozen=True)
class Told:
    """A case to compare on.

    split: develop, measure, or "given" for a plain case file; levels: level -> what is known.
    """

    id: str
    split: str
    levels: Mapping[str, Case]


@dataclass(frozen=True)
class Standing:
    """An answer as far as it is compared.

    first: the first rows, best first; shares: every row's probability; urgency: the level; advice: what is shown, as
    "condition.item", with a star where it is reworded; error: why there is no answer.
    """

    first: tuple[str, ...] = ()
    shares: Mapping[str, float] | None = None
    urgency: str = ""
    advice: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Moved:
    """A case at a level whose answer differs. what: which of DECIDING do."""

    case: str
    split: str
    level: str
    what: tuple[str, ...]
    old: Standing
    new: Standing


def read_told(file: Path) -> Told:
    """A case from a file of the public cases or a plain case file, its names not looked up yet.

    Levels that add nothing to the one before are left out.
    Raises BadYaml or BadCase naming the file and the remedy.
    """
    data = read_yaml(file)
    try:
        if not isinstance(data, dict) or "history" not in data:
            return Told(file.stem, GIVEN, {GIVEN: read_case(file)})
        parts = [Case.from_dict(data.get(level) or {}) for level in LEVELS]
        split = split_of(str(data["source"]["url"]))
    except BadCase as error:
        raise BadCase(f"{file.name}: {error.place}", error.problem, error.remedy) from None
    except (KeyError, TypeError):
        raise BadCase(f"{file.name}: source", "it has no url.", "Add the address of the source.") from None
    whole = {level: united(parts[: place + 1]) for place, level in enumerate(LEVELS)}
    news = [level for place, level in enumerate(LEVELS) if not place or whole[level] != whole[LEVELS[place - 1]]]
    return Told(file.stem, split, {level: whole[level] for level in news})


def standing(model: Model, case: Case) -> Standing:
    """The answer of a model to a case, or why there is none. Raises KnowledgeError for unsound priors."""
    try:
        return _of(model.diagnose(case))
    except KnowledgeError:
        raise
    except CrampnetError as error:
        return Standing(error=str(error))


def moves(old: Model, new: Model, told: Sequence[Told]) -> Iterator[Moved]:
    """The cases whose first row, first three rows, urgency or shown advice differs, at each level."""
    for one in told:
        for level, case in one.levels.items():
            before, after = standing(old, case), standing(new, case)
            what = _differs(before, after)
            if what:
                yield Moved(one.id, one.split, level, what, before, after)


def _of(answer: Answer) -> Standing:
    shares = answer.evidence.ranked(answer.posterior)
    first = sorted(shares, key=lambda name: -shares[name])[:SHOWN]
    shown = tuple(
        f"{line.about}.{line.item.id}{'*' if line.status == 'rewritten' else ''}"
        for line in answer.advice
        if line.status != "withheld"
    )
    return Standing(tuple(first), shares, answer.urgency.level, shown)


def _differs(old: Standing, new: Standing) -> tuple[str, ...]:
    different = (
        old.first[:1] != new.first[:1],
        set(old.first) != set(new.first),
        old.urgency != new.urgency,
        set(old.advice) != set(new.advice),
        bool(old.error) != bool(new.error),
    )
    if old.error or new.error:
        different = (False, False, False, False, different[-1])
    return tuple(name for name, differs in zip(DECIDING, different, strict=True) if differs)
