"""Step 6: diagnoses that are known, and those that were ruled out."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from crampnet.inference.case import ASKED_LISTS
from crampnet.knowledge import Knowledge
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.state import change, fill, session, shown
from crampnet.ui.steps.field import none_of
from crampnet.ui.text import words


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the step."""
    del outcome
    st.markdown(words("diagnoses.intro"))
    draft = session().draft
    names = _names(desk.model.knowledge, {*(draft.diagnoses or ()), *draft.ruled_out})
    _choose("known", "diagnoses", names)
    none_of("diagnoses")
    if draft.diagnoses:
        _choose("cared_for", "cared_for", {name: names[name] for name in draft.diagnoses})
    _choose("ruled_out", "ruled_out", names, words("diagnoses.ruled_out_help"))


def _names(knowledge: Knowledge, chosen: set[str]) -> Mapping[str, str]:
    """Condition id -> its name, in alphabetical order; the two rows that are no diagnosis only where chosen."""
    names = {}
    for name, condition in knowledge.conditions.items():
        if name in words("always_shown") and name not in chosen:
            continue
        plain, clinical = condition.name.plain, condition.name.clinical
        names[name] = plain if plain == clinical else f"{plain} ({clinical})"
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def _choose(label: str, field: str, names: Mapping[str, str], help_text: str | None = None) -> None:
    chosen = [name for name in getattr(session().draft, field) or () if name in names]
    st.multiselect(
        words(f"diagnoses.{label}"),
        list(names),
        format_func=names.__getitem__,
        key=fill(field, chosen),
        placeholder=words("diagnoses.known_hint"),
        select_all=False,
        help=help_text,
        on_change=_changed,
        args=(field,),
    )


def _changed(field: str) -> None:
    change(**{field: tuple(shown(field)) or (None if field in ASKED_LISTS else ())})
    draft = session().draft
    change(cared_for=tuple(name for name in draft.cared_for if name in (draft.diagnoses or ())))
