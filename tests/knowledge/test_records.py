"""Every rule inside one record: the spoiled line, and the issue that it must give."""

from __future__ import annotations

from pathlib import Path

import pytest

from crampnet.knowledge import check_knowledge, load_knowledge
from crampnet.knowledge.estimate import Estimate
from crampnet.knowledge.numbers import all_grounds

from .conftest import Edit

HYPO = "conditions/hypocalcemia.yaml"
CTS = "conditions/carpal_tunnel_syndrome.yaml"
CALCIUM = "findings/serum_calcium.yaml"
W_HYPO = 'troubles_hand: {value: 0.12, interval: [0.06, 0.192], basis: judgement, grade: E, reason: "Made up for the tests."}'

RELIABILITY = (
    "cost: %s\nself_report:\n"
    '  sensitivity: {value: %s, interval: [0.1, 0.95], basis: judgement, grade: E, reason: "Made up."}\n'
    '  specificity: {value: 0.6, interval: [0.1, 0.95], basis: judgement, grade: E, reason: "Made up."}'
)
GROUPS = "sd: 0.1}\n    groups: {male_18_39: {without: {mean: 2, sd: 0.1}, with: {mean: 2.1, sd: 0.1}}}\n    with: {mean: 1.9"
CORRECTED = (
    "possible: [0.5, 6.0]\n"
    'corrected_by: {test: serum_calcium, reference: 40, factor: 0.02, label: "so", basis: judgement, reason: "Made up."}'
)
RAISED = '{dialysis: {value: 0.2, interval: [0.1, 0.3], basis: judgement, grade: E, reason: "Made up."}}'
SHAPE = '{age: {"12_17": %s}, basis: judgement, reason: "Made up."}'
WEAKNESS, PHALEN = "findings/hand_weakness.yaml", "findings/phalen_sign.yaml"

