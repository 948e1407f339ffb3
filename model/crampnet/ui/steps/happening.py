"""Step 2: what the hand does, and the pattern of it."""

from __future__ import annotations

import streamlit as st

from crampnet.ui.catalog import Catalog
from crampnet.ui.draft import YES
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.state import change, fill, session, shown, voiced
from crampnet.ui.steps.field import yes_or_no
from crampnet.ui.steps.question import ask
from crampnet.ui.text import words


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.toggle(
        words("happening.complaint"),
        key=fill("complaint", session().draft.complaint),
        on_change=lambda: change(complaint=shown("complaint")),
        help=words("happening.complaint_help"),
    )
    if session().draft.complaint:
        yes_or_no("sought_care", words("happening.sought_care"), help=words("happening.sought_care_help"))
    _kinds(desk.catalog)
    _pattern(desk.catalog)


def _kinds(catalog: Catalog) -> None:
    voice, key = session().voice, voiced("kinds")
    names = {question.id: question.name(voice) for question in catalog.complaints}
    chosen = [name for name in names if session().draft.answers.get(name) in YES]
    st.pills(
        words("happening.kinds"),
        list(names),
        selection_mode="multi",
        format_func=names.__getitem__,
        key=fill(key, chosen),
        on_change=_choose,
        args=(key, tuple(names)),
        wrap=True,
    )


def _choose(key: str, names: tuple[str, ...]) -> None:
    """Chosen kinds become present; a kind that is no longer chosen becomes unanswered; a "no" stays a "no"."""
    chosen = set(shown(key) or ())
    current = session()
    for name in names:
        affirmed = current.draft.answers.get(name) in YES
        if name in chosen and not affirmed:
            current.draft = current.draft.answer(name, "present")
        elif name not in chosen and affirmed:
            current.draft = current.draft.answer(name, None)


def _pattern(catalog: Catalog) -> None:
    groups = {name: group for name, group in words("complaint_groups").items() if catalog.under(group["sections"])}
    if not groups:
        return
    current = session()
    if current.group not in groups:
        current.group = next(iter(groups))
    st.segmented_control(
        words("happening.groups"),
        list(groups),
        format_func=lambda name: str(groups[name]["name"]),
        key=fill("group", current.group),
        on_change=_show_group,
        required=True,
        wrap=True,
    )
    ask(catalog.under(groups[current.group]["sections"]), "pattern")


def _show_group() -> None:
    session().group = shown("group")
