"""Compiles the nodes of one setting, many draws of the figures side by side.

A lane is one draw in one stratum; lanes run draw by draw, the strata of a draw together. With one draw, the figures
as they are stated, this is the network itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from crampnet.knowledge import Knowledge
from crampnet.knowledge.estimate import Number, Raise, Shape
from crampnet.knowledge.records_nodes import Condition
from crampnet.network.marginals import expected_absence
from crampnet.network.network import COMPLAINT, Array, Kind, Lanes, Network, Node, ToldLink, reason_id
from crampnet.network.rates import against_background, base_rate, cause_link, reachable, spread, told_link
from crampnet.network.room import Room
from crampnet.network.strata import strata_of

REFERENCE_SETTING = "general_population"
"""Base rates and frequencies in the records hold for this setting; the others replace some of them."""

Values = Mapping[str, Array]
"""Path of a figure -> the numbers to use instead, one a draw, shape (draws,)."""


def compile_setting(knowledge: Knowledge, setting: str, strata: Lanes | None, values: Values, draws: int) -> Builder:
    """The network of a setting, built.

    strata: positions of the strata to keep, None for all; values: drawn figures; draws: how many each has.
    """
    built = Builder(knowledge, REFERENCE_SETTING, strata, values, draws, None)
    built.causes()
    if setting != REFERENCE_SETTING:
        built = Builder(knowledge, setting, strata, values, draws, built)
        built.causes()
    built.effects()
    return built


class Builder:
    """Builds the network of one setting; `reference` has built the causes of the reference setting.

    whole: rate in every stratum, kept or not, of each cause that a shape is spread over, shape (draws, strata);
    people: share of each stratum among those who have a parent, shape (strata,); read: paths of the figures that were
    used; room: figures that left no room for a leak or a link.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        name: str,
        kept: Lanes | None,
        values: Values,
        draws: int,
        reference: Builder | None,
    ) -> None:
        self.knowledge = knowledge
        self.name = name
        self.setting = knowledge.settings[name]
        self.base = reference
        self.values, self.draws = values, draws
        self.all_strata, self.all_weights = strata_of(self.setting)
        self.reference_weights = strata_of(knowledge.settings[REFERENCE_SETTING])[1]
        self.kept = np.arange(len(self.all_strata)) if kept is None else kept
        self.sought = np.array([self.all_strata[i].sought_care for i in self.kept])
        self.lanes = draws * len(self.kept)
        self.nodes: list[Node] = []
        self.position: dict[str, int] = {}
        self.only_told: list[ToldLink] = [] if reference is None else reference.only_told
        self.rates: dict[str, Array] = {}
        links = (link for condition in knowledge.conditions.values() for link in condition.raised_by)
        self.spread_over = {link.cause for link in links if link.shape is not None}
        self.whole: dict[str, Array] = {}
        self.people: dict[str, Array] = {}
        self.read: set[str] = set() if reference is None else set(reference.read)
        self.room: Room = Room(name, draws) if reference is None else reference.room.at(name)

    def network(self) -> Network:
        """What has been built; its strata are the lanes."""
        strata = tuple(self.all_strata[i] for i in self.kept) * self.draws
        weights = np.tile(np.where(self.sought & ~self.sought.all(), 0.0, self.all_weights[self.kept]), self.draws)
        nodes, only_told = tuple(self.nodes), tuple(self.only_told)
        return Network(self.name, nodes, strata, weights / weights.sum(), self.rates, only_told)

    def causes(self) -> None:
        """Exposures and conditions."""
        for exposure in self.knowledge.exposures:
            self._exposure(exposure)
        for condition in _topological(self.knowledge.conditions):
            self._condition(condition)

    def effects(self) -> None:
        """Reasons, syndromes, findings and the complaint."""
        for condition, record in self.knowledge.conditions.items():
            weight = self._number(f"conditions.{condition}.troubles_hand", record.troubles_hand)
            seeks = self._number(f"conditions.{condition}.seeks_care", record.seeks_care)
            led = np.where(self.sought, seeks[:, None], 1.0).reshape(-1)
            self._add(reason_id(condition), "reason", self._zero(), {condition: self._flat(weight) * led})
        for syndrome, shown in self.knowledge.syndromes.items():
            background = self._background(f"syndromes.{syndrome}", shown.background, shown.shape)
            self._child(syndrome, "syndrome", background)
        for path, finding, background, raised_by in self._findings():
            self._child(finding, "finding", background)
            self._told_findings(path, finding, background, raised_by)
        reasons = {reason_id(c): self._one() for c in self.knowledge.conditions}
        self._add(COMPLAINT, "complaint", self._zero(), reasons)

    # -- nodes ------------------------------------------------------------------------------------

    def _exposure(self, exposure: str) -> None:
        self.rates[exposure] = self._keep(exposure, self._frequency(exposure))
        self._add(exposure, "exposure", self.rates[exposure], {})

    def _frequency(self, exposure: str) -> Array:
        """P(exposed) in every stratum, those that are not kept too, shape (draws, strata)."""
        record = self.knowledge.exposures[exposure]
        local = self.setting.exposures.get(exposure)
        if local is not None:
            rate = self._number(f"settings.{self.name}.exposures.{exposure}", local)
        else:
            rate = self._number(f"exposures.{exposure}.frequency", record.frequency)
        return self._spread(f"exposures/{exposure}", rate, record.shape, local is not None)

    def _condition(self, condition: str) -> None:
        """Leak and links of a condition.

        In the reference setting the leak is solved from the base rate; elsewhere links stay what they are, and so
        does the leak, unless the setting replaces the base rate.
        """
        whole = self._base_rate(condition)
        stated = None if whole is None else self._keep(condition, whole)
        links = self._cause_links(condition, stated)
        absence = self._absence(links)
        if stated is not None:
            leak = (stated - (1.0 - absence)) / absence
            self.room.leak(condition, stated, absence, leak, [self.all_strata[i] for i in self.kept])
            marginal = np.where(leak < 0.0, 1.0 - absence, stated)
            leak = np.maximum(leak, 0.0)
        else:
            leak = self._zero() if self.base is None else self.base.node(condition).leak
            marginal = 1.0 - (1.0 - leak) * absence
        self.rates[condition] = marginal
        self._add(condition, "condition", leak, links)
        if self.base is None:
            self._told_links(condition, marginal)

    def _base_rate(self, condition: str) -> Array | None:
        """Stated P(condition) in every stratum, those that are not kept too, shape (draws, strata).

        None where it follows from the causes or from the reference setting.
        """
        record = self.knowledge.conditions[condition]
        local = self.setting.base_rates.get(condition)
        if record.caused_only or (self.base is not None and local is None):
            return None
        if local is not None:
            rate = base_rate((local,), (self._number(f"settings.{self.name}.base_rates.{condition}", local),))
        else:
            path = f"conditions.{condition}.base_rate"
            parts = [self._number(f"{path}.{place}", part) for place, part in enumerate(record.base_rate)]
            rate = base_rate(record.base_rate, parts)
        return self._spread(f"conditions/{condition}", rate, record.shape, local is not None)

    def node(self, name: str) -> Node:
        """A node that has been built."""
        return self.nodes[self.position[name]]

    def _cause_links(self, condition: str, marginal: Array | None) -> dict[str, Array]:
        raised_by = [cause for cause in self.knowledge.conditions[condition].raised_by if not cause.only_told]
        if self.base is not None:
            links = self.base.node(condition).links
            return {cause.cause: link for cause, link in zip(raised_by, links, strict=True)}
        return {cause.cause: self._cause_link(condition, cause, marginal) for cause in raised_by}

    def _cause_link(self, condition: str, cause: Raise, marginal: Array | None) -> Array:
        value = self._cause_value(f"conditions.{condition}.raised_by.{cause.cause}", cause)
        link = cause_link(cause.measure, value, marginal, self.rates[cause.cause])
        return self.room.cause(condition, cause.cause, link)

    def _told_links(self, condition: str, marginal: Array) -> None:
        """Links of causes that act only where they are told; like all links they are the same in every setting."""
        for cause in self.knowledge.conditions[condition].raised_by:
            if cause.only_told:
                link = told_link(self._cause_link(condition, cause, marginal), self.rates[cause.cause])
                self._told(cause.cause, condition, link)

    def _told_findings(self, path: str, finding: str, background: Array, raised_by: Mapping[str, Number]) -> None:
        """Links by which exposures that are told bring a finding."""
        for exposure, number in raised_by.items():
            stated = self._number(f"{path}.raised_by.{exposure}", number)
            self._told(exposure, finding, self._link(exposure, finding, stated, self._among(exposure, background)))

    def _told(self, cause: str, child: str, link: Array) -> None:
        self.only_told.append(ToldLink(self.position[cause], self.position[child], link))

    def _cause_value(self, path: str, cause: Raise) -> Array:
        """The figure of a cause in every lane; one with a shape is spread over the people who have the cause."""
        value = self._number(path, cause)
        if cause.shape is None:
            return self._flat(value)
        return self._in_lanes(
            spread(value, self._factors(cause.shape), self.reference_weights * self.whole[cause.cause])
        )

    def _absence(self, links: Mapping[str, Array]) -> Array:
        if not links:
            return self._one()
        return expected_absence(self.nodes, {self.position[c]: p for c, p in links.items()})

    def _child(self, child: str, kind: Kind, background: Array) -> None:
        """A syndrome or finding: its parents are whatever states a probability for it.

        background: P(present | no parent) in every stratum, kept or not, shape (draws, strata).
        """
        links: dict[str, Array] = {}
        for parent, stated in self._stated(child):
            condition = parent.removeprefix("reason_")
            below = self._among(condition, background)
            if condition != parent and condition in links:
                below = 1.0 - (1.0 - below) * (1.0 - links[condition][:: len(self.kept)])
            links[parent] = self._link(parent, child, stated, below)
        self._add(child, kind, self._in_lanes(background), links)

    def _link(self, parent: str, child: str, stated: Array, below: Array) -> Array:
        """Link of a child in the lanes; stated, below: P(child) with and without the parent, shape (draws,)."""
        link = against_background(stated, below)
        return self._flat(self.room.child(parent, child, stated, below, link))

    def _among(self, parent: str, background: Array) -> Array:
        """Mean of a background, shape (draws, strata), over the ages and sexes of those who have the parent."""
        if parent not in self.people:
            people = self._people(parent)
            self.people[parent] = people / people.sum()
        return np.asarray(background @ self.people[parent])

    def _people(self, parent: str) -> Array:
        """How the people with a parent are spread over the strata, by its shape, shape (strata,).

        Those of a condition without a base rate are spread as those with its causes, those of a syndrome as everybody.
        """
        condition = self.knowledge.conditions.get(parent)
        if condition is not None and condition.caused_only:
            parts = [self._people(cause.cause) for cause in condition.raised_by]
            return np.asarray(sum(part / part.sum() for part in parts))
        record = condition or self.knowledge.exposures.get(parent)
        if record is None or record.shape is None:
            return self.reference_weights
        return self.reference_weights * self._factors(record.shape)

    def _stated(self, child: str) -> Iterable[tuple[str, Array]]:
        """(parent, P(child | parent), shape (draws,)) pairs, conditions before their reasons."""
        if child in self.knowledge.syndromes:
            for cause, stated in self.knowledge.syndromes[child].raised_by.items():
                yield cause, self._number(f"syndromes.{child}.raised_by.{cause}", stated)
        for syndrome, shown in self.knowledge.syndromes.items():
            if child in shown.shows:
                yield syndrome, self._number(f"syndromes.{syndrome}.shows.{child}", shown.shows[child])
        usual = self._default(child)
        for condition, record in self.knowledge.conditions.items():
            path = f"conditions.{condition}"
            if child in record.presence_shows:
                yield condition, self._number(f"{path}.presence_shows.{child}", record.presence_shows[child])
            if child in record.reason_shows:
                yield reason_id(condition), self._number(f"{path}.reason_shows.{child}", record.reason_shows[child])
            elif usual is not None:
                yield reason_id(condition), usual

    def _default(self, child: str) -> Array | None:
        """P(finding | a reason that does not list it), where there is such a reason."""
        finding = self.knowledge.findings.get(child)
        if finding is None or finding.default is None:
            return None
        if all(child in record.reason_shows for record in self.knowledge.conditions.values()):
            return None
        return self._number(f"findings.{child}.default", finding.default)

    def _findings(self) -> Iterable[tuple[str, str, Array, Mapping[str, Number]]]:
        """Path, finding, its background (none for what hangs on reasons only), exposures that bring it when told."""
        for finding, record in self.knowledge.findings.items():
            path = f"findings.{finding}"
            background = (
                np.zeros((self.draws, len(self.all_strata)))
                if record.background is None
                else self._background(path, record.background, record.shape)
            )
            yield path, finding, background, record.raised_by
        for test, measurement in self.knowledge.measurements.items():
            for abnormality, node in measurement.abnormalities.items():
                path = f"findings.{test}.abnormalities.{abnormality}"
                yield path, abnormality, self._background(path, node.background, node.shape), node.raised_by

    def _background(self, path: str, stated: Number, shape: Shape | None) -> Array:
        """P(present | none of the modelled causes) in every stratum, shape (draws, strata); path: of what has it."""
        value = self._number(f"{path}.background", stated)
        return self._spread("/".join(path.split(".")[:2]), value, shape, local=False)

    def _add(self, node: str, kind: Kind, leak: Array, links: Mapping[str, Array]) -> None:
        self.position[node] = len(self.nodes)
        parents = tuple(self.position[parent] for parent in links)
        table = np.array(list(links.values())).reshape(len(parents), self.lanes)
        self.nodes.append(Node(node, kind, parents, leak, table))

    # -- numbers over lanes -----------------------------------------------------------------------

    def _number(self, path: str, number: Number) -> Array:
        """A figure of the knowledge in every draw, shape (draws,)."""
        self.read.add(path)
        drawn = self.values.get(path)
        return np.full(self.draws, float(number.value)) if drawn is None else drawn

    def _flat(self, value: Array) -> Array:
        """A figure that is the same in all strata, shape (lanes,)."""
        return np.repeat(value, len(self.kept))

    def _zero(self) -> Array:
        return np.zeros(self.lanes)

    def _one(self) -> Array:
        return np.ones(self.lanes)

    def _spread(self, file: str, rate: Array, shape: Shape | None, local: bool) -> Array:
        """A population rate over the strata, shape (draws, strata); a setting's own number holds for its people."""
        if shape is None:
            return np.repeat(rate[:, None], len(self.all_strata), axis=1)
        factors = self._factors(shape)
        weights = self.all_weights if local else self.reference_weights
        self.room.reachable(file, rate, float(reachable(factors, weights)))
        return spread(rate, factors, weights)

    def _factors(self, shape: Shape) -> Array:
        """The multiplier of each stratum, shape (strata,)."""
        return np.array([shape.factor(stratum.sex, stratum.age_band) for stratum in self.all_strata])

    def _keep(self, cause: str, whole: Array) -> Array:
        """The rate of a cause in the lanes; in all strata it is kept where a shape is spread over those who have it."""
        if cause in self.spread_over:
            self.whole[cause] = whole
        return self._in_lanes(whole)

    def _in_lanes(self, whole: Array) -> Array:
        """Rates of all strata in the lanes, shape (lanes,)."""
        return whole[:, self.kept].reshape(-1)


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
