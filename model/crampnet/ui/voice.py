"""The choice between everyday and clinical words, the same on every page that has it."""

from __future__ import annotations

import streamlit as st

from crampnet.ui.state import fill, session, shown
from crampnet.ui.text import words


def choose() -> None:
    """Draw the choice."""
    voices = words("voice")
    st.segmented_control(
        voices["label"],
        ["plain", "clinical"],
        format_func=voices.__getitem__,
        key=fill("voice", session().voice),
        on_change=_change,
        required=True,
        label_visibility="collapsed",
    )


def _change() -> None:
    session().voice = shown("voice")
