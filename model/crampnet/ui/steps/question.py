"""One question with its answers, as every step draws it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from crampnet.ui.catalog import Question
from crampnet.ui.draft import UNKNOWN
from crampnet.ui.state import fill, session, shown
from crampnet.ui.text import escape, words

OFFERED = ("present", "probably_present", "absent", UNKNOWN)
RARE = "probably_absent"
"""Offered only where a case file brought it."""


def ask(questions: Iterable[Question], prefix: str) -> None:
    """Draw questions one below the other; prefix keeps the widgets of two lists apart."""
    with st.container(key=f"questions_{prefix}", gap="small"):
        for question in questions:
            _ask(question, prefix)


def _ask(question: Question, prefix: str) -> None:
    state = session().draft.answers.get(question.id)
    replies = words(f"replies.{question.replies}")
    offered = (*OFFERED[:2], RARE, *OFFERED[2:]) if state == RARE else OFFERED
    key = f"{prefix}_{question.id}"
    st.segmented_control(
        label(question, session().voice),
        offered,
        format_func=replies.__getitem__,
        key=fill(key, state),
        on_change=_answered,
        args=(question.id, key),
        wrap=True,
    )


def _answered(name: str, key: str) -> None:
    current = session()
    current.draft = current.draft.answer(name, shown(key))
    current.dismissed = tuple(other for other in current.dismissed if other != name)


def label(question: Question, voice: str) -> str:
    """The text over the answers: the question itself, or the clinical name and how to examine it."""
    name = escape(question.name(voice))
    if question.told:
        return str(words("findings.reported")).format(name=name)
    if voice == "plain" and question.ask:
        return escape(question.ask)
    return described(question, voice)


def described(question: Question, voice: str) -> str:
    """Its name, and in small letters what is meant by it."""
    name = escape(question.name(voice))
    detail = escape(question.how or question.ask)
    return f"**{name}** :small[:gray[{detail}]]" if detail else name
