"""What stands in place of an answer before anything was entered."""

from __future__ import annotations

import streamlit as st

from crampnet.ui.answer.markup import element, html
from crampnet.ui.state import go
from crampnet.ui.text import words


def draw() -> None:
    """Say what to do first, and what not to wait for."""
    with st.container(key="start", gap="small"):
        html(
            element("h3", words("answer.start_title"), "cn-start-title"),
            element("p", words("answer.start_body")),
        )
        st.button(
            words("answer.start_go"), key="begin", on_click=go, args=("happening",), type="primary", width="content"
        )
    html(element("p", words("answer.start_emergency"), "cn-callout"))
