"""How much each answer speaks for or against every condition, in parts that add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import Change, variants
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Array, Network
from crampnet.reasoning.answers import Given, answers_given, only

ORDERS = 8
"""Seeded orders of the answers; each is also gone through backwards."""
SEED = 20231
"""Seed of the orders; any number does, a fixed one gives the same weights for the same answers."""
CERTAIN = 1e-12
"""A probability nearer to one than this is one: the arithmetic does not tell them apart."""

Orders = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class AnswerWeights:
    """Additive weights of the answers on every condition, in natural log-odds.

    answers: sorted by id; conditions: in the order of the network; start: log-odds given age, sex, setting and
    complaint alone, shape (conditions,); end: those given all answers; weight: shape (answers, conditions), with
    weight.sum(0) = end - start. A condition that some subset of the answers makes certain or impossible has no finite
    log-odds: its weights are NaN, and `settles`, shape (answers, conditions), marks the answers that decided it in
    some order. Where the context alone decides, no answer does. evaluated: subsets that were computed.
    """

    answers: tuple[Given, ...]
    conditions: tuple[str, ...]
    start: Array
    end: Array
    weight: Array
    settles: npt.NDArray[np.bool_]
    evaluated: int

    def of(self, condition: str) -> tuple[tuple[Given, float], ...]:
        """The answers with their weight on a condition: what speaks most for it first, NaN where it is settled."""
        column = self.weight[:, self.conditions.index(condition)]
        pairs = [(given, float(value)) for given, value in zip(self.answers, column, strict=True)]
        return tuple(sorted(pairs, key=lambda pair: -pair[1]))

    def settled_by(self, condition: str) -> tuple[Given, ...]:
        """The answers that make a condition certain or impossible."""
        column = self.settles[:, self.conditions.index(condition)]
        return tuple(given for given, settled in zip(self.answers, column, strict=True) if settled)


def answer_weights(knowledge: Knowledge, network: Network, evidence: Evidence) -> AnswerWeights:
    """The weight of each answer on each condition: its mean increment of v over fixed orders of the answers.

    v(S) = logit P(the condition is a reason | context, complaint, answers S), or of P(it is present) where no complaint
    was stated. An order adds the answers one by one; its increments telescope, so the weights sum to v(all) - v(none).
    """
    answers = answers_given(knowledge, network, evidence)
    orders = _orders(len(answers))
    subsets = _subsets(orders)
    changes = [_keeping(network, evidence, answers, subset) for subset in subsets]
    found = variants(network, evidence, changes)
    value = log_odds(evidence.ranked(found))
    row = {subset: place for place, subset in enumerate(subsets)}
    weight, settles = _increments(orders, row, value)
    none, everything = frozenset[int](), frozenset(range(len(answers)))
    start, end = value[row[none]], value[row[everything]]
    return AnswerWeights(answers, network.conditions, start, end, weight, settles, len(subsets))


def log_odds(probability: Array) -> Array:
    """Log-odds ln p / (1 - p), infinite where p is 0 or as good as 1; any shape."""
    p = np.where(probability > 1.0 - CERTAIN, 1.0, np.maximum(probability, 0.0))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p) - np.log1p(-p))


def _orders(count: int) -> Orders:
    """ORDERS permutations of 0..count-1 and their reverses, the same ones each time."""
    rng = np.random.default_rng(SEED)
    forward = [tuple(int(i) for i in rng.permutation(count)) for _ in range(ORDERS)]
    return tuple(order for one in forward for order in (one, one[::-1]))


def _subsets(orders: Orders) -> list[frozenset[int]]:
    """The distinct sets of answers that the orders pass through, the empty and the full one among them."""
    heads = (frozenset(order[:length]) for order in orders for length in range(len(order) + 1))
    return list(dict.fromkeys(heads))


def _keeping(network: Network, evidence: Evidence, answers: tuple[Given, ...], subset: frozenset[int]) -> Change:
    return only(network, evidence, answers, [answers[place] for place in subset])


def _increments(orders: Orders, row: dict[frozenset[int], int], value: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Mean increments, shape (answers, conditions), NaN where v is not finite throughout; and who made it so."""
    count = len(orders[0])
    weight = np.zeros((count, value.shape[1]))
    settles = np.zeros(weight.shape, dtype=np.bool_)
    finite = np.isfinite(value)
    plain = np.where(finite, value, 0.0)
    for order in orders:
        path = [row[frozenset(order[:length])] for length in range(count + 1)]
        for answer, before, after in zip(order, path, path[1:], strict=False):
            weight[answer] += (plain[after] - plain[before]) / len(orders)
            settles[answer] |= finite[before] & ~finite[after]
    weight[:, ~finite.all(axis=0)] = np.nan
    return weight, settles
