"""The words that people type, resolved to the knowledge's ids, with the nearest names offered otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import snowballstemmer
from rapidfuzz import fuzz, process

from crampnet.errors import UnknownName
from crampnet.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.record import Wording
from crampnet.knowledge.records_findings import Measurement
from crampnet.knowledge.records_nodes import Condition


def fold(text: str) -> str:
    """A name without case, surrounding blanks, and differences of hyphen, underscore and blank."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())


_FILLER = re.compile(r"\b(?:an?|and|at|her|his|i[ns]|marked|mild|my|o[fn]|obvious|slight|the|to|with|your)\b")
_SPELLINGS = ((r"ae|oe", "e"), (r"our", "or"), (r"is(e|ed|ing|ation)\b", r"iz\1"), (r"tre\b", "ter"))
_DENIALS = {"no", "not", "never", "without", "deni", "absent"}
_stem = cache(snowballstemmer.stemmer("english").stemWord)
WAYS = {"low": ("low", "reduced", "decreased"), "high": ("high", "raised", "elevated", "increased")}
"""What is said of a test whose result lies on a side of its range."""
PLACES = {
    "finding": "present or absent",
    "condition": "diagnoses",
    "test": "results",
    "medicine": "medicines",
}
"""Kind of name -> the keys of a case that take it."""
LIKE_ENOUGH = 60.0
"""Lowest similarity of the stems, 0 to 100, at which a name is offered for one that nobody knows."""


def stems(text: str) -> tuple[str, ...]:
    """What is left of a name without word order, endings, fillers and British spelling; empty where nothing is.

    "Muscle cramps" and "cramping of the muscle" are one, "oedema" and "edema" as well. "No" and "not" stay.
    """
    return tuple(sorted(_in_order(text)))


def _in_order(text: str) -> list[str]:
    words = " ".join(re.findall(r"\w+", _FILLER.sub(" ", fold(text))))
    for british, american in _SPELLINGS:
        words = re.sub(british, american, words)
    return [_stem(word) for word in words.split()]


@dataclass(frozen=True)
class Vocabulary:
    """Names of findings, exposures, conditions, tests, medicines and settings of one knowledge."""

    knowledge: Knowledge

    @cached_property
    def findings(self) -> Names:
        """Everything that can be answered present or absent."""
        names = Names()
        for id_, record in (*self.knowledge.findings.items(), *self.knowledge.exposures.items()):
            names.enter(id_, record.name, (*record.aliases, *record.codes.values()))
        for test in self.knowledge.measurements.values():
            for id_, abnormality in test.abnormalities.items():
                names.enter(id_, abnormality.name, (*abnormality.aliases, *abnormality.codes.values()))
                if id_ == f"{test.id}_{abnormality.side}":
                    known = (test.name.plain, test.name.clinical, *test.aliases)
                    names.enter_words(
                        id_, (f"{word} {way}" for way in WAYS[abnormality.side] for word in known), rank=2
                    )
        return names

    @cached_property
    def conditions(self) -> Names:
        """Every condition."""
        return _names(self.knowledge.conditions)

    @cached_property
    def tests(self) -> Names:
        """Every test with a unit."""
        return _names(self.knowledge.measurements)

    @cached_property
    def medicines(self) -> Names:
        """Every medicine name, brand and class, as they are spelt; the ids are those of the classes."""
        names = Names(by_stems=False)
        for id_, record in self.knowledge.exposures.items():
            for generic, others in record.medicines.items():
                names.enter_words(id_, (generic, *others))
            if record.kind == "medicine":
                names.enter(id_, record.name, record.aliases)
        return names

    @cached_property
    def settings(self) -> Names:
        """Every setting."""
        names = Names()
        for id_, record in self.knowledge.settings.items():
            names.enter(id_, record.name)
        return names

    @cached_property
    def medicine_names(self) -> tuple[str, ...]:
        """Every medicine name and brand as written in the knowledge, in alphabetical order."""
        names = {
            name
            for record in self.knowledge.exposures.values()
            for generic, others in record.medicines.items()
            for name in (generic, *others)
        }
        return tuple(sorted(names, key=str.casefold))

    def finding(self, name: str) -> str:
        """The id of a finding or exposure. Raises UnknownName with the nearest names or the place of the name."""
        return self.findings.resolve("finding", name, self._place)

    def condition(self, name: str) -> str:
        """The id of a condition. Raises UnknownName with the nearest names or the place of the name."""
        return self.conditions.resolve("condition", name, self._place)

    def test(self, name: str) -> str:
        """The id of a test. Raises UnknownName with the nearest names or the place of the name."""
        return self.tests.resolve("test", name, self._place)

    def medicine(self, name: str) -> str:
        """The class of a medicine; a dose behind the name is ignored.

        Raises UnknownName with the nearest names or the place of the name.
        """
        words = fold(name).split()
        for length in range(len(words), 0, -1):
            found = self.medicines.get(" ".join(words[:length]))
            if found is not None:
                return found
        nearest = nearest_names(fold(name), self.medicines.words)
        raise UnknownName("medicine", name, nearest, place=self._place(name))

    def setting(self, name: str) -> str:
        """The id of a setting. Raises UnknownName with the nearest names."""
        return self.settings.resolve("setting", name)

    def _place(self, name: str) -> str:
        """The keys of a case that take a name, whatever kind it is of; empty where it is of none."""
        kinds = (
            ("finding", self.findings),
            ("condition", self.conditions),
            ("test", self.tests),
            ("medicine", self.medicines),
        )
        return next((PLACES[kind] for kind, names in kinds if names.get(name)), "")


