"""The words that people type, resolved to the knowledge's ids, with the nearest names offered otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from crampnet.errors import UnknownName
from crampnet.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names


def fold(text: str) -> str:
    """A name without case, surrounding blanks, and differences of hyphen, underscore and blank."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())


@dataclass(frozen=True)
class Vocabulary:
    """Names of findings, exposures, conditions, tests, medicines and settings of one knowledge."""

    knowledge: Knowledge

    @cached_property
    def findings(self) -> Mapping[str, str]:
        """Folded name -> id of everything that can be answered present or absent."""
        table: dict[str, str] = {}
        for name, record in self.knowledge.findings.items():
            _enter(table, name, (record.name.plain, record.name.clinical, *record.aliases))
        for name, exposure in self.knowledge.exposures.items():
            _enter(table, name, (exposure.name.plain, exposure.name.clinical, *exposure.aliases))
        for test in self.knowledge.measurements.values():
            for name, abnormality in test.abnormalities.items():
                _enter(table, name, (abnormality.name.plain, abnormality.name.clinical))
        return table

    @cached_property
    def conditions(self) -> Mapping[str, str]:
        """Folded name -> id of every condition."""
        table: dict[str, str] = {}
        for name, record in self.knowledge.conditions.items():
            _enter(table, name, (record.name.plain, record.name.clinical, *record.aliases))
        return table

    @cached_property
    def tests(self) -> Mapping[str, str]:
        """Folded name -> id of every test with a unit."""
        table: dict[str, str] = {}
        for name, record in self.knowledge.measurements.items():
            _enter(table, name, (record.name.plain, record.name.clinical, *record.aliases))
        return table

    @cached_property
    def medicines(self) -> Mapping[str, str]:
        """Folded medicine name or brand -> id of its class."""
        table: dict[str, str] = {}
        for name, record in self.knowledge.exposures.items():
            for generic, others in record.medicines.items():
                _enter(table, name, (generic, *others))
            if record.kind == "medicine":
                _enter(table, name, (record.name.plain, record.name.clinical, *record.aliases))
        return table

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
        return _resolve("finding", name, self.findings)

    def condition(self, name: str) -> str:
        """The id of a condition. Raises UnknownName with the nearest names."""
        return _resolve("condition", name, self.conditions)

    def test(self, name: str) -> str:
        """The id of a test. Raises UnknownName with the nearest names."""
        return _resolve("test", name, self.tests)

    def medicine(self, name: str) -> str:
        """The class of a medicine; a dose behind the name is ignored. Raises UnknownName with the nearest names."""
        words = fold(name).split()
        for length in range(len(words), 0, -1):
            found = self.medicines.get(" ".join(words[:length]))
            if found is not None:
                return found
        raise UnknownName("medicine", name, nearest_names(fold(name), self.medicines))

    def setting(self, name: str) -> str:
        """The id of a setting. Raises UnknownName with the allowed names."""
        return _resolve("setting", name, {fold(s): s for s in self.knowledge.settings})


def _enter(table: dict[str, str], target: str, names: Iterable[str]) -> None:
    table[fold(target)] = target
    for name in names:
        table.setdefault(fold(name), target)


def _resolve(kind: str, name: str, table: Mapping[str, str]) -> str:
    found = table.get(fold(name))
    if found is None:
        close = nearest_names(fold(name), table)
        raise UnknownName(kind, name, list(dict.fromkeys(table[n] for n in close)))
    return found
