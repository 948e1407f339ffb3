"""Step 5: medicines by the names that people type."""

from __future__ import annotations

import streamlit as st

from crampnet.errors import CrampnetError, UnknownName
from crampnet.inference.case import Case
from crampnet.knowledge import Knowledge
from crampnet.ui.service import Desk, Outcome, trouble
from crampnet.ui.state import change, fill, session, shown
from crampnet.ui.steps.field import complain, none_of
from crampnet.ui.text import escape, words


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.markdown(words("medicines.intro"))
    draft = session().draft
    named = draft.medicines or ()
    known = desk.model.vocabulary.medicine_names
    st.multiselect(
        words("medicines.label"),
        [*known, *(name for name in named if name not in known)],
        key=fill("medicines", list(named)),
        accept_new_options=True,
        placeholder=words("medicines.hint"),
        select_all=False,
        on_change=lambda: change(medicines=tuple(shown("medicines")) or None),
    )
    none_of("medicines")
    for name in named:
        error = trouble(desk.model, Case(medicines=[name], setting=draft.setting))
        if error is not None:
            _refused(name, error, desk.model.knowledge)
    _recognised(desk)
    if named or draft.medicines_complete:
        st.checkbox(
            words("medicines.complete"),
            key=fill("medicines_complete", draft.medicines_complete),
            on_change=lambda: change(medicines_complete=shown("medicines_complete")),
            help=words("medicines.complete_help"),
        )


def _refused(name: str, error: CrampnetError, knowledge: Knowledge) -> None:
    """The message for a name that is not taken, with the nearest names to take instead."""
    complain(error, knowledge)
    nearest = error.nearest if isinstance(error, UnknownName) else ()
    with st.container(horizontal=True):
        for other in nearest:
            text = str(words("medicines.use")).format(name=other)
            st.button(text, key=f"use_{name}_{other}", on_click=_swap, args=(name, other))


def _swap(name: str, other: str) -> None:
    taken = (other if each == name else each for each in session().draft.medicines or ())
    change(medicines=tuple(dict.fromkeys(taken)))


def _recognised(desk: Desk) -> None:
    """The class that each name was recognised as."""
    lines = []
    for name in session().draft.medicines or ():
        try:
            group = desk.model.vocabulary.medicine(name)
        except UnknownName:
            continue
        lines.append(f"- {escape(name)}: {escape(_name(desk.model.knowledge, group))}")
    if lines:
        st.markdown("\n".join([f"**{words('medicines.recognised')}**", "", *lines]))


def _name(knowledge: Knowledge, group: str) -> str:
    return str(getattr(knowledge.name(group), session().voice))
