"""Patients drawn from a network, and what they tell about themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crampnet.errors import BadValue, TooExpensive
from crampnet.inference.case import Case
from crampnet.knowledge import Knowledge
from crampnet.network.network import COMPLAINT, Network, reason_id

States = npt.NDArray[np.bool_]

BATCH = 4096
"""People drawn at once."""
MOST_DRAWN = 1 << 22
"""Most people drawn in search of those with trouble of the hand."""


@dataclass(frozen=True)
class Patients:
    """People with trouble of the hand, everything about them known.

    strata: position of each one's stratum in the network, shape (patients,); states: whether each node is present,
    shape (nodes, patients).
    """

    network: Network
    strata: npt.NDArray[np.intp]
    states: States

    @property
    def contributes(self) -> States:
        """Whether each condition is a reason, shape (patients, conditions) in the order of network.conditions."""
        return self._of([reason_id(condition) for condition in self.network.conditions])

    @property
    def present(self) -> States:
        """Whether each condition is there, of the same shape."""
        return self._of(list(self.network.conditions))

    def _of(self, nodes: list[str]) -> States:
        return self.states[[self.network.index[node] for node in nodes]].T


def draw_patients(knowledge: Knowledge, network: Network, count: int, *, seed: int = 0) -> Patients:
    """Draw people from P(everything | at least one reason acts), as the network has it.

    Everybody is drawn from the context down, cause before effect; kept are those whose hand gives trouble. Exposures
    are roots of the network, so somebody can come out with one but not with what it implies by definition (third
    trimester, not pregnant); such people are drawn again.

    network: of one setting; its strata may be draws of the figures, as in an ensemble; count: how many; seed: the same
    seed, the same people.
    Raises BadValue for a count below 1, TooExpensive where hardly anybody has trouble of the hand.
    """
    if count < 1:
        raise BadValue("count", count, "draws nobody.", "Give 1 or more.")
    random = np.random.default_rng(seed)
    strata: list[npt.NDArray[np.intp]] = []
    states: list[States] = []
    drawn = found = 0
    while found < count:
        if drawn >= MOST_DRAWN:
            raise TooExpensive(f"Drawing {count} patients", drawn * count / max(found, 1), MOST_DRAWN, "people drawn")
        lanes, people = _people(network, random)
        kept = people[network.index[COMPLAINT]] & _can_be(knowledge, network, people)
        strata.append(lanes[kept])
        states.append(people[:, kept])
        drawn, found = drawn + BATCH, found + int(kept.sum())
    return Patients(network, np.concatenate(strata)[:count], np.concatenate(states, axis=1)[:, :count])


def _people(network: Network, random: np.random.Generator) -> tuple[npt.NDArray[np.intp], States]:
    """A batch of people, with and without trouble: strata and states."""
    lanes = random.choice(len(network.strata), BATCH, p=network.strata_weights / network.strata_weights.sum())
    states = np.zeros((len(network.nodes), BATCH), dtype=bool)
    for position, node in enumerate(network.nodes):
        absent = 1.0 - node.leak[lanes]
        for parent, link in zip(node.parents, node.links, strict=True):
            absent = np.where(states[parent], absent * (1.0 - link[lanes]), absent)
        states[position] = random.random(BATCH) >= absent
    return lanes, states


def _can_be(knowledge: Knowledge, network: Network, states: States) -> States:
    """Whoever has an exposure has what it implies, shape (people,)."""
    possible = np.ones(states.shape[1], dtype=bool)
    for exposure, record in knowledge.exposures.items():
        for implied in record.implies:
            possible &= ~states[network.index[exposure]] | states[network.index[implied]]
    return possible


def tell(knowledge: Knowledge, patients: Patients, *, asked: float, seed: int = 0) -> list[Case]:
    """What each patient tells when a random share of everything is asked or examined.

    Age and sex are told. Every finding and exposure is asked with the probability `asked`, whatever the truth; a test
    is told as normal or abnormal. Where the knowledge doubts a person's own answer (`self_report`) the answer is drawn
    with that sensitivity and specificity, otherwise it is true. Exposures that nobody forgets are told unasked, but
    for the share that stays `unmentioned`. Nobody says "probably", and nobody lists medicines or diagnoses.

    asked: share, 0 to 1; seed: the same seed, the same questions and answers.
    Raises BadValue for a share outside 0 to 1.
    """
    if not 0.0 <= asked <= 1.0:
        raise BadValue("asked", asked, "is no share of the questions.", "Give a number from 0 to 1.")
    random = np.random.default_rng(seed)
    answers = dict(_answers(knowledge, patients, asked, random))
    return [_case(patients, answers, place) for place in range(len(patients.strata))]


def _answers(
    knowledge: Knowledge, patients: Patients, asked: float, random: np.random.Generator
) -> Iterator[tuple[str, tuple[States, States]]]:
    """Id -> (told present, told absent), each of shape (patients,)."""
    for id_ in (*knowledge.findings, *knowledge.abnormality_of, *knowledge.exposures):
        true = patients.states[patients.network.index[id_]]
        heard, luck, chance = random.random((3, len(true)))
        said = _said(knowledge, id_, true, luck)
        put = heard < asked
        exposure = knowledge.exposures.get(id_)
        silence = None if exposure is None else exposure.silence(listed=False)
        if silence is not None:
            put = put | (true & (chance >= silence[1].value))
        yield id_, (put & said, put & ~said)


def _said(knowledge: Knowledge, id_: str, true: States, luck: npt.NDArray[np.float64]) -> States:
    finding = knowledge.findings.get(id_)
    if finding is None or finding.self_report is None:
        return true
    sensitivity, specificity = finding.self_report.sensitivity.value, finding.self_report.specificity.value
    return np.where(true, luck < sensitivity, luck >= specificity)


def _case(patients: Patients, answers: dict[str, tuple[States, States]], place: int) -> Case:
    stratum = patients.network.strata[patients.strata[place]]
    return Case(
        age=int(stratum.age_band.split("_")[0]),
        sex=stratum.sex,
        setting=patients.network.setting,
        present=[id_ for id_, (yes, _) in answers.items() if yes[place]],
        absent=[id_ for id_, (_, no) in answers.items() if no[place]],
    )
