"""Whether the picture is one that the leading condition gives at all: its probability against simulated people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import Change, evidence_under
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Array, Network, reason_id
from crampnet.reasoning.answers import ABSENT, PRESENT, answers_given, only
from crampnet.reasoning.unexplained import BACKGROUND

DRAWS = 1 << 14
"""People simulated."""
PEOPLE = 300
"""People kept of them, each with the same weight, whose pictures are compared."""
RARE = 0.01
"""A picture is a misfit where a smaller share of people have one that is as improbable."""
ENOUGH = 50.0
"""Least effective number of people on which a misfit is stated."""
SEED = 20232

States = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Misfit:
    """How a case's findings look among people in whom a condition acts.

    picture: ln P(findings | the condition acts, background); typical: its mean over simulated people who are asked
    the same; tail: share of them whose picture is at most as probable; effective: number of equally weighted people
    that the simulation is worth.
    """

    condition: str
    picture: float
    typical: float
    tail: float
    effective: float

    @property
    def flagged(self) -> bool:
        """The condition hardly ever looks like this."""
        return self.tail < RARE and self.effective >= ENOUGH


def misfit(knowledge: Knowledge, network: Network, evidence: Evidence, condition: str, *, seed: int = SEED) -> Misfit:
    """Share of people in whom a condition, such as the first row, acts, with a picture at most as probable.

    tail = P(P(F') <= P(F)), F the answers about findings and F' those of a person drawn from the model given the
    background (age, sex, setting, exposures, medicines, other diagnoses) and the condition acting. Probable and
    measured answers count as the side that they speak for. People are drawn by likelihood weighting and resampled.
    Without a complaint "acts" reads "is there". All NaN where the background makes the condition impossible.
    """
    answers = answers_given(knowledge, network, evidence)
    background = only(network, evidence, answers, [given for given in answers if given.kind in BACKGROUND])
    acting = {network.index[name]: PRESENT for name in _acting(evidence, condition)}
    told = [node for given in answers if given.kind not in BACKGROUND for node in given.nodes]
    asked = [node for node in told if node in evidence.weights]
    fixed = {**evidence.weights, **background, **acting}
    states, effective = _people(network, evidence, fixed, asked, np.random.default_rng(seed))
    if not effective:
        return Misfit(condition, np.nan, np.nan, np.nan, 0.0)
    seen = np.array([network.nodes[node].id in evidence.present for node in asked], dtype=np.bool_)
    own, *others = _pictures(network, evidence, fixed, asked, np.vstack([seen, states]))
    tail = float(np.mean([other <= own + 1e-9 for other in others]))
    return Misfit(condition, own, float(np.mean(others)), tail, effective)


def _pictures(network: Network, evidence: Evidence, fixed: Change, asked: list[int], people: States) -> list[float]:
    """Each person's ln P(answers | fixed), shape (people, asked); pictures that several share are computed once."""
    patterns, place = np.unique(people, axis=0, return_inverse=True)
    changes: list[Change] = [{**fixed, **_answered(asked, pattern)} for pattern in patterns]
    reached = evidence_under(network, evidence, [fixed, *changes]) @ evidence.strata_weights
    with np.errstate(divide="ignore"):
        logs: list[float] = (np.log(reached[1:]) - np.log(reached[0]))[place].tolist()
    return logs


def _acting(evidence: Evidence, condition: str) -> tuple[str, ...]:
    """A reason is never there without its condition; saying so spares drawing people in vain."""
    return (condition, reason_id(condition)) if evidence.asks else (condition,)


def _answered(asked: Iterable[int], pattern: States) -> Change:
    return {node: PRESENT if state else ABSENT for node, state in zip(asked, pattern, strict=True)}


def _people(
    network: Network, evidence: Evidence, fixed: Change, asked: list[int], rng: np.random.Generator
) -> tuple[States, float]:
    """Answers of PEOPLE people, shape (people, asked), and what the draws are worth; none where all weigh nothing."""
    stratum = evidence.strata[rng.choice(len(evidence.strata), size=DRAWS, p=evidence.strata_weights)]
    weight = np.ones(DRAWS)
    state: dict[int, States] = {}
    for node in sorted(_ancestors(network, [*fixed, *asked])):
        chance = 1.0 - probability_absent(network, node, state, stratum)
        absent, present = fixed.get(node, (1.0, 1.0))
        mixed = absent * (1.0 - chance) + present * chance
        with np.errstate(invalid="ignore"):
            state[node] = rng.random(DRAWS) * mixed < present * chance
        weight *= mixed
    if not weight.any():
        return np.zeros((0, len(asked)), dtype=np.bool_), 0.0
    steps = (np.arange(PEOPLE) + rng.random()) / PEOPLE
    kept = np.minimum(np.searchsorted(np.cumsum(weight) / weight.sum(), steps), DRAWS - 1)
    drawn = np.array([state[node][kept] for node in asked], dtype=np.bool_).reshape(len(asked), PEOPLE)
    return drawn.T, float(weight.sum() ** 2 / (weight**2).sum())


def probability_absent(
    network: Network, position: int, state: dict[int, States], stratum: npt.NDArray[np.intp]
) -> Array:
    """P(node absent | its parents) of each person, shape (people,): (1 - leak) prod over present parents of (1 - link).

    state: whether each parent is present, by position, shape (people,); stratum: of each person, shape (people,).
    """
    node = network.nodes[position]
    silent: Array = 1.0 - node.leak[stratum]
    for link, parent in zip(node.links, node.parents, strict=True):
        silent = np.where(state[parent], silent * (1.0 - link[stratum]), silent)
    return silent


def _ancestors(network: Network, nodes: Iterable[int]) -> set[int]:
    found: set[int] = set()
    stack = list(nodes)
    while stack:
        if (node := stack.pop()) not in found:
            found.add(node)
            stack.extend(network.nodes[node].parents)
    return found
