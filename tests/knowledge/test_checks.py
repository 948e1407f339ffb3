"""Every check across files: what is spoiled, and the issue that it must give."""

from __future__ import annotations

from pathlib import Path

import pytest

from crampnet.errors import Issue
from crampnet.knowledge import check_knowledge, load_knowledge

from .conftest import Edit

HYPO = "conditions/hypocalcemia.yaml"
CALCIUM = "findings/serum_calcium.yaml"
PHALEN = "findings/phalen_sign.yaml"
RAISED = "raised_by: {%s: {value: 0.4, interval: [0.3, 0.5], basis: judgement, grade: E, reason: x}}"
CORRECTED = 'corrected_by: {test: %s, reference: 40, factor: 0.02, label: "so", basis: judgement, reason: "Made up."}\npossible:'
CTS = "conditions/carpal_tunnel_syndrome.yaml"
EVERYBODY = "advice/everybody.yaml"
ESTIMATE = '{value: 0.3, interval: [0.1, 0.5], basis: judgement, grade: E, reason: "Made up."}'
TETANY = "syndromes/tetany.yaml"
RAISE = '{cause: %s, measure: link, value: 0.1, interval: [0.05, 0.2], basis: judgement, grade: E, reason: "Made up."}'


def spoil(priors: Path, edit: Edit, *changes: tuple[str, str, str]) -> list[Issue]:
    for change in changes:
        edit(*change)
    return check_knowledge(priors)


def the_one(issues: list[Issue]) -> Issue:
    assert len(issues) == 1, "\n".join(map(str, issues))
    return issues[0]


# file, old text, new text, key, part of the message, part of the remedy
NAMES = [
    (HYPO, "  at_night:", "  at_nigth:", "reason_shows.at_nigth", '"at_nigth"', 'Did you mean "at_night"'),
    (
        HYPO,
        "  at_night:",
        "  hand_tingling:",
        "reason_shows.hand_tingling",
        "is a symptom",
        "complaint, pattern, syndrome",
    ),
    (
        HYPO,
        "  serum_calcium_low:",
        "  serum_calcium:",
        "presence_shows.serum_calcium",
        "is a measurement",
        "abnormality",
    ),
    (HYPO, "  serum_calcium_low:", "  kind_cramp:", "presence_shows.kind_cramp", "is a complaint", "symptom"),
    (
        HYPO,
        "cause: loop_diuretic",
        "cause: loop_diuretics",
        "raised_by.loop_diuretics",
        "no",
        'Did you mean "loop_diuretic"',
    ),
    (HYPO, "cause: loop_diuretic", "cause: tetany", "raised_by.tetany", "is a syndrome", "condition, exposure"),
    (HYPO, "defining: [tetany,", "defining: [tetani,", "defining", '"tetani"', 'Did you mean "tetany"'),
    (TETANY, "  carpal_posture:", "  carpal_postur:", "shows.carpal_postur", "no", "carpal_posture"),
    (TETANY, "  loop_diuretic:", "  loop_diuretics:", "raised_by.loop_diuretics", "no", '"loop_diuretic"'),
    (TETANY, "  loop_diuretic:", "  hypocalcemia:", "raised_by.hypocalcemia", "is a condition", "exposure"),
    (
        "settings.yaml",
        "      hypocalcemia:",
        "      hypercalcemia:",
        "settings.dialysis_unit.base_rates",
        "no",
        "hypocalcemia",
    ),
    ("settings.yaml", "      dialysis:", "      dialisis:", "settings.dialysis_unit.exposures", "no", "dialysis"),
    ("red_flags.yaml", "[chest_pain]", "[chestpain]", "chest_pain_with_spasm.any_of", "no", "chest_pain"),
    (
        "red_flags.yaml",
        "none_of: [dialysis]",
        "none_of: [tetany]",
        "weak_and_numb.none_of",
        "is a syndrome",
        "exposure",
    ),
    (EVERYBODY, "when: [hand_weakness]", "when: [hand_weaknes]", "stretch.cautions", "no", "hand_weakness"),
    (EVERYBODY, "source: d2", "source: d22", "stretch", 'no source "d22"', 'Did you mean "d2"'),
    (
        "exposures/dialysis.yaml",
        "unmentioned:",
        "implies: [pregnancy]\nunmentioned:",
        "implies",
        '"pregnancy"',
        "spelling",
    ),
    (
        "exposures/dialysis.yaml",
        "unmentioned:",
        "unasked: {value: 0.1, interval: [0.03, 0.3], basis: judgement, grade: E, reason: x}\nunmentioned:",
        "unasked",
        "asked for as a list",
        "Use `unmentioned`",
    ),
    ("findings/at_night.yaml", "default:", "only_with: both_hand\ndefault:", "only_with", '"both_hand"', "both_hands"),
    ("findings/at_night.yaml", "default:", "only_with: dialysis\ndefault:", "only_with", "is a exposure", "pattern"),
    ("findings/at_night.yaml", "default:", "repeats: both_hands\ndefault:", "repeats", "is a pattern", "exposure"),
    (PHALEN, "cost:", RAISED % "both_hands" + "\ncost:", "raised_by.both_hands", "is a pattern", "exposure"),
    (
        CALCIUM,
        "    side: low",
        f"    {RAISED % 'dialysed'}\n    side: low",
        "abnormalities.serum_calcium_low.raised_by.dialysed",
        '"dialysed"',
        "dialysis",
    ),
    (CALCIUM, "possible:", CORRECTED % "at_night", "corrected_by.test", "is a pattern", "measurement"),
    (CALCIUM, "possible:", CORRECTED % "albumin", "corrected_by.test", '"albumin"', "spelling"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "message", "remedy"), NAMES)
