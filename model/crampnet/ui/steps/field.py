"""What several steps share: the message beside a field, the box for "none", and turning pages."""

from __future__ import annotations

import streamlit as st

from crampnet.errors import CrampnetError
from crampnet.knowledge import Knowledge
from crampnet.ui.naming import explained
from crampnet.ui.state import change, fill, go, session, shown
from crampnet.ui.text import words


def complain(error: CrampnetError, knowledge: Knowledge) -> None:
    """Say what is wrong with the field above, and what mends it."""
    st.error(explained(error, knowledge, session().voice), icon=":material/error:")


def none_of(field: str) -> None:
    """A box for "none", below a list that nothing stands in; field: the list in the draft."""
    listed = getattr(session().draft, field)
    if listed:
        return
    key = f"no_{field}"
    st.checkbox(
        words(f"{field}.none"),
        key=fill(key, listed is not None),
        on_change=lambda: change(**{field: () if shown(key) else None}),
        help=words(f"{field}.none_help"),
    )


def turn(field: str, page: int, pages: int) -> None:
    """Buttons to the pages before and after; field: where the session keeps the page. Nothing for a single page."""
    if pages < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"turn_{field}"):
        _button(field, page - 1, "earlier", disabled=page <= 1)
        st.markdown(words("paging.where").format(page=page, pages=pages), width="content")
        _button(field, page + 1, "later", disabled=page >= pages)


def _button(field: str, page: int, name: str, *, disabled: bool) -> None:
    st.button(
        words(f"paging.{name}"),
        key=f"{field}_{name}",
        on_click=_show,
        args=(field, page),
        disabled=disabled,
        type="tertiary",
    )


def _show(field: str, page: int) -> None:
    go(session().step, **{field: page})


def yes_or_no(name: str, question: str, *, help: str | None = None) -> None:
    """A question about a field of the draft that is true, false or unsaid (None)."""
    options = words("yes_or_no")
    current = {True: "present", False: "absent", None: "unknown"}[getattr(session().draft, name)]
    st.segmented_control(
        question,
        list(options),
        format_func=options.__getitem__,
        key=fill(name, current),
        on_change=lambda: change(**{name: {"present": True, "absent": False}.get(shown(name))}),
        required=True,
        help=help,
    )
