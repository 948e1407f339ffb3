"""All of Streamlit's session state: one record that holds the session, and the widgets that show parts of it.

The record is the truth. A widget is filled from it before it is drawn and writes to it in its callback, so a
widget that is not drawn for a while (another step, another page) loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from crampnet.api import Answer
from crampnet.errors import CrampnetError
from crampnet.inference.case import Case
from crampnet.reasoning.next_steps import Checklist
from crampnet.report import Report
from crampnet.ui.background import Job, Owner
from crampnet.ui.draft import Draft

_KEY = "crampnet"
_UNSET = object()


@dataclass
class Session:
    """One visit: what was entered, where the reader is, and the last good answer.

    lists: the checklists of warning signs that were shown, in order; list_place: which of them is shown, or how many
    there are once none is left; dismissed: ids that the last button under a list answered with "no", for its undo;
    entry_error: why the result being typed is refused;
    notice: (kind, text) about the last file; noticed: it was drawn; uploads: counts files, so that the uploader is
    empty after each; answered: the case that the answer, or the error, is about;
    jumps: how often the reader was taken to the top of a step; jumped: how many of these the page has made;
    job: what is being worked out about the answer; before: the last parts of it that were shown; versus: the condition
    that the first row is compared with; filling: this drawing only fills in what was worked out meanwhile; owner: whose
    work it is in the background.
    """

    draft: Draft = field(default_factory=Draft)
    step: str = "who"
    group: str = "began"
    lists: tuple[Checklist, ...] = ()
    list_place: int = 0
    voice: str = "plain"
    search: str = ""
    topic: str = "all"
    page: int = 1
    jumps: int = 0
    jumped: int = 0
    test: str | None = None
    number: float | None = None
    unit: str | None = None
    entry_error: str = ""
    dismissed: tuple[str, ...] = ()
    notice: tuple[str, str] | None = None
    noticed: bool = False
    uploads: int = 0
    answered: Case | None = None
    answer: Answer | None = None
    error: CrampnetError | None = None
    job: Job | None = None
    before: dict[str, Any] = field(default_factory=dict)
    versus: str | None = None
    filling: bool = False
    owner: Owner = field(default_factory=Owner)

    @property
    def report(self) -> Report | None:
        """The report of the last good answer."""
        return None if self.answer is None else self.answer.report


def session() -> Session:
    """The session's record; a new visit begins with an empty one."""
    found: Session | None = st.session_state.get(_KEY)
    if found is None:
        st.session_state[_KEY] = found = Session()
    return found


def change(**fields: Any) -> None:
    """Change fields of the draft."""
    current = session()
    current.draft = replace(current.draft, **fields)


def start_again(draft: Draft | None = None) -> None:
    """Forget every entry, or take those of a file; voice and the place of the reader stay."""
    current = session()
    fresh = Session(draft=draft or Draft(), voice=current.voice, uploads=current.uploads + 1, owner=current.owner)
    if draft is not None:
        fresh.step, fresh.group = current.step, current.group
    st.session_state[_KEY] = fresh


def go(step: str | None = None, **fields: Any) -> None:
    """Take the reader to the top of a step (the present one by default), with fields of the session set on the way."""
    current = session()
    current.step = step or current.step
    for name, value in fields.items():
        setattr(current, name, value)
    current.jumps += 1


def jump_due() -> int | None:
    """The number of a jump that the page has still to make; said once."""
    current = session()
    if current.jumped == current.jumps:
        return None
    current.jumped = current.jumps
    return current.jumps


def voiced(name: str) -> str:
    """The key of a widget whose options are named in the reader's words: another widget for each voice.

    Streamlit knows a chosen option by its label, so a widget that outlived a change of labels would lose its choice.
    """
    return f"{name}_{session().voice}"


def fill(key: str, value: Any) -> str:
    """Make a widget show a value; returns the key to draw it with. Untouched where it shows it already."""
    if st.session_state.get(key, _UNSET) != value:
        st.session_state[key] = value
    return key


def shown(key: str) -> Any:
    """What a widget shows now; for callbacks."""
    return st.session_state.get(key)