def test_a_wrong_name(
    priors: Path, edit: Edit, file: str, old: str, new: str, key: str, message: str, remedy: str
) -> None:
    issue = the_one(spoil(priors, edit, (file, old, new)))
    assert (issue.file, issue.key) == (file, key)
    assert message in issue.message
    assert remedy in issue.remedy


def test_a_source_of_an_alternative_must_exist(priors: Path, edit: Edit) -> None:
    other = "alternatives: [{source: nobody_1999, value: 0.2, why_not: Older.}], "
    issue = the_one(spoil(priors, edit, (HYPO, "{value: 0.12,", f"{{{other}value: 0.12,")))
    assert (issue.key, issue.message) == ("troubles_hand.alternatives", 'There is no source "nobody_1999".')


def test_advice_for_an_unknown_condition(priors: Path) -> None:
    text = (priors / EVERYBODY).read_text().replace("id: everybody", "id: gout")
    text = text.replace("id: stretch", "id: gout_stretch").replace("id: drink", "id: gout_drink")
    (priors / "advice/gout.yaml").write_text(text)
    issue = the_one(check_knowledge(priors))
    assert (issue.file, issue.key, issue.message) == ("advice/gout.yaml", "id", 'There is no "gout".')


def test_an_id_that_two_nodes_have(priors: Path, edit: Edit) -> None:
    text = (priors / "findings/at_night.yaml").read_text()
    (priors / "findings/dialysis.yaml").write_text(text.replace("id: at_night", "id: dialysis"))
    issues = check_knowledge(priors)
    assert Issue("(all files)", "dialysis", "Two nodes have this id.", "Rename one of them.") in issues


def test_an_id_that_two_advice_items_have(priors: Path, edit: Edit) -> None:
    issue = the_one(spoil(priors, edit, (EVERYBODY, "id: drink", "id: stretch")))
    assert (issue.key, issue.message) == ("stretch", "Two advice items have this id.")


def test_an_id_that_the_network_needs(priors: Path, edit: Edit) -> None:
    (priors / "findings/at_night.yaml").rename(priors / "findings/reason_x.yaml")
    changes = [("findings/reason_x.yaml", "id: at_night", "id: reason_x")]
    issues = spoil(priors, edit, *changes)
    assert any(issue.key == "reason_x" and "taken by the network" in issue.message for issue in issues)


def test_a_circle_of_causes(priors: Path, edit: Edit) -> None:
    issue = the_one(
        spoil(
            priors,
            edit,
            (CTS, "raised_by:\n", f"raised_by:\n- {RAISE % 'hypocalcemia'}\n"),
            (HYPO, "raised_by:\n", f"raised_by:\n- {RAISE % 'carpal_tunnel_syndrome'}\n"),
        )
    )
    assert "carpal_tunnel_syndrome -> hypocalcemia -> carpal_tunnel_syndrome" in issue.message
    assert "weakest" in issue.remedy


def test_a_finding_that_nothing_explains(priors: Path, edit: Edit) -> None:
    issue = the_one(spoil(priors, edit, ("conditions/not_modelled.yaml", "  chest_pain:", "  night_waking_numb:")))
    assert (issue.file, issue.key) == ("findings/chest_pain.yaml", "chest_pain")
    assert "shows this symptom" in issue.message
    assert "Link it" in issue.remedy


