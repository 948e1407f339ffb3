"""The models that the tests ask: the tiny made-up knowledge, the same with doubtful answers, with backgrounds that go by
age and sex and medicines that act on findings, and the shipped one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import crampnet
from crampnet.knowledge.estimate import Shape

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
def shaped() -> crampnet.Model:
    """The tiny knowledge in which backgrounds go by age and sex.

    A water tablet makes the mouth tingle and calcium low where it is told.
    """
    knowledge = tiny().knowledge
    old = Shape(age={"12_17": 0.1, "75_120": 60.0}, basis="judgement", reason="Made up for the tests.")
    women = Shape(age={"75_120": 4.0}, sex={"female": 3.0}, basis="judgement", reason="Made up for the tests.")
    tingling = knowledge.findings["hand_tingling"].model_copy(update={"shape": old})
    tablet = (
        knowledge.syndromes["tetany"]
        .raised_by["loop_diuretic"]
        .model_copy(update={"value": 0.2, "interval": (0.1, 0.3)})
    )
    mouth = knowledge.findings["perioral_tingling"].model_copy(update={"raised_by": {"loop_diuretic": tablet}})
    median = knowledge.syndromes["median_nerve_dysfunction"].model_copy(update={"shape": women})
    test = knowledge.measurements["serum_calcium"]
    low = test.abnormalities["serum_calcium_low"].model_copy(
        update={"shape": old, "raised_by": {"loop_diuretic": tablet}}
    )
    calcium = test.model_copy(update={"abnormalities": {**test.abnormalities, "serum_calcium_low": low}})
    changed = replace(
        knowledge,
        findings={**knowledge.findings, tingling.id: tingling, mouth.id: mouth},
        syndromes={**knowledge.syndromes, median.id: median},
        measurements={**knowledge.measurements, test.id: calcium},
    )
    return crampnet.Model(changed)


@cache
def shipped() -> crampnet.Model:
    return crampnet.load_model()
