"""What an asker gave, one thing at a time, and the case with some of it taken back or turned round."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from crampnet.inference.engine import Change
from crampnet.inference.evidence import Evidence
from crampnet.inference.weighing import Pair, answer_weights
from crampnet.knowledge import Knowledge
from crampnet.network.network import COMPLAINT, Network

GivenKind = Literal[
    "finding", "exposure", "medicine", "medicines_complete", "medicines_unnamed", "result", "diagnosis",
    "diagnoses_unnamed", "ruled_out",
]  # fmt: skip
State = Literal["present", "absent", "value"]
How = Literal["withdrawn", "opposite"]

Ways = Mapping["Given", How]
"""Which answers are changed, and how."""
WITHDRAWN, ABSENT, PRESENT = (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)
"""Weights (of absent, of present) of a node about which nothing is known, or all."""
LIST_ENDS = "medicines_complete"
"""Id of the answer "these are all the medicines", which says of every other class that it is not taken."""
UNNAMED: tuple[GivenKind, GivenKind] = ("medicines_unnamed", "diagnoses_unnamed")
"""Ids and kinds of what a list leaves out: classes of medicines, and conditions."""


@dataclass(frozen=True)
class Given:
    """One answer.

    id: of the finding, exposure, medicine class, test or condition, or "medicines_complete", or one of UNNAMED; kind:
    what was given;
    state: how it was answered, surely or probably ("value" for a measured one); nodes: positions of the nodes that it
    speaks about, its own first, then those that it implies.
    """

    id: str
    kind: GivenKind
    state: State
    nodes: tuple[int, ...]


def answers_given(knowledge: Knowledge, network: Network, evidence: Evidence) -> tuple[Given, ...]:
    """All answers of a case, sorted by id.

    An exposure that another one implies belongs to that one. Where every class of medicines is answered, those that
    are not taken are one answer: the list is complete. What a list of medicines or of diagnoses leaves out is one
    answer. Silence about what else is usually mentioned, the complaint itself, age, sex and setting are no answers
    but context. A result that was read with the help of another stays so when the other is taken back.
    """
    names = evidence.present | evidence.absent
    listed = _left_out(knowledge, evidence)
    found = [*_results(knowledge, network, evidence), *_diagnoses(knowledge, network, evidence)]
    if listed:
        nodes = tuple(sorted(network.index[name] for name in listed))
        found.append(Given(LIST_ENDS, "medicines_complete", "absent", nodes))
    found += _unnamed(knowledge, network, evidence)
    taken = {node for given in found for node in given.nodes}
    taken |= {network.index[name] for name in _implied(knowledge, evidence.present)}
    rest = (name for name in names if network.index[name] not in taken)
    found += [_single(name, knowledge, network, evidence) for name in rest]
    return tuple(sorted(found, key=lambda given: given.id))


def only(network: Network, evidence: Evidence, answers: Iterable[Given], kept: Collection[Given]) -> Change:
    """The change that leaves the context and some of the answers; the others are unknown.

    A complaint that followed from an answer stays: that the hand gives trouble is context.
    """
    staying = {node for given in kept for node in given.nodes}
    dropped = {node for given in answers for node in given.nodes} - staying
    return with_complaint(network, evidence, dict.fromkeys(sorted(dropped), WITHDRAWN))


def changed(knowledge: Knowledge, network: Network, evidence: Evidence, answers: Iterable[Given], ways: Ways) -> Change:
    """The change that takes some of the answers back, or turns them round; the rest stays as given.

    The opposite of an answer is as sure as the answer was. What it implied is then unknown.
    """
    staying = {node for given in answers if given not in ways for node in given.nodes}
    change: dict[int, tuple[float, float]] = {}
    for given in ways:
        change |= {node: WITHDRAWN for node in given.nodes if node not in staying}
    for given, how in ways.items():
        if how == "opposite":
            change[given.nodes[0]] = _opposite(knowledge, given, evidence.weights[given.nodes[0]])
    return with_complaint(network, evidence, change)


def _opposite(knowledge: Knowledge, given: Given, weights: Pair) -> Pair:
    """What the opposite answer weighs, given as surely and by whom this one was."""
    present = given.state == "present"
    for sure, examined in product((True, False), repeat=2):
        if answer_weights(knowledge, given.id, present, sure=sure, examined=examined) == weights:
            return answer_weights(knowledge, given.id, not present, sure=sure, examined=examined)
    return weights[1], weights[0]


def evidence_with(network: Network, evidence: Evidence, change: Change, ways: Ways) -> Evidence:
    """The evidence of a changed case, with what the asker then has said to be present, absent and known."""
    named = {network.nodes[node].id for node in change}
    turned = {given.id for given, how in ways.items() if how == "opposite"}
    measured = {given.id for given in ways if given.kind == "result"}
    return replace(
        evidence,
        weights={**evidence.weights, **change},
        weighed={node: how for node, how in evidence.weighed.items() if node not in change},
        present=(evidence.present - named) | (turned & evidence.absent),
        absent=(evidence.absent - named) | (turned & evidence.present),
        known=evidence.known - named,
        unnamed=evidence.unnamed - named,
        cared_for=evidence.cared_for - named,
        values={test: value for test, value in evidence.values.items() if test not in measured},
    )


def has_opposite(given: Given) -> bool:
    """Whether an answer has an opposite: a measured value, the end of a list and "ruled out" can only be taken back."""
    return given.kind not in ("result", "medicines_complete", *UNNAMED, "ruled_out")


def with_complaint(network: Network, evidence: Evidence, change: Change) -> Change:
    """The change, and the complaint stated where it only followed from an answer that the change removes."""
    weights = {**evidence.weights, **change}
    if not _complains(network, evidence.weights) or _complains(network, weights):
        return change
    return {**change, network.index[COMPLAINT]: PRESENT}


def _complains(network: Network, weights: Mapping[int, tuple[float, float]]) -> bool:
    """The complaint is certain: stated, or something present that nothing but a reason brings about."""
    return any(pair == PRESENT and network.needs_trouble(node) for node, pair in weights.items())


def _left_out(knowledge: Knowledge, evidence: Evidence) -> frozenset[str]:
    """Medicine classes that are not taken, where every class is answered; otherwise none."""
    classes = {name for name, record in knowledge.exposures.items() if record.kind == "medicine"}
    return frozenset(classes & evidence.absent if classes <= evidence.present | evidence.absent else ())


def _results(knowledge: Knowledge, network: Network, evidence: Evidence) -> Iterator[Given]:
    for test in evidence.values:
        reading = evidence.readings.get(test)
        tests = dict.fromkeys((test, test if reading is None else reading.test))
        nodes = (network.index[name] for one in tests for name in knowledge.measurements[one].abnormalities)
        yield Given(test, "result", "value", tuple(nodes))


def _unnamed(knowledge: Knowledge, network: Network, evidence: Evidence) -> Iterator[Given]:
    for kind, records in zip(UNNAMED, (knowledge.exposures, knowledge.conditions), strict=True):
        if names := evidence.unnamed & records.keys():
            yield Given(kind, kind, "absent", tuple(sorted(network.index[name] for name in names)))


def _diagnoses(knowledge: Knowledge, network: Network, evidence: Evidence) -> Iterator[Given]:
    for condition in knowledge.conditions:
        if (node := network.index[condition]) in evidence.weights and condition not in evidence.unnamed:
            known = condition in evidence.known
            yield Given(condition, "diagnosis" if known else "ruled_out", "present" if known else "absent", (node,))


def _implied(knowledge: Knowledge, present: Iterable[str]) -> set[str]:
    """Exposures that others of those present imply, directly or through one another."""
    exposures = knowledge.exposures
    return {name for source in present if source in exposures for name in _follows(knowledge, source)}


def _follows(knowledge: Knowledge, exposure: str) -> set[str]:
    found: set[str] = set()
    stack = [exposure]
    while stack:
        new = set(knowledge.exposures[stack.pop()].implies) - found
        found |= new
        stack.extend(new)
    return found - {exposure}


def _single(name: str, knowledge: Knowledge, network: Network, evidence: Evidence) -> Given:
    exposure = knowledge.exposures.get(name)
    kind: GivenKind = "finding" if exposure is None else "medicine" if exposure.kind == "medicine" else "exposure"
    present = name in evidence.present
    implied = _follows(knowledge, name) if exposure is not None and present else ()
    nodes = (network.index[name], *sorted(network.index[other] for other in implied))
    return Given(name, kind, "present" if present else "absent", nodes)