def test_an_abnormality_that_nothing_explains(priors: Path, edit: Edit) -> None:
    issue = the_one(spoil(priors, edit, ("conditions/not_modelled.yaml", "  serum_calcium_high:", "  carpal_posture:")))
    assert (issue.file, issue.key) == ("findings/serum_calcium.yaml", "serum_calcium_high")


def test_a_syndrome_that_nothing_causes(priors: Path, edit: Edit) -> None:
    text = (priors / TETANY).read_text().replace("id: tetany", "id: chorea")
    (priors / "syndromes/chorea.yaml").write_text(text)
    issue = the_one(check_knowledge(priors))
    assert (issue.file, issue.message) == ("syndromes/chorea.yaml", "No condition shows this syndrome.")


def test_an_exposure_that_nobody_asks_about(priors: Path) -> None:
    text = (priors / "exposures/dialysis.yaml").read_text().replace("id: dialysis", "id: smoking")
    (priors / "exposures/smoking.yaml").write_text(text)
    issue = the_one(check_knowledge(priors))
    assert (issue.file, issue.key) == ("exposures/smoking.yaml", "")
    assert "raises nothing" in issue.message


def test_a_defining_finding_that_does_not_follow(priors: Path, edit: Edit) -> None:
    issue = the_one(spoil(priors, edit, (HYPO, "defining: [tetany,", "defining: [tetany, phalen_sign,")))
    assert (issue.key, issue.message) == ("defining", 'The defining "phalen_sign" does not follow from the condition.')
    assert "through a syndrome" in issue.remedy


def test_a_defining_finding_may_follow_through_another_condition(priors: Path, edit: Edit) -> None:
    change = (CTS, "raised_by:\n", f"raised_by:\n- {RAISE % 'hypocalcemia'}\n")
    assert not spoil(priors, edit, change, (HYPO, "defining: [tetany,", "defining: [tetany, phalen_sign,"))


def test_a_condition_without_advice(priors: Path) -> None:
    (priors / "advice/hypocalcemia.yaml").unlink()
    issue = the_one(check_knowledge(priors))
    assert (issue.file, issue.message) == ("advice/hypocalcemia.yaml", "The condition has no advice.")


def test_a_source_that_nobody_cites(priors: Path, edit: Edit) -> None:
    text = (priors / "sources.yaml").read_text()
    second = text[text.index("  d2:") :].replace("d2", "d3").replace("made.up.2", "made.up.3")
    (priors / "sources.yaml").write_text(text + second)
    issue = the_one(check_knowledge(priors))
    assert (issue.key, issue.message) == ("d3", "Nothing cites this source.")
    assert "rejected.yaml" in issue.remedy


def test_a_source_entered_twice(priors: Path, edit: Edit) -> None:
    text = (priors / "sources.yaml").read_text()
    (priors / "sources.yaml").write_text(text + text[text.index("  d2:") :].replace("d2:", "d3:").upper().lower())
    issues = spoil(priors, edit, (EVERYBODY, "source: d2", "source: d3"))
    assert the_one(issues).key == "d3.doi"
    assert 'same doi as "d2": 10.5555/made.up.2' in issues[0].message


def test_a_medicine_in_two_classes(priors: Path) -> None:
    text = (priors / "exposures/loop_diuretic.yaml").read_text()
    text = text.replace("id: loop_diuretic", "id: thiazide").replace(
        "furosemide: [lasix", "hydrochlorothiazide: [Lasix"
    )
    (priors / "exposures/thiazide.yaml").write_text(text)
    issues = check_knowledge(priors)
    (issue,) = [issue for issue in issues if issue.key == "medicines.hydrochlorothiazide" and "Lasix" in issue.message]
    assert issue.file == "exposures/thiazide.yaml"
    assert "stands under loop_diuretic too" in issue.message


def test_a_figure_below_its_background(priors: Path, edit: Edit) -> None:
    old = "hand_weakness: {value: 0.4, interval: [0.2, 0.64]"
    new = "hand_weakness: {value: 0.03, interval: [0.02, 0.05]"
    issue = the_one(spoil(priors, edit, ("syndromes/median_nerve_dysfunction.yaml", old, new)))
    assert (issue.key, "0.03 does not exceed the background 0.04" in issue.message) == ("shows.hand_weakness", True)
    assert "lower the background" in issue.remedy


