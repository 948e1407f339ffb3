"""Results that are read together: calcium corrected for albumin, the filter rate worked out from creatinine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.readings import read_together, worked_out
from crampnet.knowledge.records_readings import Correction, Equation
from crampnet.reasoning.answers import answers_given, only
from crampnet.reasoning.steps.candidates import candidates
from tests.support.models import shipped

MODEL = shipped()
NETWORK = MODEL.network()
TESTS = MODEL.knowledge.measurements
CALCIUM = ("serum_calcium_low", "serum_calcium_very_low", "serum_calcium_high")


def read(results: dict[str, str], **given: Any) -> Evidence:
    return read_evidence(MODEL.knowledge, MODEL.vocabulary, NETWORK, Case(results=results, **given))


def weights(evidence: Evidence, *names: str) -> list[tuple[float, float]]:
    return [evidence.weights.get(NETWORK.index[name], (1.0, 1.0)) for name in names]


def correction() -> Correction:
    found = TESTS["serum_calcium"].corrected_by
    assert found is not None
    return found


def equation() -> Equation:
    found = TESTS["egfr"].derived_from
    assert found is not None
    return found


@pytest.mark.parametrize(("calcium", "albumin"), [("1.95 mmol/L", "25 g/L"), ("7.815631 mg/dL", "2.5 g/dL")])
def test_calcium_is_graded_as_corrected_for_albumin(calcium: str, albumin: str) -> None:
    """1.95 + 0.02 (40 - 25) = 2.25 mmol/L: not low at all."""
    together = read({"serum_calcium": calcium, "serum_albumin": albumin})
    assert together.readings["serum_calcium"].value == pytest.approx(2.25, abs=1e-6)
    assert together.readings["serum_calcium"].label == "corrected for albumin"
    assert together.values["serum_calcium"] == pytest.approx(1.95, abs=1e-6)
    alone = weights(read({"serum_calcium": "2.25 mmol/L"}), *CALCIUM)
    for one, other in zip(weights(together, *CALCIUM), alone, strict=True):
        assert one == pytest.approx(other, rel=1e-5)
    assert "serum_calcium_low" in together.absent
    assert "serum_albumin_low" in together.present


def test_a_high_albumin_lowers_calcium() -> None:
    assert read({"serum_calcium": "2.2 mmol/L", "serum_albumin": "50 g/L"}).readings["serum_calcium"].value == (
        pytest.approx(2.0)
    )


def test_at_the_reference_and_without_albumin_nothing_is_corrected() -> None:
    plain = read({"serum_calcium": "1.95 mmol/L"})
    level = read({"serum_calcium": "1.95 mmol/L", "serum_albumin": "40 g/L"})
    assert weights(plain, *CALCIUM) == weights(level, *CALCIUM)
    assert plain.readings["serum_calcium"].label == ""


def test_the_ionised_calcium_goes_before_the_correction() -> None:
    found = read({"serum_calcium": "1.95 mmol/L", "serum_albumin": "25 g/L", "ionized_calcium": "1.0 mmol/L"})
    assert weights(found, *CALCIUM) == weights(read({"serum_calcium": "1.95 mmol/L"}), *CALCIUM)
    assert found.readings["serum_calcium"].label == ""
    assert "ionized_calcium" in correction().unless


def test_only_what_is_declared_is_corrected() -> None:
    declared = {id_ for id_, test in TESTS.items() if test.corrected_by is not None}
    assert declared == {"serum_calcium"}
    values = {id_: sum(test.possible) / 2 for id_, test in TESTS.items()}
    for test, reading in read_together(MODEL.knowledge, values).items():
        assert reading.label == "" or test in {"serum_creatinine"}


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "rate"),
    [(0.9, 55, "female", 76), (0.7, 18, "female", 128.5), (0.5, 30, "male", 140.8), (2.1, 70, "male", 33.3)],
)
def test_the_filter_rate_by_ckd_epi(creatinine: float, age: float, sex: str, rate: float) -> None:
    """The first as printed beside the equation; the others by hand: 142 x bend x 0.9938^age (x 1.012 in women)."""
    found = read({"serum_creatinine": f"{creatinine} mg/dL"}, age=age, sex=sex).readings["serum_creatinine"]
    assert found.test == "egfr"
    assert found.value == pytest.approx(rate, rel=0.007)


@given(st.floats(10, 2000), st.floats(10, 2000), st.floats(18, 120), st.sampled_from(["female", "male"]))
def test_more_creatinine_means_less_filtration_without_a_jump(one: float, other: float, age: float, sex: str) -> None:
    low, high = sorted((one, other))
    assert worked_out(equation(), low, age, sex) >= worked_out(equation(), high, age, sex)
    knee = (equation().female if sex == "female" else equation().male).knee * equation().unit
    below, above = (worked_out(equation(), knee * step, age, sex) for step in (1 - 1e-9, 1 + 1e-9))
    assert below == pytest.approx(above, rel=1e-7)
    assert worked_out(equation(), one, age, sex) > worked_out(equation(), one, age + 1, sex)


def test_creatinine_counts_once_through_the_filter_rate() -> None:
    derived = read({"serum_creatinine": "2.1 mg/dL"}, age=70, sex="female")
    value = derived.readings["serum_creatinine"].value
    typed = read({"egfr": f"{value!r} mL/min"}, age=70, sex="female")
    assert derived.weights == typed.weights
    assert weights(derived, "serum_creatinine_high") == [(1.0, 1.0)]
    assert {"egfr_low", "serum_creatinine_high"} <= derived.present


def test_both_given_are_one_sample() -> None:
    both = read({"serum_creatinine": "2.1 mg/dL", "egfr": "25 mL/min"}, age=70, sex="female")
    assert both.weights == read({"egfr": "25 mL/min"}, age=70, sex="female").weights
    assert both.readings["serum_creatinine"].value is None
    assert both.readings["egfr"].value == 25.0
    told = read({"serum_creatinine": "2.1 mg/dL"}, age=70, sex="female", present=["egfr_low"])
    assert weights(told, "egfr_low", "serum_creatinine_high") == [(0.0, 1.0), (1.0, 1.0)]


@pytest.mark.parametrize("given", [{"age": 17, "sex": "male"}, {"age": 40}, {"sex": "female"}, {}])
def test_without_adult_age_and_sex_creatinine_speaks_for_itself(given: dict[str, Any]) -> None:
    found = read({"serum_creatinine": "180 umol/L"}, **given)
    assert found.readings["serum_creatinine"].test == "serum_creatinine"
    assert weights(found, "egfr_low") == [(1.0, 1.0)]
    assert weights(found, "serum_creatinine_high")[0][0] < 0.1


def test_a_rate_beyond_the_possible_is_the_outermost_possible() -> None:
    assert read({"serum_creatinine": "3000 umol/L"}, age=118, sex="female").readings["serum_creatinine"].value == 1.0


def test_what_was_measured_is_one_answer_and_is_not_asked_again() -> None:
    evidence = read({"serum_creatinine": "2.1 mg/dL", "serum_potassium": "4.2 mmol/L"}, age=70, sex="female")
    answers = answers_given(MODEL.knowledge, NETWORK, evidence)
    assert [answer.id for answer in answers] == ["serum_creatinine", "serum_potassium"]
    change = only(NETWORK, evidence, answers, [answers[1]])
    assert change[NETWORK.index["egfr_low"]] == (1.0, 1.0)
    offered = {candidate.id for candidate in candidates(MODEL.knowledge, NETWORK, evidence)}
    assert not offered & {"egfr", "serum_creatinine", "serum_potassium"}
