"""The words that people type, resolved to the knowledge's ids, with the nearest names offered otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from crampnet.errors import UnknownName
from crampnet.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.record import Wording
from crampnet.knowledge.records_findings import Measurement
from crampnet.knowledge.records_nodes import Condition


def fold(text: str) -> str:
    """A name without case, surrounding blanks, and differences of hyphen, underscore and blank."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())


@dataclass(frozen=True)
class Vocabulary:
    """Names of findings, exposures, conditions, tests, medicines and settings of one knowledge."""

    knowledge: Knowledge

    @cached_property
    def findings(self) -> Names:
        """Everything that can be answered present or absent."""
        names = Names()
        for id_, record in (*self.knowledge.findings.items(), *self.knowledge.exposures.items()):
            names.enter(id_, record.name, record.aliases)
        for test in self.knowledge.measurements.values():
            for id_, abnormality in test.abnormalities.items():
                names.enter(id_, abnormality.name)
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
        """Every medicine name, brand and class; the ids are those of the classes."""
        names = Names()
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
        """The id of a finding or exposure. Raises UnknownName with the nearest names."""
        return self.findings.resolve("finding", name)

    def condition(self, name: str) -> str:
        """The id of a condition. Raises UnknownName with the nearest names."""
        return self.conditions.resolve("condition", name)

    def test(self, name: str) -> str:
        """The id of a test. Raises UnknownName with the nearest names."""
        return self.tests.resolve("test", name)

    def medicine(self, name: str) -> str:
        """The class of a medicine; a dose behind the name is ignored. Raises UnknownName with the nearest names."""
        words = fold(name).split()
        for length in range(len(words), 0, -1):
            found = self.medicines.get(" ".join(words[:length]))
            if found is not None:
                return found
        raise UnknownName("medicine", name, nearest_names(fold(name), self.medicines.words))

    def setting(self, name: str) -> str:
        """The id of a setting. Raises UnknownName with the nearest names."""
        return self.settings.resolve("setting", name)


class Names:
    """Folded words -> ids. An id goes before a name and a name before an alias; a word that two share names neither."""

    def __init__(self) -> None:
        self._owners: dict[str, dict[str, int]] = {}

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

    def owners(self, word: str) -> tuple[str, ...]:
        """Ids that a word may mean; more than one where it is ambiguous."""
        owners = self._owners.get(fold(word), {})
        best = min(owners.values(), default=0)
        return tuple(id_ for id_, rank in owners.items() if rank == best)

    def get(self, word: str) -> str | None:
        """The id that a word means, if it means one."""
        owners = self.owners(word)
        return owners[0] if len(owners) == 1 else None

    def resolve(self, kind: str, word: str) -> str:
        """The id that a word means. Raises UnknownName offering the ids that it may mean, or the nearest."""
        found = self.get(word)
        if found is None:
            close = (word,) if self.owners(word) else nearest_names(fold(word), self.words)
            raise UnknownName(kind, word, tuple(dict.fromkeys(id_ for n in close for id_ in self.owners(n))))
        return found


def _names(records: Mapping[str, Condition] | Mapping[str, Measurement]) -> Names:
    names = Names()
    for id_, record in records.items():
        names.enter(id_, record.name, record.aliases)
    return names
