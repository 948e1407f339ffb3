"""Where a stated figure enters the network or what an answer weighs, and so how a posterior hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crampnet.network.lognormal import LogNormal
from crampnet.network.network import reason_id
from crampnet.reasoning.sensitivity.setup import Setup
from crampnet.reasoning.sensitivity.structure import ancestors

Form = Literal["hyperbola", "evaluated"]

NEARLY = 1.0 - 1e-6
"""A probability from which leaks or links are solved is followed up to here: certainty leaves nothing to solve."""

FURTHEST = 10.0
"""A rate or ratio is followed up to this multiple of the upper end of its interval."""


@dataclass(frozen=True)
class Entry:
    """How a figure enters.

    node: position of the first node whose table holds it, or about which an answer weighs by it, None where no answer
    of the case does; form: "hyperbola" where P(e) and P(row, e) are linear in
    the figure, so that every posterior is (a t + b)/(c t + d); "evaluated" where it enters otherwise; domain: numbers
    that it can take: for a hyperbola those for which no link has to be set to 0.
    """

    node: int | None
    form: Form
    domain: tuple[float, float]


def entry(setup: Setup, path: str) -> Entry:
    """How the figure of a path enters the network, or what the case's answers weigh.

    A link p = (t - b)/(1 - b), b what is there without the parent, is linear in the stated probability t, and every
    table is linear in each of its links. That holds for `troubles_hand`, `seeks_care`, `reason_shows`,
    `presence_shows`, a syndrome's `shows` and what raises a syndrome or finding (`raised_by`); a figure under
    `presence_shows` enters the link of the condition's reason too, but where the reason acts the condition is present
    and P(child absent) does not hang on it.
    Base rates, causes of conditions and frequencies move every leak that is solved from them; a background or default
    moves all links of its node. What an answer weighs is linear in its accuracy, unless several answers weigh by the
    same one or it was given as "probably"; how far off the ratios of results are is an exponent.
    """
    network = setup.network
    if path in setup.about_answers:
        return _of_answers(setup, path)
    match path.split("."):
        case ["conditions", condition, "troubles_hand" | "seeks_care"]:
            return Entry(network.index[reason_id(condition)], "hyperbola", (0.0, 1.0))
        case ["conditions", condition, "reason_shows", child]:
            return _of_link(setup, path, reason_id(condition), child)
        case ["conditions", condition, "presence_shows", child]:
            return _of_link(setup, path, condition, child, reason_id(condition))
        case (
            ["syndromes", parent, "shows", child]
            | ["syndromes" | "findings", child, "raised_by", parent]
            | ["findings", _, "abnormalities", child, "raised_by", parent]
        ):
            return _of_link(setup, path, parent, child)
        case ["conditions", node, "base_rate" | "raised_by", _] | [
            "conditions" | "exposures" | "syndromes" | "findings",
            node,
            "frequency" | "background" | "default",
        ]:
            return Entry(network.index[node], "evaluated", _range(setup, path))
        case [*_, node, "background"] | ["settings", _, _, node]:
            return Entry(network.index[node], "evaluated", _range(setup, path))
    raise AssertionError(f"no figure enters a network under {path}")


def _of_answers(setup: Setup, path: str) -> Entry:
    weighed = {node: how for node, how in setup.evidence.weighed.items() if path in how.paths}
    node = next(iter(weighed), None)
    if len(weighed) <= 1 and all(how.linear for how in weighed.values()):
        return Entry(node, "hyperbola", (0.0, 1.0))
    return Entry(node, "evaluated", _range(setup, path))


def relevant(setup: Setup) -> tuple[str, ...]:
    """Paths of the figures that can matter to the ranking or the urgency of a case, in the order of the files.

    Exact: a figure that enters below everything that was answered and every reason sums out, one by which no answer
    weighs is not used, and who seeks care matters only where care was sought.
    """
    network = setup.network
    reasons = [position for position, node in enumerate(network.nodes) if node.kind in ("condition", "reason")]
    above = ancestors(network, [*setup.evidence.weights, *reasons])
    sought = any(network.strata[place].sought_care for place in setup.evidence.strata)
    figures = (path for path in setup.parameters if sought or not path.endswith(".seeks_care"))
    return tuple(path for path in figures if entry(setup, path).node in above)


def _range(setup: Setup, path: str) -> tuple[float, float]:
    """Numbers that a figure can take: 0 to 1, or for rates and ratios up to a multiple of the interval's end."""
    parameter = setup.parameter(path)
    if isinstance(parameter.distribution, LogNormal):
        return parameter.distribution.least, FURTHEST * parameter.interval[1]
    return 0.0, NEARLY


def _of_link(setup: Setup, path: str, parent: str, child: str, then: str | None = None) -> Entry:
    """A probability t from which the link p = (t - b)/(1 - b) of a parent is solved.

    b, what is there without it among the people who have it, follows from t and p unless the link is 0, or not there.
    then: the parent whose link is solved next, from a probability above which t would set that link to 0.
    """
    network, stated = setup.network, setup.parameter(path).value
    node = network.nodes[network.index[child]]
    links = {network.nodes[p].id: float(link[0]) for p, link in zip(node.parents, node.links, strict=True)}
    link = links.get(parent, 0.0)
    if not link > 0.0:
        return Entry(network.index[child], "evaluated", _range(setup, path))
    below = 1.0 - (1.0 - stated) / (1.0 - link)
    above = 1.0 if then not in links else 1.0 - (1.0 - stated) * (1.0 - links[then])
    return Entry(network.index[child], "hyperbola", (max(below, 0.0), above))
