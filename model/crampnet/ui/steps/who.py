"""Step 1: age, sex, pregnancy where it can be, and the setting."""

from __future__ import annotations

import streamlit as st

from crampnet.api import Model
from crampnet.errors import BadValue
from crampnet.inference.case import Case
from crampnet.ui.service import Desk, Outcome, trouble
from crampnet.ui.state import change, fill, session, shown, voiced
from crampnet.ui.steps.field import complain, yes_or_no
from crampnet.ui.text import words

UNSAID = "unknown"


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.markdown(words("who.intro"))
    left, right = st.columns(2, gap="small")
    with left:
        _age(desk.model)
    with right:
        _sex()
    if _can_be_pregnant(desk.model):
        yes_or_no("pregnant", words("who.pregnant"))
    _setting(desk.model)


def _age(model: Model) -> None:
    draft = session().draft
    st.number_input(
        words("who.age"),
        value=None,
        step=1.0,
        format="%g",
        placeholder=words("who.age_hint"),
        key=fill("age", draft.age),
        on_change=lambda: change(age=shown("age")),
    )
    if draft.age is not None:
        error = trouble(model, Case(age=draft.to_case().age, setting=draft.setting))
        if isinstance(error, BadValue):
            complain(error, model.knowledge)


def _sex() -> None:
    sexes = words("who.sexes")
    st.segmented_control(
        words("who.sex"),
        list(sexes),
        format_func=sexes.__getitem__,
        key=fill("sex", session().draft.sex or UNSAID),
        on_change=_change_sex,
        required=True,
    )


def _change_sex() -> None:
    chosen = shown("sex")
    change(sex=None if chosen == UNSAID else chosen)


def _can_be_pregnant(model: Model) -> bool:
    """True where the knowledge allows a pregnancy at this sex and age, or where one was already answered."""
    draft = session().draft
    if draft.pregnant is not None:
        return True
    first, last = words("pregnancy_ages")
    if draft.age is not None and not first <= draft.age <= last:
        return False
    return trouble(model, Case(sex=draft.sex, pregnant=True, setting=draft.setting)) is None


def _setting(model: Model) -> None:
    settings = model.knowledge.settings
    voice, key = session().voice, voiced("setting")
    st.selectbox(
        words("who.setting"),
        list(settings),
        format_func=lambda name: str(getattr(settings[name].name, voice)),
        key=fill(key, session().draft.setting),
        on_change=lambda: change(setting=shown(key)),
        help=words("who.setting_help"),
    )
