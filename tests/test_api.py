"""The library's door: what always holds of an answer, through `diagnose`."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.errors import BadCase, ImpossibleCase, KnowledgeError, UnknownName
from crampnet.inference.case import read_case, write_case
from crampnet.network import build_network
from tests.support.cases import EXPOSURES, FINDINGS, STATES, possible_cases
from tests.support.models import TINY, shipped, tiny


def shares(case: crampnet.Case) -> pd.DataFrame:
    return tiny().diagnose(case).ranking.drop(columns="name").sort_index()


def test_the_first_screen() -> None:
    """The lines that the documentation begins with."""
    model = crampnet.load_model()
    case = crampnet.Case(
        age=44,
        sex="female",
        present=["night_waking_numb"],
        absent=["wasting_widespread"],
        medicines=["furosemide"],
        results={"serum_calcium": "1.85 mmol/L"},
    )
    answer = model.diagnose(case)
    assert list(answer.ranking.columns) == ["name", "contributes", "present", "base_rate"]
    assert answer.ranking.index.name == "condition"
    assert {"idiopathic_cramp", "not_modelled", "hypocalcemia"} <= set(answer.ranking.index)
    assert answer.ranking["contributes"].is_monotonic_decreasing
    assert answer.urgency.level in ("urgent", "emergency")
    assert answer.advice
    assert answer.to_markdown().startswith("# ")


def test_plain_data_is_a_case_too() -> None:
    plain = {"age": 44, "sex": "female", "present": ["hand_weakness"]}
    assert tiny().diagnose(plain).case == crampnet.Case.from_dict(plain)


def test_a_cause_that_acts_only_where_it_is_told_acts_in_the_answer() -> None:
    """In the network of the answer, its origins and its pgmpy twin."""
    record = tiny().knowledge.conditions["hypocalcemia"]
    links = tuple(link.model_copy(update={"only_told": link.cause == "loop_diuretic"}) for link in record.raised_by)
    changed = record.model_copy(update={"raised_by": links})
    model = crampnet.Model(
        replace(tiny().knowledge, conditions={**tiny().knowledge.conditions, "hypocalcemia": changed})
    )
    without = model.diagnose(crampnet.Case(present=["kind_spasm"]))
    told = model.diagnose(crampnet.Case(present=["kind_spasm"], medicines=["furosemide"]))
    assert told.posterior.present["hypocalcemia"] > without.posterior.present["hypocalcemia"]
    causes = [set(answer.origins.loc["hypocalcemia"].index) for answer in (without, told)]
    assert causes == [{"thyroid_or_neck_surgery"}, {"thyroid_or_neck_surgery", "loop_diuretic"}]
    assert told.intervals.notna().all(axis=None)
    place = told.network.index["hypocalcemia"]
    parents = [told.network.nodes[parent].id for parent in told.network.nodes[place].parents]
    edges = model.to_pgmpy(told=["loop_diuretic"]).predecessors("hypocalcemia")
    assert set(parents) <= set(edges)
    assert "loop_diuretic" not in model.to_pgmpy().predecessors("hypocalcemia")
    with pytest.raises(UnknownName, match="loop_diuretik"):
        model.to_pgmpy(told=["loop_diuretik"])


@pytest.mark.parametrize(("data", "place"), [({"presnt": ["hand_weakness"]}, "presnt"), ("hand_weakness", "case")])
def test_what_is_no_case_is_refused(data: Any, place: str) -> None:
    with pytest.raises(BadCase) as error:
        tiny().diagnose(data)
    assert error.value.place == place
    assert error.value.remedy


@settings(max_examples=150)
@given(possible_cases())
def test_probabilities_are_probabilities_and_a_reason_never_exceeds_its_condition(case: crampnet.Case) -> None:
    answer = tiny().diagnose(case)
    for condition, present in answer.posterior.present.items():
        contributes = answer.posterior.contributes[condition]
        assert 0.0 <= contributes <= present + 1e-9
        assert present <= 1.0 + 1e-9
        assert 0.0 <= answer.posterior.base_rate[condition] <= 1.0
    assert answer.posterior.log_evidence <= 1e-9
    assert answer.posterior.residual < 1e-9
    for condition in answer.evidence.known:
        assert answer.posterior.present[condition] == 1.0


@settings(max_examples=60)
@given(st.data())
def test_the_order_of_answers_is_irrelevant(data: st.DataObject) -> None:
    case = data.draw(possible_cases())
    keys = (*STATES, "medicines", "diagnoses", "ruled_out")
    again = {key: data.draw(st.permutations(getattr(case, key))) for key in keys if getattr(case, key)}
    shuffled = crampnet.Case.from_dict(case.to_dict() | again)
    pd.testing.assert_frame_equal(shares(case), shares(shuffled), rtol=1e-12, atol=1e-15)
    first, second = tiny().diagnose(case), tiny().diagnose(shuffled)
    assert first.urgency.level == second.urgency.level
    assert [(a.item.id, a.status, a.plain) for a in first.advice] == [
        (a.item.id, a.status, a.plain) for a in second.advice
    ]


@settings(max_examples=40)
@given(possible_cases())
def test_the_same_case_has_the_same_answer(case: crampnet.Case) -> None:
    first, again = tiny().diagnose(case), tiny().diagnose(read_case(write_case(case)))
    assert first.posterior == again.posterior
    assert first.report == again.report


@settings(max_examples=60)
@given(st.data())
def test_dont_know_changes_nothing(data: st.DataObject) -> None:
    """Don't know and unanswered are the same: the name stands under no key, whatever else is said."""
    case = data.draw(possible_cases())
    asked = {name for key in STATES for name in getattr(case, key)}
    unknown = data.draw(st.sampled_from(sorted({*FINDINGS, *EXPOSURES} - asked)))
    whole = tiny().diagnose(case)
    given_up = replace(case, note=f"{unknown}: don't know")
    assert tiny().diagnose(given_up).posterior == whole.posterior
    network = tiny().network(case.setting)
    position = network.index[unknown]
    exposure = tiny().knowledge.exposures.get(unknown)
    silent = (1.0, 1.0) if exposure is None or exposure.unmentioned is None else (1.0, exposure.unmentioned.value)
    assert whole.evidence.weights.get(position, (1.0, 1.0)) == silent


