"""Knowledge -> Network: rates to marginals, marginals to leaks, frequencies to links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from crampnet.errors import Issue, KnowledgeError
from crampnet.knowledge import Knowledge
from crampnet.knowledge.estimate import Shape
from crampnet.knowledge.records_general import Setting
from crampnet.knowledge.records_nodes import Condition
from crampnet.network.marginals import expected_absence
from crampnet.network.network import (
    COMPLAINT,
    Array,
    Kind,
    Network,
    Node,
    Stratum,
    reason_id,
)
from crampnet.network.rates import against_background, base_rate, cause_link, spread

REFERENCE_SETTING = "general_population"
"""Base rates and frequencies in the records hold for this setting; the others replace some of them."""


def build_network(knowledge: Knowledge, setting: str = REFERENCE_SETTING) -> Network:
    """Compile the network of one setting.

    Raises KnowledgeError with every number that leaves no room for a leak or a link (negative leak).
    """
    reference = _Builder(knowledge, REFERENCE_SETTING, None)
    if setting == REFERENCE_SETTING:
        return reference.build()
    reference.build()
    return _Builder(knowledge, setting, reference).build()


class _Builder:
    """Builds the network of one setting; `reference` has built that of the reference setting."""

    def __init__(self, knowledge: Knowledge, name: str, reference: _Builder | None) -> None:
        self.knowledge = knowledge
        self.name = name
        self.setting = setting = knowledge.settings[name]
        self.base = reference
        self.strata, self.weights = _strata(setting)
        self.reference = _strata(knowledge.settings[REFERENCE_SETTING])[1]
        self.nodes: list[Node] = []
        self.position: dict[str, int] = {}
        self.rates: dict[str, Array] = {}
        self.issues: list[Issue] = []

    def build(self) -> Network:
        for exposure in self.knowledge.exposures:
            self._exposure(exposure)
        for condition in _topological(self.knowledge.conditions):
            self._condition(condition)
        for condition, record in self.knowledge.conditions.items():
            weight = self._flat(record.troubles_hand.value)
            self._add(reason_id(condition), "reason", self._zero(), {condition: weight})
        for syndrome, shown in self.knowledge.syndromes.items():
            self._child(syndrome, "syndrome", shown.background.value)
        for finding, background in _findings(self.knowledge):
            self._child(finding, "finding", background)
        reasons = {reason_id(c): self._flat(1.0) for c in self.knowledge.conditions}
        self._add(COMPLAINT, "complaint", self._zero(), reasons)
        if self.issues:
            raise KnowledgeError(self.issues)
        return Network(self.name, tuple(self.nodes), self.strata, self.weights, self.rates)

    # -- nodes ------------------------------------------------------------------------------------

    def _exposure(self, exposure: str) -> None:
        record = self.knowledge.exposures[exposure]
        local = self.setting.exposures.get(exposure)
        rate = (local or record.frequency).value
        self.rates[exposure] = self._spread(rate, record.shape, local is not None)
        self._add(exposure, "exposure", self.rates[exposure], {})

    def _condition(self, condition: str) -> None:
        """Leak and links of a condition.

        In the reference setting the leak is solved from the base rate; elsewhere links stay what they are, and so
        does the leak, unless the setting replaces the base rate.
        """
        record = self.knowledge.conditions[condition]
        local = self.setting.base_rates.get(condition)
        stated = None
        if not record.caused_only and (self.base is None or local is not None):
            rate = base_rate((local,) if local else record.base_rate)
            stated = self._spread(rate, record.shape, local is not None)
        links = self._cause_links(condition, stated)
        absence = self._absence(links)
        if stated is not None:
            leak, marginal = 1.0 - (1.0 - stated) / absence, stated
            self._negative_leak(condition, marginal, absence, leak)
        else:
            leak = self._zero() if self.base is None else self.base.node(condition).leak
            marginal = 1.0 - (1.0 - leak) * absence
        self.rates[condition] = marginal
        self._add(condition, "condition", leak, links)

    def node(self, name: str) -> Node:
        """A node that has been built."""
        return self.nodes[self.position[name]]

    def _cause_links(self, condition: str, marginal: Array | None) -> dict[str, Array]:
        raised_by = self.knowledge.conditions[condition].raised_by
        if self.base is not None:
            links = self.base.node(condition).links
            return {cause.cause: link for cause, link in zip(raised_by, links, strict=True)}
        return {
            cause.cause: cause_link(cause.measure, cause.value, marginal, self.rates[cause.cause])
            for cause in raised_by
        }

    def _absence(self, links: Mapping[str, Array]) -> Array:
        if not links:
            return self._flat(1.0)
        return expected_absence(self.nodes, {self.position[c]: p for c, p in links.items()})

    def _child(self, child: str, kind: Kind, background: float) -> None:
        """A syndrome or finding: its parents are whatever states a probability for it."""
        links: dict[str, Array] = {}
        for parent, stated in self._stated(child):
            below = background
            condition = parent.removeprefix("reason_")
            if condition != parent and condition in links:
                below = 1.0 - (1.0 - background) * (1.0 - float(links[condition][0]))
            link = float(against_background(stated, below))
            if link < 0.0:
                self._below_background(parent, child, stated, below)
            links[parent] = self._flat(link)
        self._add(child, kind, self._flat(background), links)

    def _stated(self, child: str) -> Iterable[tuple[str, float]]:
        """(parent, P(child | parent)) pairs, conditions before their reasons."""
        for syndrome, shown in self.knowledge.syndromes.items():
            if child in shown.shows:
                yield syndrome, shown.shows[child].value
        default = self.knowledge.findings[child].default if child in self.knowledge.findings else None
        for condition, record in self.knowledge.conditions.items():
            if child in record.presence_shows:
                yield condition, record.presence_shows[child].value
            if child in record.reason_shows:
                yield reason_id(condition), record.reason_shows[child].value
            elif default is not None:
                yield reason_id(condition), default.value

    def _add(self, node: str, kind: Kind, leak: Array, links: Mapping[str, Array]) -> None:
        self.position[node] = len(self.nodes)
        parents = tuple(self.position[parent] for parent in links)
        table = np.array(list(links.values())).reshape(len(parents), len(self.strata))
        self.nodes.append(Node(node, kind, parents, leak, table))

    # -- numbers over strata ----------------------------------------------------------------------

    def _flat(self, value: float) -> Array:
        return np.full(len(self.strata), float(value))

    def _zero(self) -> Array:
        return np.zeros(len(self.strata))

    def _spread(self, rate: float, shape: Shape | None, local: bool) -> Array:
        """A population rate over the strata; a setting's own number holds for that setting's people."""
        if shape is None:
            return self._flat(rate)
        ages: dict[str, float] = dict(shape.age.items())
        factors = np.array([ages.get(s.age_band, 1.0) * shape.sex.get(s.sex, 1.0) for s in self.strata])
        return spread(rate, factors, self.weights if local else self.reference)

    # -- data errors ------------------------------------------------------------------------------

    def _negative_leak(self, condition: str, marginal: Array, absence: Array, leak: Array) -> None:
        if (worst := int(np.argmin(leak))) >= 0 and leak[worst] < 0.0:
            stratum = self.strata[worst]
            self.issues.append(
                Issue(
                    file=f"conditions/{condition}.yaml",
                    key="raised_by",
                    message=f"negative leak in setting {self.name}, {stratum.age_band} {stratum.sex}: its causes "
                    f"alone give {1.0 - absence[worst]:.4g}, more than its base rate {marginal[worst]:.4g}.",
                    remedy="Raise the base rate, or lower the numbers under raised_by.",
                )
            )

    def _below_background(self, parent: str, child: str, stated: float, below: float) -> None:
        self.issues.append(
            Issue(
                file=f"{parent}",
                key=child,
                message=f"P({child} | {parent}) = {stated:.4g} is below what is there without it, {below:.4g}.",
                remedy="Leave the link out, raise it, or lower the background.",
            )
        )


def _strata(setting: Setting) -> tuple[tuple[Stratum, ...], Array]:
    """Strata (age band x sex) and their distribution in a setting, shape (strata,)."""
    strata = tuple(Stratum(band, sex) for band in setting.age for sex in ("female", "male"))
    share = {"female": setting.female, "male": 1.0 - setting.female}
    ages: dict[str, float] = dict(setting.age.items())
    weights = np.array([ages[s.age_band] * share[s.sex] for s in strata])
    return strata, weights / weights.sum()


def _findings(knowledge: Knowledge) -> Iterable[tuple[str, float]]:
    """Every finding node with its background: what hangs on reasons only has none."""
    for finding, record in knowledge.findings.items():
        yield finding, record.background.value if record.background else 0.0
    for measurement in knowledge.measurements.values():
        for abnormality, node in measurement.abnormalities.items():
            yield abnormality, node.background.value


def _topological(conditions: Mapping[str, Condition]) -> list[str]:
    """Conditions, causes first. Cycles have been refused on load."""
    order: dict[str, None] = {}

    def visit(condition: str) -> None:
        if condition in order:
            return
        for cause in conditions[condition].raised_by:
            if cause.cause in conditions:
                visit(cause.cause)
        order[condition] = None

    for condition in conditions:
        visit(condition)
    return list(order)
