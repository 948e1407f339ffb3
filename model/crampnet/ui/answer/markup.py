"""The little HTML that the answer is made of; every text is escaped here and nowhere else."""

from __future__ import annotations

from html import escape

import streamlit as st


class Markup(str):
    """HTML that is ready to be shown."""

    __slots__ = ()


def text(value: str) -> Markup:
    """A text as HTML."""
    return value if isinstance(value, Markup) else Markup(escape(value))


def element(tag: str, content: str | list[Markup], classes: str = "", **attributes: str) -> Markup:
    """An element around a text (escaped) or around markup; `aria_label=` becomes aria-label."""
    inner = Markup("".join(content)) if isinstance(content, list) else text(content)
    given = {"class": classes, **attributes} if classes else attributes
    written = "".join(f' {name.replace("_", "-")}="{escape(value)}"' for name, value in given.items())
    return Markup(f"<{tag}{written}>{inner}</{tag}>")


def html(*parts: str) -> None:
    """Put markup on the page."""
    st.html("".join(parts))