@settings(max_examples=60)
@given(st.data())
def test_answers_average_to_the_answer_before_asking(data: st.DataObject) -> None:
    """P(c | e) = P(f | e) P(c | e, f) + P(not f | e) P(c | e, not f): the law of total probability through the door."""
    case = data.draw(possible_cases(most=4))
    assume(case.complaint)
    asked = {name for key in STATES for name in getattr(case, key)}
    finding = data.draw(st.sampled_from(sorted(set(FINDINGS) - asked)))
    before = tiny().diagnose(case)
    yes = tiny().diagnose(replace(case, present=(*case.present, finding)))
    no = tiny().diagnose(replace(case, absent=(*case.absent, finding)))
    p_yes, p_no = (exp(a.posterior.log_evidence - before.posterior.log_evidence) for a in (yes, no))
    assert p_yes + p_no == pytest.approx(1.0, abs=1e-9)
    for condition, share in before.posterior.contributes.items():
        mixed = p_yes * yes.posterior.contributes[condition] + p_no * no.posterior.contributes[condition]
        assert mixed == pytest.approx(share, abs=1e-9)


def test_more_of_what_a_condition_shows_raises_it() -> None:
    present: list[str] = []
    before = 0.0
    for finding in ("kind_spasm", "carpal_posture", "perioral_tingling", "trousseau_sign"):
        present.append(finding)
        now = tiny().diagnose(crampnet.Case(present=present)).posterior.contributes["hypocalcemia"]
        assert now > before
        before = now
    assert before > 0.9


def test_a_lower_calcium_never_speaks_less_for_low_calcium() -> None:
    values = [2.6, 2.4, 2.3, 2.2, 2.1, 2.0, 1.9, 1.7, 1.2]
    found = [
        tiny().diagnose(crampnet.Case(results={"serum_calcium": f"{v} mmol/L"})).posterior.present["hypocalcemia"]
        for v in values
    ]
    assert found == sorted(found)
    assert found[0] < 0.01 < 0.5 < found[-1]


def test_the_same_result_in_another_unit_has_the_same_answer() -> None:
    one = shares(crampnet.Case(results={"serum_calcium": "1.996 mmol/L"}))
    other = shares(crampnet.Case(results={"serum_calcium": "8 mg/dL"}))
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_clashing_answers_are_named() -> None:
    with pytest.raises(ImpossibleCase) as error:
        tiny().diagnose(crampnet.Case(diagnoses=["dialysis_cramp"], absent=["dialysis", "chest_pain"]))
    assert set(error.value.clash) == {"diagnosis dialysis_cramp", "dialysis absent"}


