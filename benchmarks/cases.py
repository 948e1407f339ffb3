"""The cases that every engine is asked: one record, whatever network it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import crampnet
from crampnet.inference.case import read_case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.network.network import Network, reason_id

PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)
"""Evidence weights (absent, present) of a sure answer."""
ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "tests" / "cases" / "published"


@dataclass(frozen=True)
class Asked:
    """One case.

    group: the sort of network; kind: published, coherent or random; k: number of findings present; targets: ids asked.
    """

    name: str
    group: str
    kind: str
    k: int
    network: Network
    evidence: Evidence
    targets: tuple[str, ...]


def published_cases(model: crampnet.Model) -> list[Asked]:
    """The published cases on the shipped network; asked are every condition and every reason."""
    found = []
    for path in sorted(PUBLISHED.glob("*.yaml")):
        case = read_case(path)
        network = model.network(case.setting)
        evidence = read_evidence(model.knowledge, model.vocabulary, network, case)
        network = network.told(evidence.weights)
        targets = tuple(node for c in network.conditions for node in (c, reason_id(c)))
        found.append(Asked(path.stem, "shipped", "published", positives(network, evidence), network, evidence, targets))
    return found


def positives(network: Network, evidence: Evidence) -> int:
    """Number of findings (the complaint among them) that are there for certain."""
    kinds = ("finding", "complaint")
    return sum(pair == PRESENT and network.nodes[node].kind in kinds for node, pair in evidence.weights.items())
