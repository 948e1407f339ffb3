"""The models that the tests ask: the tiny made-up knowledge, the same with doubtful answers, and the shipped one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import crampnet

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "support" / "tiny_priors"


@cache
def tiny() -> crampnet.Model:
    return crampnet.load_model(TINY)


@cache
def doubtful() -> crampnet.Model:
    """The tiny knowledge in which all sorts of answers state how far they can be trusted, and silence what it says."""
    knowledge = tiny().knowledge
    self_report, ruled_out = knowledge.answers.self_report, knowledge.answers.ruled_out
    finding = knowledge.findings["hand_tingling"].model_copy(update={"self_report": self_report})
    nerve = knowledge.conditions["carpal_tunnel_syndrome"].model_copy(update={"ruled_out": ruled_out})
    silent = knowledge.exposures["dialysis"].unmentioned
    calcium = knowledge.conditions["hypocalcemia"].model_copy(update={"unmentioned": silent})
    medicine = knowledge.exposures["loop_diuretic"].model_copy(update={"unmentioned": silent})
    changed = replace(
        knowledge,
        findings={**knowledge.findings, finding.id: finding},
        conditions={**knowledge.conditions, nerve.id: nerve, calcium.id: calcium},
        exposures={**knowledge.exposures, medicine.id: medicine},
    )
    return crampnet.Model(changed)


@cache
def shipped() -> crampnet.Model:
    return crampnet.load_model()