def test_clashing_answers_keep_their_warning_signs() -> None:
    """Gravest first; and where a row of a table clashes, they stand in its message."""
    told = crampnet.Case(
        diagnoses=["dialysis_cramp"], absent=["dialysis"], present=["hand_weakness", "hand_tingling", "chest_pain"]
    )
    with pytest.raises(ImpossibleCase) as error:
        tiny().diagnose(told)
    assert [sign.level for sign in error.value.signs] == ["emergency", "urgent"]
    assert error.value.signs[0].plain == "Call for help now."
    assert str(error.value).endswith("emergency: Call for help now. urgent: See a doctor within a day or two.")
    with pytest.raises(UnknownName, match="unit") as wrong:
        tiny().diagnose(crampnet.Case(results={"serum_calcium": "1.85 furlong"}, present=["chest_pain"]))
    assert [sign.level for sign in wrong.value.signs] == ["emergency"]
    with pytest.raises(UnknownName) as unknown:
        tiny().diagnose(crampnet.Case(present=["nonsense", "chest_pain"]))
    assert unknown.value.signs == wrong.value.signs
    table = pd.DataFrame({"diagnoses": ["dialysis_cramp"], "dialysis": [False], "chest_pain": [True]})
    assert "emergency: Call for help now." in tiny().diagnose_many(table)["error"][0]


def test_no_kind_at_all_and_still_a_complaint_is_possible() -> None:
    answer = tiny().diagnose(crampnet.Case(absent=["kind_cramp", "kind_spasm"]))
    assert sum(answer.posterior.contributes.values()) >= 1.0 - 1e-9


def test_an_overlay_replaces_single_numbers(tmp_path: Path) -> None:
    overlay = tmp_path / "clinic.yaml"
    overlay.write_text(
        "conditions.hypocalcemia.troubles_hand.value: 0.2\nconditions.hypocalcemia.troubles_hand.interval: [0.1, 0.3]\n",
        encoding="utf-8",
    )
    case = crampnet.Case(present=["kind_spasm"])
    changed = crampnet.load_model(TINY, overlay=overlay).diagnose(case)
    plain = tiny().diagnose(case)
    assert changed.posterior.contributes["hypocalcemia"] > plain.posterior.contributes["hypocalcemia"]
    assert changed.report.priors_digest != plain.report.priors_digest


def test_priors_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no knowledge in this folder"):
        crampnet.load_model(tmp_path / "nowhere")


def test_an_unknown_setting_offers_the_nearest() -> None:
    with pytest.raises(UnknownName) as error:
        tiny().diagnose(crampnet.Case(setting="dialysis"))
    assert error.value.nearest == ("dialysis_unit",)