def test_a_cause_that_brings_more_than_the_base_rate(priors: Path, edit: Edit) -> None:
    old, new = "value: 0.03, interval: [0.015, 0.048]", "value: 0.7, interval: [0.5, 0.9]"
    issue = the_one(spoil(priors, edit, (HYPO, old, new)))
    assert (issue.file, issue.key) == (HYPO, "raised_by.thyroid_or_neck_surgery")
    assert "0.007, more than the base rate 0.004" in issue.message


def test_a_shape_over_people_whom_nobody_counted(priors: Path, edit: Edit) -> None:
    shape = 'shape: {age: {"12_17": 0.5}, basis: judgement, reason: "Made up."}'
    link = RAISE.replace("measure:", f"{shape}, measure:") % "dialysis_cramp"
    issue = the_one(spoil(priors, edit, (HYPO, "raised_by:\n", f"raised_by:\n- {link}\n")))
    assert (issue.file, issue.key) == (HYPO, "raised_by.dialysis_cramp.shape")
    assert "states no base rate" in issue.message


SITUATIONS = 'situations:\n  weak_hand: {meaning: "Made up.", any_of: [%s]}\n'


def test_a_situation_stands_for_what_it_names(priors: Path, edit: Edit) -> None:
    (priors / "situations.yaml").write_text(SITUATIONS % "hand_weakness, hypocalcemia, dialysis")
    assert spoil(priors, edit, (EVERYBODY, "when: [hand_weakness]", "when: [dialysis, weak_hand]")) == []
    cautions = [c.when for item in load_knowledge(priors).advice["everybody"] for c in item.cautions]
    assert ("dialysis", "hand_weakness", "hypocalcemia") in cautions


@pytest.mark.parametrize(
    ("members", "when", "file", "key", "message"),
    [
        ("hand_weaknes", "weak_hand", "situations.yaml", "situations.weak_hand.any_of", 'no "hand_weaknes"'),
        ("tetany", "weak_hand", "situations.yaml", "situations.weak_hand.any_of", "is a syndrome"),
        ("hand_weakness", "weak_hnd", EVERYBODY, "stretch.cautions", 'no "weak_hnd"'),
        ("hand_weakness", "hand_weakness", "situations.yaml", "situations.weak_hand", "No caution names"),
    ],
)
def test_a_situation_that_leads_nowhere(
    priors: Path, edit: Edit, members: str, when: str, file: str, key: str, message: str
) -> None:
    (priors / "situations.yaml").write_text(SITUATIONS % members)
    found = {
        (issue.file, issue.key): issue for issue in spoil(priors, edit, (EVERYBODY, "[hand_weakness]", f"[{when}]"))
    }
    assert message in found[file, key].message
    if file == EVERYBODY:
        assert '"weak_hand"' in found[file, key].remedy


def test_a_situation_named_like_a_finding(priors: Path, edit: Edit) -> None:
    (priors / "situations.yaml").write_text(SITUATIONS.replace("weak_hand", "at_night") % "hand_weakness")
    issues = spoil(priors, edit, (EVERYBODY, "when: [hand_weakness]", "when: [at_night]"))
    assert [(issue.key, issue.message) for issue in issues] == [("at_night", "Two nodes have this id.")]


@pytest.mark.parametrize("name", ["losses", "answers", "sources", "settings"])
def test_a_missing_general_file(priors: Path, name: str) -> None:
    (priors / f"{name}.yaml").unlink()
    issue = the_one(check_knowledge(priors))
    assert (issue.file, issue.message) == (f"{name}.yaml", "This file is missing.")


def test_a_file_that_nothing_reads(priors: Path) -> None:
    (priors / "red_flag.yaml").write_text("flags: []")
    (priors / "conditions/gout.yml").write_text("id: gout")
    (priors / "_notes.yaml").write_text("drafts may lie here")
    assert [issue.file for issue in check_knowledge(priors)] == ["conditions/gout.yml", "red_flag.yaml"]


def test_grade_a_on_an_excerpt_is_a_warning(priors: Path, edit: Edit) -> None:
    edit("sources.yaml", "read: full_text", "read: excerpt")
    edit(HYPO, "value: 0.12,", "source: d2, value: 0.12,")
    edit(HYPO, "0.192], basis: judgement, grade: E", "0.192], basis: judgement, grade: A")
    (warning,) = load_knowledge(priors).warnings
    assert (warning.file, warning.key) == (HYPO, "troubles_hand")
    assert "excerpt" in warning.message
