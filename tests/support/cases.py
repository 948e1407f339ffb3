"""Random cases: any case at all for the case file, and possible cases of the tiny knowledge for the engine."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from crampnet.inference.case import ASKED_LISTS, Case

FINDINGS = (
    "at_night",
    "both_hands",
    "carpal_posture",
    "chest_pain",
    "during_dialysis",
    "hand_tingling",
    "hand_weakness",
    "kind_cramp",
    "kind_spasm",
    "ncs_median_slowing",
    "night_waking_numb",
    "perioral_tingling",
    "phalen_sign",
    "relief_stretching",
    "thumb_side",
    "trousseau_sign",
)
EXPOSURES = ("dialysis", "repetitive_hand_use", "thyroid_or_neck_surgery")
DIAGNOSES = ("carpal_tunnel_syndrome", "hypocalcemia", "idiopathic_cramp", "not_modelled")
STATES = ("present", "absent", "probably_present", "probably_absent")

# What YAML might take for something else than a text.
TRICKY = (
    "no",
    "NULL",
    "~",
    "12_17",
    "1e5",
    "0o7",
    "0x1F",
    "12:30",
    "2026-01-01",
    "<<",
    "=",
    "- a",
    "a: b",
    "#",
    "*a",
    "\x85",
    "a\u2028b",
    "",
)
texts = st.one_of(st.sampled_from(TRICKY), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
names = st.lists(texts, max_size=3)


@st.composite
def any_cases(draw: st.DrawFn) -> Case:
    """Any case that can be written down, sense or not."""
    keys = (*STATES, "examined", "medicines", "diagnoses", "cared_for", "ruled_out")
    given: dict[str, Any] = {key: draw(names) for key in keys}
    given |= {key: draw(st.one_of(st.none(), names)) for key in ASKED_LISTS}
    numbers = st.one_of(st.integers(-200, 200), st.floats(allow_nan=False))
    given["age"] = draw(st.one_of(st.none(), numbers))
    given["sex"] = draw(st.sampled_from([None, "female", "male"]))
    given["pregnant"] = draw(st.sampled_from([None, True, False]))
    given["results"] = draw(st.dictionaries(texts, st.one_of(texts, numbers), max_size=3))
    given["complaint"] = draw(st.booleans())
    given["sought_care"] = draw(st.sampled_from([None, False, True] if given["complaint"] else [None, False]))
    given["medicines_complete"] = draw(st.booleans())
    given["setting"], given["note"] = draw(texts), draw(texts)
    return Case(**given)


@st.composite
def possible_cases(draw: st.DrawFn, *, most: int = 8) -> Case:
    """A case of the tiny knowledge that contradicts nothing and somebody could have."""
    asked = draw(st.lists(st.sampled_from(FINDINGS + EXPOSURES), max_size=most, unique=True))
    states = {name: draw(st.sampled_from(STATES)) for name in asked}
    answers: dict[str, Any] = {state: [name for name in asked if states[name] == state] for state in STATES}
    known = draw(st.lists(st.sampled_from(DIAGNOSES), max_size=2, unique=True))
    left = [name for name in DIAGNOSES if name not in known]
    calcium = draw(st.one_of(st.none(), st.floats(0.6, 5.9)))
    complaint = draw(st.booleans())
    return Case(
        age=draw(st.one_of(st.none(), st.integers(12, 120))),
        sex=draw(st.sampled_from([None, "female", "male"])),
        setting=draw(st.sampled_from(["general_population", "dialysis_unit"])),
        complaint=complaint,
        sought_care=draw(st.booleans()) if complaint else None,
        examined=draw(st.lists(st.sampled_from(asked), unique=True)) if asked else (),
        medicines=draw(st.sampled_from([None, (), ("furosemide",), ("Lasix 40 mg",)])),
        medicines_complete=draw(st.booleans()),
        results={} if calcium is None else {"serum_calcium": f"{calcium:.3f} mmol/L"},
        diagnoses=known or draw(st.sampled_from([None, ()])),
        ruled_out=draw(st.lists(st.sampled_from(left), max_size=1)),
        **answers,
    )
