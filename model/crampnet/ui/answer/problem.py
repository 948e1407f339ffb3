"""What keeps the entries from being answered: a contradiction, an impossible case, or a field that is not right yet."""

from __future__ import annotations

import streamlit as st

from crampnet.errors import BadValue, CrampnetError, ImpossibleCase, UnknownName
from crampnet.knowledge import Knowledge
from crampnet.ui.answer import urgency
from crampnet.ui.naming import explained, named
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.state import session
from crampnet.ui.text import words


def draw(desk: Desk, outcome: Outcome) -> None:
    """Say what is wrong, which warning signs hold all the same, and that nothing entered is lost."""
    knowledge, voice = desk.model.knowledge, session().voice
    if outcome.error is None:
        st.warning(_said("stale_field", session().entry_error), icon=":material/edit_note:")
    elif isinstance(outcome.error, BadValue | UnknownName):
        st.warning(_said("stale_field", explained(outcome.error, knowledge, voice)), icon=":material/edit_note:")
    else:
        st.error(_contradiction(outcome.error, knowledge, voice), icon=":material/error:")
    if outcome.error is not None and outcome.error.signs:
        urgency.warned(outcome.error.signs, voice)
    if outcome.report is not None:
        st.markdown(words("answer.stale"))


def _said(heading: str, *paragraphs: str) -> str:
    return "\n\n".join([f"**{words(f'answer.{heading}')}**", *paragraphs])


def _contradiction(error: CrampnetError, knowledge: Knowledge, voice: str) -> str:
    kept = str(words("answer.clash_help"))
    if isinstance(error, ImpossibleCase):
        entries = "\n".join(f"- {named(entry, knowledge, voice)}" for entry in error.clash)
        return _said("clash", entries, kept)
    return _said("failed", explained(error, knowledge, voice), kept)