# file, old text, new text, key, part of the message, part of the remedy
SPOILED = [
    (HYPO, "value: 0.12,", "value: 0.5,", "troubles_hand.interval", "0.5 is not inside 0.06 to 0.192", "strictly between"),
    (HYPO, "value: 0.12,", "value: 12,", "troubles_hand.value", "less than 1", "something certain is 0.999"),
    (HYPO, "value: 0.12,", "value: 0,", "troubles_hand.value", "greater than 0", "use a small number"),
    (HYPO, "value: 0.12,", 'value: "0.12",', "troubles_hand.value", "'0.12'", "without quotes"),
    (HYPO, "value: 0.12,", "value: true,", "troubles_hand.value", "True", "Give a number"),
    (HYPO, "value: 0.12,", "value: .nan,", "troubles_hand.value", "nan", ""),
    (HYPO, W_HYPO, W_HYPO.replace(', reason: "Made up for the tests."', ""), "troubles_hand.reason", "no reason", "sentence"),
    (HYPO, W_HYPO, W_HYPO.replace("judgement", "published"), "troubles_hand.source", "no source", "judgement"),
    (HYPO, W_HYPO, W_HYPO.replace("judgement", "published"), "troubles_hand.locator", "where in its source", "Add"),
    (HYPO, W_HYPO, W_HYPO.replace("judgement", "derived"), "troubles_hand.arithmetic", "arithmetic", "how it follows"),
    (HYPO, W_HYPO, W_HYPO.replace("grade: E", "grade: F"), "troubles_hand.grade", "'F'", "values named"),
    (
        HYPO,
        W_HYPO,
        W_HYPO.replace("judgement", 'published, source: d2, locator: "p. 1", reported: "3/112"'),
        "troubles_hand.reported",
        "0.12 is not 3/112",
        "derived",
    ),
    (HYPO, "point_prevalence", "annual_prevalence", "base_rate.0.mean_days", "days affected", "Add mean_days"),
    (HYPO, "point_prevalence", "lifetime_prevalence", "base_rate.0.current_fraction", "current share", "Add"),
    (HYPO, "point_prevalence", "prevalence", "base_rate.0.measure", "'prevalence'", "values named"),
    (HYPO, "value: 1.6,", "value: 0.9,", "raised_by.1.interval", "0.9 is not inside", "strictly between"),
    (HYPO, "odds_ratio", "link", "raised_by.1.interval", "cannot exceed 1", "not a percentage"),
    (HYPO, "measure: odds_ratio,", f"measure: odds_ratio, shape: {SHAPE % 0.5},", "raised_by.1.shape", "same at every age", "prevalence_given"),
    (HYPO, "measure: prevalence_given,", f"measure: prevalence_given, shape: {SHAPE % 0.0},", "raised_by.0.shape", "harmless to some", "small factor"),
    (HYPO, "cause: loop_diuretic", "cause: thyroid_or_neck_surgery", "raised_by", "stands twice", "Keep one"),
    (HYPO, "{level: urgent, ", "{level: urgent, known: {level: urgent, reason: x}, ", "urgency.known", "no lower level", "leave it out"),
    (HYPO, "{level: urgent, ", "{level: emergency, known: {level: routine, reason: x}, ", "urgency.known", "an emergency", "stays one"),
    (HYPO, "lasting: {level: routine,", "lasting: {level: urgent,", "urgency.lasting", "no lower level", "leave it out"),
    (HYPO, "all_of: [relief_stretching]", "all_of: []", "urgency.lasting.all_of", "at least 1", "Fill it in"),
    (HYPO, "caused_only: false", "caused_only: true", "base_rate", "no base rate of its own", "Empty"),
    ("conditions/dialysis_cramp.yaml", "- {cause: dialysis,", "- {only_told: true, cause: dialysis,", "raised_by", "Nothing always causes", "Name its causes"),
    ("conditions/dialysis_cramp.yaml", "caused_only: true", "caused_only: false", "base_rate", "missing", "caused_only"),
    (HYPO, "defining: [tetany, serum_calcium_low]", "defining: []", "defining", "at least 1", "Fill it in"),
    (HYPO, "status: unreviewed", "status: reviewed", "review.status", "no reviewer", "Add `by`"),
    (HYPO, "id: hypocalcemia", "id: hypocalcaemia", "id", 'file is called "hypocalcemia"', "same name"),
    (HYPO, "id: hypocalcemia", "id: Hypo", "id", "'Hypo'", "lower case"),
    (CTS, "12_17: 0.05", "12_18: 0.05", "shape.age.12_18", "'12_18'", "values named"),
    (CTS, "shape: {age", "shape: {sex_at_age: {women_40_59: 2}, age", "shape.sex_at_age.women_40_59", "'women_40_59'", "male_40_59"),
    ("exposures/loop_diuretic.yaml", "kind: medicine", "kind: habit", "medicines", "list drug names", "mend `kind`"),
    ("findings/at_night.yaml", "question:", "examine:", "question", "needs the key `question`", "Add"),
    ("findings/at_night.yaml", "default:", "background:", "default", "needs the key `default`", "Add"),
    ("findings/at_night.yaml", "default:", "background:", "background", "has no `background`", "Remove"),
    ("findings/at_night.yaml", "default:", f"shape: {SHAPE % 0.5}\ndefault:", "shape", "shape of a background", "Remove"),
    ("findings/at_night.yaml", "default:", f"raised_by: {RAISED}\ndefault:", "raised_by", "acting reasons only", "Remove"),
    (PHALEN, "cost: bedside", RELIABILITY % ("bedside", 0.8), "self_report", "not what a person reports", "Remove"),
    (WEAKNESS, "cost: answer", RELIABILITY % ("answer", 0.3), "self_report", "more than 1", "Mend one"),
    (CALCIUM, "possible: [0.5, 6.0]", "possible: [2.2, 6.0]", "reference.all", "not inside the possible", "Mend one"),
    (CALCIUM, "{all: [2.15, 2.55]}", "{male: [2.15, 2.55]}", "reference", "neither for all", "both sexes"),
    (CALCIUM, "{all: [2.15, 2.55]}", "{female: [2, 3], male_18_39: [2, 3]}", "reference", "neither for all", "both sexes"),
    (CALCIUM, "{all: [2.15, 2.55]}", "{all: [2, 3], men: [2, 3]}", "reference.men", "'men'", "male_40_59"),
    (CALCIUM, "sd: 0.1}\n    with: {mean: 1.9", GROUPS, "abnormalities.serum_calcium_low.groups.male_18_39.with", "low side", "Mend"),
    (CALCIUM, "possible: [0.5, 6.0]", CORRECTED, "corrected_by.test", "help of itself", "Name the other"),
    (CALCIUM, "{mg/dL: 0.2495}", "{mmol/L: 1}", "units", "converts to itself", "Remove"),
    (CALCIUM, "side: low", "side: high", "abnormalities.serum_calcium_low.with", "high side", "Mend"),
    ("settings.yaml", "12_17: 0.08", "12_17: 0.18", "settings.general_population.age", "sum to 1.1", "sum to 1"),
    ("settings.yaml", "12_17: 0.08, ", "", "settings.general_population.age", "age band is missing", "12_17"),
    ("advice/everybody.yaml", 'plain: "Keep to the amount agreed.", ', "", "items.1.cautions.0.plain", "no wording", "Add"),
    ("red_flags.yaml", "any_of: [chest_pain], ", "", "flags.0.all_of", "could fire it", "any_of"),
    ("losses.yaml", "self_care: 1, routine: 0,", "self_care: 1,", "table.routine", "not cost every level", "self_care, routine"),
    ("losses.yaml", "routine: 0, urgent: 12", "routine: 9, urgent: 12", "table.routine.routine", "costs more", "Lower"),
    ("losses.yaml", "[self_care, routine, urgent, emergency]", "[routine, urgent, emergency]", "levels", "four levels", "Give"),
    ("grades.yaml", "  E:", "  D2:", "grades.D2", "'D2'", "values named"),
    ("sources.yaml", "2026-11-21", "yesterday", "sources.d2.checked_on", "'yesterday'", "2026-11-21"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "key", "message", "remedy"), SPOILED)
