"""The questions of a body of knowledge, as the pages ask them: by topic, by search, and the warning signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz

from crampnet.inference.vocabulary import Vocabulary, fold
from crampnet.knowledge import Knowledge
from crampnet.ui.text import words

EXACT = 101.0
"""Score of a search for the very name of a question: it comes before all that only hold it."""
SAID = 99.0
"""Score of a question whose name is said in a search text in other words, or as one of several things."""
ALIKE = 75.0
"""Lowest similarity, 0 to 100, at which a search finds a question."""


@dataclass(frozen=True)
class Question:
    """One thing that can be answered present or absent.

    topic: section of a finding or kind of an exposure; replies: which words its answers have; ask: the question in
    plain words; how: how to examine or measure it; told: a result without its number, found by search only.
    """

    id: str
    plain: str
    clinical: str
    topic: str
    replies: Literal["asked", "examined"]
    ask: str = ""
    how: str = ""
    aliases: tuple[str, ...] = ()
    told: bool = False

    def name(self, voice: str) -> str:
        """Its name in plain or clinical words."""
        return self.plain if voice == "plain" else self.clinical

    def score(self, wanted: str) -> float:
        """How well a folded search text fits, 0 to 100, or EXACT."""
        names = [fold(name) for name in (self.plain, self.clinical, self.id, *self.aliases)]
        if wanted in names[:2]:
            return EXACT
        if any(f" {wanted}" in f" {name}" for name in names):
            return 100.0
        if f" {wanted}" in f" {fold(self.ask)}":
            return 95.0
        return max(_alike(wanted.split(), name.split()) for name in names)


class Catalog:
    """Every question of one body of knowledge."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.knowledge = knowledge = vocabulary.knowledge
        self.names = vocabulary.findings
        found = [*_findings(knowledge), *_exposures(knowledge), *_told(knowledge)]
        self.questions: Mapping[str, Question] = {question.id: question for question in found}

    @cached_property
    def listed(self) -> Sequence[Question]:
        """The questions of the list of all findings, topic by topic."""
        order = list(words("topics"))
        skipped = {*words("topics_elsewhere")}
        hidden = {*words("asked_elsewhere")}
        kept = [q for q in self.questions.values() if q.topic not in skipped and q.id not in hidden and not q.told]
        return sorted(kept, key=lambda q: (order.index(q.topic), q.plain.casefold()))

    @cached_property
    def topics(self) -> Sequence[str]:
        """Topics that have a question, in the order of the wording file."""
        present = {question.topic for question in self.listed}
        return [topic for topic in words("topics") if topic in present]

    def under(self, topics: Iterable[str]) -> Sequence[Question]:
        """The listed questions of some topics."""
        wanted = set(topics)
        return [question for question in self.listed if question.topic in wanted]

    def search(self, text: str, topic: str | None = None) -> Sequence[Question]:
        """Questions that fit a search text, best first, by name, alias or question; typing errors are forgiven.

        Where the text says several things at once, the questions of all of them come before those that are alike.
        """
        wanted = fold(text)
        said = self.names.owners(text) or self.names.parts(text)
        pool = [*self.listed, *(q for q in self.questions.values() if q.told)]
        scored = [
            (max(question.score(wanted), SAID if question.id in said else 0.0), question)
            for question in pool
            if topic in (None, question.topic)
        ]
        found = [pair for pair in scored if pair[0] >= ALIKE]
        return [question for _, question in sorted(found, key=lambda pair: -pair[0])]

    def tests(self, text: str) -> Sequence[str]:
        """Ids of the tests with a number whose name or alias holds a search text."""
        wanted = f" {fold(text)}"
        return [
            test.id
            for test in self.knowledge.measurements.values()
            if any(wanted in f" {fold(name)}" for name in (test.name.plain, test.name.clinical, *test.aliases))
        ]

    @cached_property
    def complaints(self) -> Sequence[Question]:
        """The kinds of complaint."""
        kinds = self.knowledge.kinds
        return [question for question in self.questions.values() if kinds[question.id] == "complaint"]


def _alike(wanted: Sequence[str], name: Sequence[str]) -> float:
    """Mean over the wanted words of the likeness to the beginning of the most alike word of a name, 0 to 100."""
    best = (max(fuzz.ratio(word, other[: len(word) + 1]) for other in name) for word in wanted)
    return sum(best) / max(1, len(wanted))


def _findings(knowledge: Knowledge) -> Iterator[Question]:
    for name, finding in knowledge.findings.items():
        yield Question(
            id=name,
            plain=finding.name.plain,
            clinical=finding.name.clinical,
            topic=finding.section,
            replies="examined" if finding.question is None else "asked",
            ask=finding.question or "",
            how=finding.examine or "",
            aliases=finding.aliases,
        )


def _exposures(knowledge: Knowledge) -> Iterator[Question]:
    for name, exposure in knowledge.exposures.items():
        yield Question(
            id=name,
            plain=exposure.name.plain,
            clinical=exposure.name.clinical,
            topic=exposure.kind,
            replies="asked",
            ask=exposure.question,
            aliases=exposure.aliases,
        )


def _told(knowledge: Knowledge) -> Iterator[Question]:
    for test in knowledge.measurements.values():
        for name, abnormality in test.abnormalities.items():
            yield Question(
                id=name,
                plain=abnormality.name.plain,
                clinical=abnormality.name.clinical,
                topic=test.section,
                replies="examined",
                aliases=test.aliases,
                told=True,
            )