class Names:
    """Folded words -> ids. An id goes before a name and a name before an alias; a word that two share names neither.

    A word that is none of them is looked for once more by its stems, under the same rule.

    by_stems: without it only what is spelt like a name is one.
    """

    def __init__(self, *, by_stems: bool = True) -> None:
        self._owners: dict[str, dict[str, int]] = {}
        self._loose = by_stems

    def enter(self, id_: str, name: Wording, aliases: Iterable[str] = ()) -> None:
        """Add a record under its id, its names and its aliases."""
        self.enter_words(id_, (id_,), rank=0)
        self.enter_words(id_, (name.plain, name.clinical), rank=1)
        self.enter_words(id_, aliases, rank=2)

    def enter_words(self, id_: str, words: Iterable[str], *, rank: int = 1) -> None:
        """Add words for an id; a lower rank goes first."""
        for word in words:
            owners = self._owners.setdefault(fold(word), {})
            owners[id_] = min(rank, owners.get(id_, rank))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every word, folded."""
        return tuple(self._owners)

    @cached_property
    def _stems(self) -> dict[str, tuple[str, ...]]:
        return {word: stems(word) for word in self._owners}

    @cached_property
    def _by_stems(self) -> dict[tuple[str, ...], dict[str, int]]:
        found: dict[tuple[str, ...], dict[str, int]] = {}
        for word, owners in self._owners.items() if self._loose else ():
            entry = found.setdefault(self._stems[word], {})
            for id_, rank in owners.items():
                entry[id_] = min(rank, entry.get(id_, rank))
        found.pop((), None)
        return found

    def owners(self, word: str) -> tuple[str, ...]:
        """Ids that a word may mean; more than one where it is ambiguous."""
        owners = self._owners.get(fold(word)) or self._by_stems.get(stems(word), {})
        best = min(owners.values(), default=0)
        return tuple(id_ for id_, rank in owners.items() if rank == best)

    def get(self, word: str) -> str | None:
        """The id that a word means, if it means one."""
        owners = self.owners(word)
        return owners[0] if len(owners) == 1 else None

    @cached_property
    def _stemmed(self) -> dict[str, str]:
        return {word: " ".join(its) or word for word, its in self._stems.items()}

    def nearest(self, word: str, *, limit: int = 3) -> tuple[str, ...]:
        """Ids whose names are most like a word, those that share most stems first; none where nothing is alike."""
        given = stems(word)
        written = " ".join(given) or fold(word)
        found = process.extract(
            written, self._stemmed, scorer=fuzz.token_sort_ratio, limit=12 * limit, score_cutoff=LIKE_ENOUGH
        )
        found.sort(key=lambda one: (len(set(given).intersection(self._stems[one[2]])), one[1]), reverse=True)
        return tuple(dict.fromkeys(id_ for _, _, name in found for id_ in self.owners(name)))[:limit]

    def parts(self, words: str) -> tuple[str, ...]:
        """Ids of the names within words that say several things at once, in the order in which they come.

        "Hand pain, numbness and weakness" holds hand pain, hand numbness and hand weakness. A name is within the
        words where all its stems are; left out are names whose stems are within those of another such name, and names
        that are ambiguous. Empty where fewer than two things are said, or where something is denied.
        """
        given = _in_order(words)
        said = set(given)
        if said & _DENIALS:
            return ()
        within = {key: next(iter(its)) for key, its in self._by_stems.items() if len(its) == 1 and said.issuperset(key)}
        widest = [key for key in within if not any(set(key) < set(other) for other in within)]
        widest.sort(key=lambda key: sorted(map(given.index, key)))
        found = tuple(dict.fromkeys(within[key] for key in widest))
        return found if len(found) > 1 else ()

    def resolve(self, kind: str, word: str, elsewhere: Callable[[str], str] = lambda _: "") -> str:
        """The id that a word means.

        Raises UnknownName offering the ids that it may mean, those of the things that it says at once, or the nearest.
        elsewhere: tells where a word belongs, asked only when it is none of these names.
        """
        found = self.owners(word)
        if len(found) == 1:
            return found[0]
        place = "" if found else elsewhere(word)
        parts = () if found else self.parts(word)
        raise UnknownName(kind, word, found or parts or self.nearest(word), together=bool(parts), place=place)


def _names(records: Mapping[str, Condition] | Mapping[str, Measurement]) -> Names:
    names = Names()
    for id_, record in records.items():
        names.enter(id_, record.name, (*record.aliases, *record.codes.values()))
    return names
