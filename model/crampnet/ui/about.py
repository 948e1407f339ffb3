"""The About page: what this answers, what it is not, limits, privacy, words, versions."""

from __future__ import annotations

from importlib.metadata import version

import streamlit as st

from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.service import Desk
from crampnet.ui.text import words


def draw(desk: Desk) -> None:
    """Draw the page."""
    facts = _facts(desk)
    with st.container(key="about"):
        html(element("h1", words("pages.about"), "cn-title"))
        for part in words("about"):
            html(element("h2", part["heading"], "cn-heading"))
            if "body" in part:
                st.markdown(part["body"].format(**facts))
            else:
                html(_glossary(part["glossary"]))


def _facts(desk: Desk) -> dict[str, object]:
    knowledge = desk.model.knowledge
    return {
        "conditions": len(knowledge.conditions),
        "questions": len(desk.catalog.questions) + len(knowledge.measurements),
        "not_modelled": list(words("always_shown").values())[-1],
        "version": version("crampnet"),
        "digest": knowledge.digest,
    }


def _glossary(entries: list[list[str]]) -> Markup:
    pairs = [pair for term, meaning in entries for pair in (element("dt", term), element("dd", meaning))]
    return element("dl", pairs, "cn-glossary")
