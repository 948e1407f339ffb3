"""A case of the tiny knowledge, and the same case asked again with a figure changed in the records themselves."""

from __future__ import annotations

from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import read_evidence
from crampnet.knowledge import Knowledge
from crampnet.network.build import build_network
from crampnet.reasoning.sensitivity import Row, Setup
from tests.support.figures import with_figure
from tests.support.models import tiny

CASE = Case(
    age=50,
    present=["kind_spasm", "both_hands", "hand_tingling"],
    absent=["carpal_posture", "phalen_sign"],
    probably_present=["perioral_tingling"],
    medicines=["furosemide"],
)
"""Both sexes (two strata), hard and soft answers, a syndrome's findings, an exposure."""


def setup_of(case: Case = CASE, knowledge: Knowledge | None = None) -> Setup:
    model = tiny()
    known = knowledge or model.knowledge
    network = build_network(known, case.setting)
    return Setup(known, network, read_evidence(known, model.vocabulary, network, case))


def asked_again(case: Case, changes: dict[str, float]) -> tuple[Setup, dict[str, float], dict[str, float]]:
    """The case under changed records: its setup, contributes and present. Raises KnowledgeError where no room is left."""
    knowledge = tiny().knowledge
    for path, value in changes.items():
        knowledge = with_figure(knowledge, path, value)
    setup = setup_of(case, knowledge)
    found = posterior(setup.network, setup.evidence)
    return setup, found.contributes, found.present


def row_again(case: Case, changes: dict[str, float], row: Row) -> float:
    _, contributes, present = asked_again(case, changes)
    return (contributes if row.quantity == "contributes" else present)[row.condition]


def leader_again(case: Case, changes: dict[str, float]) -> str:
    _, contributes, _ = asked_again(case, changes)
    return max(contributes, key=lambda condition: contributes[condition])
