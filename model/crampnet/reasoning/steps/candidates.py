"""What can still be asked, examined or tested in this person, and the ways in which each can turn out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from crampnet.inference.engine import Change
from crampnet.inference.evidence import Evidence
from crampnet.inference.weighing import answer_weights
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_findings import Cost, Finding, Measurement
from crampnet.network.network import Network
from crampnet.reasoning.answers import ABSENT, PRESENT
from crampnet.reasoning.screening import ABOUT_THE_HAND, asked_about
from crampnet.reasoning.steps.records import MEDICINES, NORMAL, StepKind


@dataclass(frozen=True)
class Way:
    """One way in which a candidate can turn out.

    answer: its name; present, absent: ids that would then count as answered so; weights: what it says about the nodes;
    own: the part of `weights` that its probability is read from (without what it implies by definition).
    """

    answer: str
    present: frozenset[str]
    absent: frozenset[str]
    weights: Change
    own: Change


@dataclass(frozen=True)
class Candidate:
    """One thing to ask, examine or test. group: what it is bundled with (cost tier, section, sample), if anything."""

    id: str
    kind: StepKind
    cost: Cost
    sample: str | None
    nodes: tuple[str, ...]
    ways: tuple[Way, ...]
    medicine: bool = False
    group: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """Id of the question that asks it: people name medicines, not classes."""
        return MEDICINES if self.medicine else self.id


def candidates(
    knowledge: Knowledge, network: Network, evidence: Evidence, skipped: Collection[str] = ()
) -> tuple[Candidate, ...]:
    """Everything unanswered that this person can have, skipped ids left out, in the order of the files.

    Left out are exposures that nobody of this age and sex has or that nobody is asked about, those that imply what was
    answered absent, tests of which an abnormality is answered, findings that would not count beside the other answers,
    and, without a complaint, what is asked about the hand.
    """
    known = evidence.present | evidence.absent
    found = (
        *_exposures(knowledge, network, evidence),
        *_findings(knowledge, network, evidence),
        *_tests(knowledge, network),
    )
    return tuple(c for c in found if c.id not in skipped and not known.intersection(c.nodes))


def _exposures(knowledge: Knowledge, network: Network, evidence: Evidence) -> Iterator[Candidate]:
    for name, record in knowledge.exposures.items():
        if not asked_about(knowledge, network, evidence, name):
            continue
        implied = frozenset((name, *record.implies))
        index = network.index
        yes = Way("present", implied, frozenset(), {index[n]: PRESENT for n in implied}, {index[name]: PRESENT})
        no = _answer(knowledge, network, name, False)
        yield Candidate(name, "exposure", "answer", None, (name,), (yes, no), record.kind == "medicine")


def _findings(knowledge: Knowledge, network: Network, evidence: Evidence) -> Iterator[Candidate]:
    for name, record in knowledge.findings.items():
        if (evidence.asks or record.kind not in ABOUT_THE_HAND) and record.counts(evidence.present):
            ways = (_answer(knowledge, network, name, True), _answer(knowledge, network, name, False))
            yield Candidate(name, record.kind, record.cost, record.sample, (name,), ways, group=_group(record))


def _answer(knowledge: Knowledge, network: Network, name: str, state: bool) -> Way:
    """Present or absent; what a person says of herself weighs as much as the reader of cases lets it."""
    weights = {network.index[name]: answer_weights(knowledge, name, state)}
    names, nothing = frozenset((name,)), frozenset[str]()
    if state:
        return Way("present", names, nothing, weights, weights)
    return Way("absent", nothing, names, weights, weights)


def _tests(knowledge: Knowledge, network: Network) -> Iterator[Candidate]:
    for test in knowledge.measurements.values():
        nodes = tuple(test.abnormalities)
        ways = tuple(_measured(network, nodes, answer, held) for answer, held in _values(test).items())
        yield Candidate(test.id, "measurement", test.cost, test.sample, nodes, ways, group=_group(test))


def _values(test: Measurement) -> Mapping[str, frozenset[str]]:
    """What one sample can show -> the abnormalities that then hold: none, or one with the milder ones of its side.

    A value cannot be low and high, nor very low without being low; such joint states of the nodes are left out.
    """
    found: dict[str, frozenset[str]] = {NORMAL: frozenset()}
    for name, this in test.abnormalities.items():
        far = abs(this.with_.mean - _middle(test, name))
        found[name] = frozenset(
            other
            for other, that in test.abnormalities.items()
            if that.side == this.side and abs(that.with_.mean - _middle(test, name)) <= far
        )
    return found


def _middle(test: Measurement, name: str) -> float:
    """The mean of those without the mildest abnormality on the side of this one."""
    side = test.abnormalities[name].side
    means = [a.without.mean for a in test.abnormalities.values() if a.side == side]
    return max(means) if side == "low" else min(means)


def _measured(network: Network, nodes: tuple[str, ...], answer: str, held: frozenset[str]) -> Way:
    weights = {network.index[n]: PRESENT if n in held else ABSENT for n in nodes}
    return Way(answer, held, frozenset(nodes) - held, weights, weights)


def _group(record: Finding | Measurement) -> tuple[str, ...]:
    return (record.cost, record.section, record.sample) if record.sample else ()


def together(parts: tuple[Candidate, ...]) -> Candidate:
    """Several candidates of one sample as one, with every combination of their ways."""
    ways = tuple(_joined(chosen) for chosen in product(*(part.ways for part in parts)))
    nodes = tuple(node for part in parts for node in part.nodes)
    sample = parts[0].sample
    return Candidate(parts[0].group[-1], "sample", parts[0].cost, sample, nodes, ways, group=parts[0].group)


def _joined(chosen: tuple[Way, ...]) -> Way:
    weights = {node: pair for way in chosen for node, pair in way.weights.items()}
    return Way(
        "+".join(way.answer for way in chosen),
        frozenset().union(*(way.present for way in chosen)),
        frozenset().union(*(way.absent for way in chosen)),
        weights,
        weights,
    )
