"""What the answer is measured against: one cause at a time, its findings independent, on the same numbers."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from crampnet.inference.evidence import Evidence
from crampnet.network.alone import acting_alone
from crampnet.network.network import COMPLAINT, Array, Network


class NaiveBayes:
    """Single-cause naive Bayes with the figures of a network.

    Exactly one condition acts in the hand; given which one, all answers are independent:
    P(c | answers) = P(c) prod over answers [w0 (1 - P(node | c)) + w1 P(node | c)] / normalisation, with the weights
    (w0, w1) of each answer. P(node | c) follows from the noisy-OR figures with c present and acting, no other reason
    acting, and all other causes independent at their own rates.
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def given(self) -> Array:
        """P(node present | only this condition acts), shape (nodes, conditions, strata)."""
        return self._with_causes(acting_alone(self.network))

    def _with_causes(self, known: Array) -> Array:
        """Causes of a condition, among people with it, by Bayes' rule: P(cause | c) = P(c | cause) P(cause) / P(c)."""
        for own, name in enumerate(self.network.conditions):
            node = self.network.nodes[self.network.index[name]]
            silent = 1.0 - node.links * known[list(node.parents), own]
            without = (1.0 - node.leak) * silent.prod(axis=0)
            for parent, link, factor in zip(node.parents, node.links, silent, strict=True):
                given_cause = 1.0 - without / factor * (1.0 - link)
                ratio = np.divide(given_cause, 1.0 - without, where=without < 1.0, out=np.ones_like(without))
                known[parent, own] = np.minimum(known[parent, own] * ratio, 1.0)
        return known

    def shares(self, evidence: Evidence, prior: Array) -> Array:
        """P(condition is the one that acts | answers), shape (conditions,); prior: before any answer, up to scale."""
        logs = np.log(np.maximum(prior, np.finfo(float).tiny))
        for position, (absent, present) in evidence.weights.items():
            if self.network.nodes[position].id != COMPLAINT:
                p = self.given[position][:, evidence.strata] @ evidence.strata_weights
                logs = logs + np.log(np.maximum(absent * (1.0 - p) + present * p, np.finfo(float).tiny))
        found = np.exp(logs - logs.max())
        shares: Array = found / found.sum()
        return shares
