"""A case of the tiny knowledge, and the same case asked again with a figure changed in the records themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import read_evidence
from crampnet.knowledge import Knowledge
from crampnet.network.build import build_network
from crampnet.reasoning.sensitivity import Row, Setup
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


def with_figure(knowledge: Knowledge, path: str, value: float) -> Knowledge:
    """The knowledge with one figure changed, whatever the ensemble does with it."""
    group, *keys = path.split(".")
    if group == "findings" and keys[0] in knowledge.measurements:
        group = "measurements"
    records = dict(getattr(knowledge, group))
    records[keys[0]] = _changed(records[keys[0]], keys[1:], value)
    changed: dict[str, Any] = {group: records}
    return replace(knowledge, **changed)


def _changed(record: Any, keys: list[str], value: float) -> Any:
    if not keys:
        return record.model_copy(update={"value": value})
    key, *rest = keys
    if isinstance(record, dict):
        return {**record, key: _changed(record[key], rest, value)}
    if isinstance(record, tuple):
        here = [key == getattr(item, "cause", str(place)) for place, item in enumerate(record)]
        return tuple(_changed(item, rest, value) if hit else item for item, hit in zip(record, here, strict=True))
    return record.model_copy(update={key: _changed(getattr(record, key), rest, value)})


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
