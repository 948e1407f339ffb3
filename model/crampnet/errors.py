"""Every error that a user of crampnet can meet: each names the place, what is wrong and the remedy.

Exit codes of the command line: 2 usage, 3 knowledge, 4 input, 5 impossible case, 6 too expensive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Sign(NamedTuple):
    """A warning sign among the answers: how soon it wants care, and the sentence for it."""

    level: str
    plain: str
    clinical: str


class CrampnetError(Exception):
    """An error with a remedy; the base of all others.

    Args:
        message: what is wrong and where, as a sentence.
        remedy: what the reader can do about it, as a sentence.
    """

    exit_code = 1
    signs: tuple[Sign, ...] = ()
    """Warning signs among answers that no probabilities could be worked out for, gravest first."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        signs = " ".join(f"{sign.level}: {sign.plain}" for sign in self.signs)
        heed = f" Whatever else is true, heed this: {signs}" if signs else ""
        return f"{self.message} {self.remedy}{heed}"

    def __reduce__(self) -> tuple[object, ...]:
        # Subclasses take other arguments than (message, remedy); rebuild from the fields instead.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[CrampnetError], args: tuple[object, ...], fields: dict[str, object]) -> CrampnetError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


@dataclass(frozen=True, order=True)
class Issue:
    """One thing that is wrong in a file.

    Args:
        file: the file, relative to the folder that holds the knowledge.
        key: dotted path inside the file; empty for the file as a whole.
        message: what is wrong.
        remedy: what mends it.
    """

    file: str
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.message} {self.remedy}"


class KnowledgeError(CrampnetError):
    """The knowledge files have problems; all of them are listed.

    Args:
        issues: the problems, at least one.
    """

    exit_code = 3

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        count = len(self.issues)
        listed = "\n".join(str(issue) for issue in self.issues)
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"The knowledge has {count} {noun}:\n{listed}\n",
            "Mend the files named above; `crampnet check` lists what is left.",
        )


class BadYaml(CrampnetError):
    """A file or text is not the YAML that crampnet reads.

    Args:
        place: file name, with the line where it is known.
        problem: what is wrong, as a sentence.
        remedy: what mends it.
    """

    exit_code = 4

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = place
        self.problem = problem
        super().__init__(f"{place}: {problem}", remedy)

    @property
    def sentence(self) -> str:
        """The problem with a capital letter."""
        return self.problem[:1].upper() + self.problem[1:]


class UnknownName(CrampnetError):
    """A name that the knowledge does not have.

    Args:
        kind: what was expected, such as "finding" or "medicine".
        given: the name as it was given.
        nearest: names that exist and look alike, best first.
        together: the nearest are not alike but each a part of what the name says.
        place: where the name belongs, when it is known as something else; nothing else is offered then.
    """

    exit_code = 4

    def __init__(
        self, kind: str, given: str, nearest: Sequence[str] = (), *, together: bool = False, place: str = ""
    ) -> None:
        self.kind = kind
        self.given = given
        self.nearest = tuple(nearest)
        self.place = place
        if place:
            remedy = f"It is known, but belongs under {place}."
        else:
            remedy = say_each(self.nearest) if together else did_you_mean(self.nearest)
        super().__init__(f'There is no {kind} "{given}".', remedy)


def did_you_mean(nearest: Sequence[str]) -> str:
    """Offer the nearest names as a sentence; ask to check the spelling when there is none."""
    if not nearest:
        return "Nothing similar is known; check the spelling."
    return f"Did you mean {_listed(nearest, 'or')}?"


def say_each(parts: Sequence[str]) -> str:
    """Ask for the things that were said at once one by one, as a sentence; at least two."""
    return f"It says several things at once; name those that you mean: {_listed(parts, 'and')}."


def _listed(names: Sequence[str], joint: str) -> str:
    *others, last = (f'"{name}"' for name in names)
    return f"{', '.join(others)} {joint} {last}" if others else last


class BadValue(CrampnetError):
    """A value that cannot be what it is said to be: wrong type, wrong unit, or nobody alive has it.

    Args:
        name: what the value belongs to, such as "serum_calcium" or "age".
        given: the value as it was given.
        problem: what is wrong with it, as the end of the sentence "serum_calcium = 40 mmol/L ...".
        remedy: what is accepted.
    """

    exit_code = 4

    def __init__(self, name: str, given: object, problem: str, remedy: str) -> None:
        self.name = name
        self.given = given
        self.problem = problem
        super().__init__(f"{name} = {given} {problem}", remedy)


class BadCase(CrampnetError):
    """A case that is not a case: wrong keys, wrong shape, or two answers to one question.

    Args:
        place: file name, or key inside the case.
        problem: what is wrong, as a sentence.
        remedy: what mends it.
    """

    exit_code = 4

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = place
        self.problem = problem
        super().__init__(f"{place}: {problem}", remedy)


class BadTable(CrampnetError):
    """A file or table of cases that cannot be read or written as one.

    Args:
        place: file name, or column.
        problem: what is wrong, as a sentence.
        remedy: what mends it.
    """

    exit_code = 4

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = place
        self.problem = problem
        super().__init__(f"{place}: {problem}", remedy)


class ImpossibleCase(CrampnetError):
    """Answers that cannot be true together: their joint probability is zero.

    Args:
        clash: a smallest set of answers that contradict each other, as ids or "id absent".
    """

    exit_code = 5

    def __init__(self, clash: Sequence[str]) -> None:
        self.clash = tuple(clash)
        super().__init__(
            f"These answers cannot all be true at once: {', '.join(self.clash)}.",
            "Check them, and leave out the one that you are least sure of.",
        )


class TooExpensive(CrampnetError):
    """A computation that would need more time or memory than is allowed; it was not started.

    Args:
        what: the computation, as the start of the sentence "... needs 3e9 table cells".
        needed: what it would need, in `unit`.
        allowed: what is allowed, in `unit`.
        unit: of both figures.
    """

    exit_code = 6

    def __init__(self, what: str, needed: float, allowed: float, unit: str = "table cells") -> None:
        self.needed = needed
        self.allowed = allowed
        super().__init__(
            f"{what} needs {needed:.3g} {unit}; {allowed:.3g} are allowed.",
            "Ask for less at once, or leave out findings that hang on many causes.",
        )


class OnlyFew(CrampnetError):
    """A computation that needs every cause at once, about an answer that few causes at a time had to do for.

    Args:
        what: the computation, as the start of the sentence "... needs every cause at once".
    """

    exit_code = 6

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs every cause at once, and so much was answered here that the probabilities were worked out "
            "from few causes at a time.",
            "Leave out answers that say little, and ask again.",
        )


class MissingExtra(CrampnetError):
    """Something that needs a package which is not installed by default.

    Args:
        what: what was asked for, as the start of the sentence "... needs SALib".
        package: the package that is missing.
        extra: the extra of crampnet that brings it.
    """

    def __init__(self, what: str, package: str, extra: str) -> None:
        self.package = package
        super().__init__(
            f"{what} needs {package}, which is not installed.", f'Install it: pip install "crampnet[{extra}]".'
        )