def test_a_spoiled_record(
    priors: Path, edit: Edit, file: str, old: str, new: str, key: str, message: str, remedy: str
) -> None:
    edit(file, old, new)
    found = {issue.key: issue for issue in check_knowledge(priors) if issue.file == file}
    assert key in found
    assert message in found[key].message
    assert remedy in found[key].remedy


def test_a_ratio_that_lowers_is_refused(priors: Path, edit: Edit) -> None:
    edit(HYPO, "value: 1.6, interval: [1.12, 2.4]", "value: 0.8, interval: [0.5, 0.9]")
    (issue,) = check_knowledge(priors)
    assert issue.key == "raised_by.1.value"
    assert "does not raise" in issue.message
    assert "turn the ratio round" in issue.remedy


@pytest.mark.parametrize(("part", "word"), [("a: 1\na: 2", "duplicate key"), ("a: *b", "alias"), ("a: [", "but got")])
def test_a_file_that_is_not_yaml(priors: Path, edit: Edit, part: str, word: str) -> None:
    edit(HYPO, "id: hypocalcemia", part)
    (issue,) = check_knowledge(priors)
    assert issue.file.startswith(f"{HYPO}, line ")
    assert word in issue.message
    assert issue.remedy


def test_the_reliability_of_an_answer_is_a_figure_like_any_other(priors: Path, edit: Edit) -> None:
    edit(WEAKNESS, "cost: answer", RELIABILITY % ("answer", 0.8))
    assert check_knowledge(priors) == []
    overlay = priors.parent / "clinic.yaml"
    overlay.write_text("findings.hand_weakness.self_report.sensitivity.value: 0.9", encoding="utf-8")
    knowledge = load_knowledge(priors, overlay=overlay)
    rows = {row.path: row for row in all_grounds(knowledge)}
    row = rows["findings.hand_weakness.self_report.sensitivity"]
    assert isinstance(row.grounds, Estimate)
    assert row.grounds.value == 0.9
    assert row.definition == "sensitivity of a person's own answer about weak grip"
