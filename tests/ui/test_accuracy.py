"""The Accuracy page: it shows what was measured, the measuring split first, and says when that is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from itertools import product
from typing import Any

import pytest

from crampnet.api import Model
from crampnet.errors import CrampnetError
from crampnet.ui.accuracy.said import figure, precise, share
from crampnet.ui.text import words
from crampnet.validation.frequencies import GROUPS, agreement, independent, of_group
from crampnet.validation.stored import load_results
from tests.ui.conftest import Driver

Visit = Callable[[], Driver]


@pytest.fixture
def results() -> dict[str, Any]:
    return load_results()


@pytest.fixture
def page(visit: Visit) -> Driver:
    return at(visit)


def at(visit: Visit) -> Driver:
    opened = visit()
    opened.app.session_state["where"] = "accuracy"
    return opened.run()


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def section(page: Driver, name: str, voice: str = "plain") -> str:
    heading = words(f"accuracy.{name}.heading")[voice]
    (found,) = (part.value for part in page.app.html if f'cn-heading">{heading}<' in part.value)
    return found


def test_the_short_list_is_that_of_the_measuring_split(page: Driver, results: Mapping[str, Any]) -> None:
    found = results["figures"]["measure"]["tests"]
    short = text(section(page, "short"))
    for name in ("top_1", "top_3", "urgency_safe"):
        assert figure(found[name]) in short
        assert f"{round(found[name]['value'] * found[name]['n'])} of {found[name]['n']}" in short
    missed = found["emergencies"]
    assert f"less than urgent: {missed['below_urgent']['count']} of {missed['n']}" in short
    assert share(missed["below_urgent"]["upper"]) in short
    assert figure(found["expected"]) in short
    assert figure(found["baselines"]["naive_bayes"]["top_1"]) in short


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("right", ("top_1", "top_3")),
        ("safe", ("urgency_safe", "over_triage")),
        ("unmodelled", ("unmodelled_hits", "false_alarms")),
    ],
)
def test_every_level_of_both_splits_stands_there(
    name: str, keys: tuple[str, ...], page: Driver, results: Mapping[str, Any]
) -> None:
    shown = text(section(page, name))
    for key in keys:
        wanted = [
            figure(results["figures"][split][level][key])
            for level in ("history", "examination", "tests")
            for split in ("measure", "develop")
        ]
        pattern = ".*?".join(re.escape(one) for one in wanted)
        assert re.search(pattern, shown, re.S), key


def test_the_measuring_split_comes_first(page: Driver) -> None:
    for name in ("right", "safe", "calibration", "sure", "beside", "kinds", "cases"):
        shown = section(page, name)
        measure, develop = (words("accuracy.splits")[split]["plain"] for split in ("measure", "develop"))
        assert 0 < shown.index(measure) < shown.index(develop), name


def test_missed_emergencies_have_their_upper_bound(page: Driver, results: Mapping[str, Any]) -> None:
    shown = text(section(page, "safe"))
    for split in ("measure", "develop"):
        for level in ("history", "examination", "tests"):
            found = results["figures"][split][level]["emergencies"]
            for below in ("below_urgent", "below_emergency"):
                assert f"{found[below]['count']} of {found['n']}, rate below {share(found[below]['upper'])}" in shown


@pytest.mark.parametrize(("name", "pictures"), [("calibration", 2), ("sure", 2)])
def test_a_picture_says_what_it_shows_and_has_its_table(
    name: str, pictures: int, page: Driver, results: Mapping[str, Any]
) -> None:
    shown = section(page, name)
    labels = [unescape(label) for label in re.findall(r'role="img" aria-label="([^"]*)"', shown)]
    assert len(labels) == pictures
    table = text(shown[shown.index("<table") :])
    for split, label in zip(("measure", "develop"), labels, strict=True):
        if name == "calibration":
            values = [row["observed"] for row in results["reliability"][split]["tests"]]
        else:
            values = [point["risk"] for point in results["risk_coverage"][split]["tests"]["curve"]]
        for value in values:
            assert share(value) in label
            assert share(value) in table


def test_dots_lie_where_the_figures_say(page: Driver, results: Mapping[str, Any]) -> None:
    dots = re.findall(r'class="cn-dot[^"]*" style="left:([\d.]+)%;bottom:([\d.]+)%"', section(page, "calibration"))
    rows = [row for split in ("measure", "develop") for row in results["reliability"][split]["tests"]]
    wanted = [100 * row[key] for row in rows for key in ("expected", "observed")]
    assert [float(place) for dot in dots for place in dot] == pytest.approx(wanted, abs=0.06)


def test_baselines_stand_beside_it(page: Driver, results: Mapping[str, Any]) -> None:
    shown = text(section(page, "beside"))
    for split in ("measure", "develop"):
        found = results["figures"][split]["tests"]
        for method in (found, *found["baselines"].values()):
            assert figure(method["top_1"]) in shown
            assert f"{method['brier']['value']:.2f}" in shown


def test_the_cases_are_counted_and_those_that_were_refused(page: Driver, results: Mapping[str, Any]) -> None:
    shown = text(section(page, "cases"))
    names = words("accuracy.cases.head")
    wanted = {names[0]: ("cases", "all"), names[-1]: ("figures", "tests", "refused")}
    for name, (first, *keys) in wanted.items():
        counts = []
        for split in ("measure", "develop"):
            found = results[first][split]
            for key in keys:
                found = found[key]
            counts.append(str(found))
        assert re.search(rf"{re.escape(name)}\s+{counts[0]}\s+{counts[1]}", shown), name


def test_every_kind_of_source_stands_by_itself(page: Driver, results: Mapping[str, Any]) -> None:
    shown = text(section(page, "sources"))
    names = words("accuracy.sources.names")
    for split in results["sources"].values():
        assert set(split["history"]) == set(split["tests"]) == set(names)
        for level, kind, key in product(("history", "tests"), names, ("top_1", "top_3")):
            assert names[kind] in shown
            assert figure(split[level][kind][key]) in shown


def test_every_kind_of_cause_has_a_name(page: Driver, results: Mapping[str, Any]) -> None:
    names = words("accuracy.kinds.names")
    kinds = {kind for split in results["groups"].values() for kind in split}
    assert kinds <= set(names)
    shown = text(section(page, "kinds"))
    assert all(names[kind] in shown for kind in kinds)


def test_the_questions_needed(
    page: Driver, visit: Visit, results: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    median = {"median": 61.0, "low": 34.0, "high": 83.0}
    reached = {"value": 0.9, "low": 0.8, "high": 0.95, "n": 50}
    goal = {"reached": reached, "questions": median, "answered": median, "within": {}}
    split = {
        "n": 50,
        "refused": 0,
        "asked": median,
        "signs": {**median, "median": 107.0},
        "answered": median,
        "red_flags": median,
        "everything": goal,
        "full": goal,
    }
    counted = {"versions": {**results["versions"], "priors": "x"}, "measure": split, "develop": {**split, "n": 70}}
    monkeypatch.setattr("crampnet.ui.accuracy.load_results", lambda: {**results, "questions": counted})
    shown = text(section(at(visit), "questions"))
    assert "61 (34 to 83)" in shown
    assert "107 (34 to 83)" in shown
    assert figure(reached) in shown
    assert shown.index("50 cases") < shown.index("70 cases")
    assert words("accuracy.other_priors") in shown
    monkeypatch.setattr("crampnet.ui.accuracy.load_results", lambda: {**results, "questions": None})
    assert words("accuracy.questions.absent") in section(at(visit), "questions")


def test_what_the_answers_hang_on(
    page: Driver, visit: Visit, results: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = results["weights"]
    shown = text(section(page, "weights"))
    for basis, part in found["basis"].items():
        name = words("accuracy.weights.basis")[basis]["plain"]
        assert re.search(f"{re.escape(name)}\\s+{re.escape(share(part))}", shown), basis
    for one in found["judged"]:
        assert re.search(f"{re.escape(one['path'])}\\s+{one['value']:g}\\s+{re.escape(precise(one['part']))}", shown)
    other = {**found, "versions": {**results["versions"], "priors": "x"}}
    monkeypatch.setattr("crampnet.ui.accuracy.load_results", lambda: {**results, "weights": other})
    assert words("accuracy.other_priors") in section(at(visit), "weights")
    monkeypatch.setattr("crampnet.ui.accuracy.load_results", lambda: {**results, "weights": None})
    assert words("accuracy.weights.absent") in section(at(visit), "weights")


def test_surveys_stand_beside_the_model_with_their_sources(page: Driver, results: Mapping[str, Any]) -> None:
    shown = text(section(page, "surveys"))
    for row in results["forward"]:
        assert re.search(f"{re.escape(row['name'])}\\s+{precise(row['value'])}\\s+{precise(row['model'])}", shown)
        assert row["citation"] in shown
        assert row["url"] in shown
    rows = {group: of_group(results["forward"], group) for group in GROUPS}
    for group, own in {**rows, "independent": independent(results["forward"])}.items():
        counts = "\\s+".join(map(str, agreement(own)))
        assert re.search(f"{re.escape(words(f'accuracy.surveys.groups.{group}')['plain'])}\\s+{counts}", shown)


def test_clinical_words(page: Driver) -> None:
    page.app.segmented_control(key="voice").set_value("clinical")
    page.run()
    assert page.session.voice == "clinical"
    assert words("accuracy.title")["clinical"] in page.html
    assert "Clopper-Pearson" in section(page, "short", "clinical")
    assert words("accuracy.title")["plain"] not in page.html


def test_both_voices_are_there() -> None:
    assert list(lacking(words("accuracy"))) == []


def lacking(found: object, path: str = "accuracy") -> list[str]:
    """Places where one of the two voices is missing."""
    if isinstance(found, dict):
        if {"plain", "clinical"} & set(found):
            return [] if set(found) == {"plain", "clinical"} else [path]
        return [place for key, value in found.items() for place in lacking(value, f"{path}.{key}")]
    if isinstance(found, list):
        return [place for number, value in enumerate(found) for place in lacking(value, f"{path}.{number}")]
    return []


def test_figures_of_other_priors_are_marked(
    page: Driver, visit: Visit, model: Model, results: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert words("accuracy.other") in page.html
    assert model.knowledge.digest[:12] in page.html
    own = {**results, "versions": {**results["versions"], "priors": model.knowledge.digest}}
    monkeypatch.setattr("crampnet.ui.accuracy.load_results", lambda: own)
    again = at(visit)
    assert words("accuracy.other") not in again.html
    assert model.knowledge.digest[:12] in again.html


def test_without_figures_it_says_so_and_shows_none(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> dict[str, Any]:
        raise CrampnetError("x cannot be read.", "Run `make accuracy`.")

    monkeypatch.setattr("crampnet.ui.accuracy.load_results", absent)
    page = at(visit)
    assert words("accuracy.absent") in page.html
    assert "make accuracy" in page.html
    assert "cn-section" not in page.html


def test_shares_may_be_none_or_all_and_no_case_is_no_share() -> None:
    assert [share(x).replace("\N{NO-BREAK SPACE}", " ") for x in (0.0, 0.004, 0.996, 1.0)] == [
        "0 %",
        "0 %",
        "100 %",
        "100 %",
    ]
    assert figure(None) == words("accuracy.none")