def test_a_network_is_built_once_for_each_setting_by_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(knowledge: Any, setting: str) -> Any:
        built.append(setting)
        return build_network(knowledge, setting)

    monkeypatch.setattr("crampnet.api.model.build_network", build)
    model = crampnet.Model(tiny().knowledge)
    found: list[dict[str, float]] = []
    case = crampnet.Case(present=["kind_cramp"])
    threads = [threading.Thread(target=lambda: found.append(model.diagnose(case).posterior.present)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == ["general_population"]
    assert found == [found[0]] * 8


def test_importing_the_package_loads_no_library() -> None:
    """So that `crampnet --help` need not wait for pandas and pgmpy."""
    code = "import sys, crampnet, crampnet.cli; print(sorted({'pandas', 'pgmpy', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        crampnet.nothing  # noqa: B018


def test_no_rule_tests_the_id_of_a_condition() -> None:
    """Nothing between the files and the answer knows a condition by name."""
    source = Path(crampnet.__file__).parent
    quoted = re.compile("[\"'](" + "|".join(shipped().knowledge.conditions) + ")[\"']")
    named = {
        f"{file.relative_to(source)}: {found.group()}"
        for file in source.rglob("*.py")
        if file.relative_to(source).parts[0] not in ("ui", "validation")
        for found in quoted.finditer(file.read_text(encoding="utf-8"))
    }
    assert named == set()


CRAMP = crampnet.Case(age=44, present=["kind_cramp", "at_night"], absent=["hand_weakness"])


def test_why_adds_up_for_every_condition() -> None:
    answer = tiny().diagnose(CRAMP)
    for condition in tiny().knowledge.conditions:
        why = answer.why(condition)
        assert why.condition == why.account.condition == condition
        total = why.start + sum(weight for _, weight in why.weights)
        assert total == pytest.approx(why.end, abs=1e-9)
        share = answer.posterior.contributes[condition]
        assert share == pytest.approx(1.0 / (1.0 + exp(-why.end)), abs=1e-9)
    assert answer.why().condition == answer.report.rows[0].condition


def test_a_contrast_is_the_difference_of_two_whys() -> None:
    answer = tiny().diagnose(CRAMP)
    one, other = (answer.why(condition) for condition in ("idiopathic_cramp", "carpal_tunnel_syndrome"))
    found = answer.contrast("idiopathic_cramp", "carpal_tunnel_syndrome")
    assert found.end == pytest.approx(one.end - other.end)
    assert found.start + sum(weight for _, weight in found.lines) == pytest.approx(found.end, abs=1e-9)
    assert answer.deciders("idiopathic_cramp", "carpal_tunnel_syndrome")


@pytest.mark.parametrize("ask", ["why", "contrast", "deciders", "comparison"])
def test_a_condition_that_does_not_exist_offers_the_nearest(ask: str) -> None:
    answer = tiny().diagnose(CRAMP)
    given = ("hypocalcemai",) if ask in ("why", "comparison") else ("carpal_tunnel_syndrome", "hypocalcemai")
    with pytest.raises(UnknownName) as error:
        getattr(answer, ask)(*given)
    assert error.value.nearest == ("hypocalcemia",)


def test_names_in_words_are_conditions_too() -> None:
    assert tiny().diagnose(CRAMP).why("Low calcium").condition == "hypocalcemia"


def test_intervals_stand_beside_the_same_ranking() -> None:
    answer = tiny().diagnose(CRAMP)
    columns = ["name", "contributes", "low", "high", "present", "base_rate", "leads"]
    assert list(answer.intervals.columns) == columns
    pd.testing.assert_frame_equal(answer.intervals[answer.ranking.columns], answer.ranking)
    assert (answer.intervals["low"] <= answer.intervals["high"]).all()
    assert answer.intervals["leads"].sum() == pytest.approx(1.0)


def test_intervals_worked_out_bit_by_bit_are_the_same_and_kept() -> None:
    answer, again = tiny().diagnose(CRAMP), tiny().diagnose(CRAMP)
    *first, last = answer.refining()
    assert first
    assert [found.draws for found in first] == sorted({found.draws for found in first})
    assert answer.uncertainty is last
    assert again.uncertainty == last


def test_next_steps_leave_out_what_was_skipped() -> None:
    answer = tiny().diagnose(CRAMP)
    first = answer.next_steps.steps[0].id
    assert first not in {step.id for step in answer.next_steps_without([first]).steps}


def test_insights_are_worked_out_once_by_many_threads() -> None:
    answer = tiny().diagnose(CRAMP)
    found: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: found.append(answer.full_report.to_dict())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)
    assert found[0] == tiny().diagnose(CRAMP).full_report.to_dict()


def test_the_quick_answer_waits_for_no_insight(monkeypatch: pytest.MonkeyPatch) -> None:
    for slow in ("answer_weights", "refining", "turns", "next_steps", "conflict"):
        monkeypatch.setattr(f"crampnet.api.answer.{slow}", lambda *_, **__: pytest.fail("not asked for"))
    answer = tiny().diagnose(CRAMP)
    assert answer.report.insights is None
    assert answer.to_markdown()
    assert len(answer.ranking) == len(tiny().knowledge.conditions)


def test_sensitivity_speaks_of_the_same_answer() -> None:
    answer = tiny().diagnose(CRAMP)
    found = answer.sensitivity
    leader = answer.ranking.index[0]
    assert found.row().condition == leader
    largest = found.tornado(most=3).index[0]
    function = found.function(largest)
    assert function.value == pytest.approx(answer.posterior.contributes[leader], abs=1e-9)
    assert found.function(largest, "Low calcium").row.condition == "hypocalcemia"
    assert found.sources().sources["share"].sum() == pytest.approx(1.0)
    assert found.settings().leader[answer.case.setting] == leader
    assert found.structures().leader["unchanged"] == leader
    assert len(found.smallest_changes("leader")) == len(found.smallest_changes("level")) > 0
    with pytest.raises(UnknownName):
        found.row("nothing of the kind")


def test_an_answer_does_not_wait_for_scipy() -> None:
    """What only draws, intervals and sensitivity need is read when they are asked for."""
    code = (
        "import sys; import crampnet; from pathlib import Path;"
        "crampnet.load_model(Path(sys.argv[1])).diagnose(crampnet.Case(age=44));"
        "sys.exit('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(TINY)], check=False)
    assert done.returncode == 0
