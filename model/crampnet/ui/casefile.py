"""The case file: save it, open one, start again."""

from __future__ import annotations

import streamlit as st

from crampnet.errors import CrampnetError
from crampnet.inference.case import read_case, write_case
from crampnet.ui.draft import draft_of
from crampnet.ui.service import Desk
from crampnet.ui.state import session, shown, start_again
from crampnet.ui.text import escape, words

LARGEST = 1
"""Upload limit in MB; the case reader's own limit is lower and has its own message."""


def draw(desk: Desk) -> bool:
    """The menu with the file, and the button to start again; True while it asks whether to."""
    with st.container(horizontal=True, key="case_file", gap="xsmall", width="content"):
        with st.popover(words("file.menu"), icon=":material/description:", key="file_menu", type="tertiary"):
            _save()
            _open(desk)
        asking = st.button(words("file.restart"), key="restart", icon=":material/restart_alt:", type="tertiary")
        if asking:
            _confirm()
    return asking


def _save() -> None:
    """The button for the file, which is written when it is asked for."""
    current = session()
    st.download_button(
        words("file.save"),
        lambda: write_case(current.draft.to_case()),
        file_name=words("file.name"),
        mime="application/yaml",
        on_click="ignore",
        key="save",
        icon=":material/download:",
        help=words("file.save_help"),
        width="stretch",
    )


def _open(desk: Desk) -> None:
    key = f"upload_{session().uploads}"
    st.file_uploader(
        words("file.open"),
        type=["yaml", "yml", "json"],
        key=key,
        max_upload_size=LARGEST,
        help=words("file.open_help"),
        on_change=_opened,
        args=(desk, key),
    )


def _opened(desk: Desk, key: str) -> None:
    """Take a file only when it can be answered; otherwise say why and leave everything as it is."""
    file = shown(key)
    if file is None:
        return
    try:
        case = read_case(file.getvalue(), name=file.name)
        desk.model.diagnose(case)
        draft = draft_of(case, desk.model.vocabulary)
    except CrampnetError as error:
        session().notice = ("error", str(error))
        session().uploads += 1
        return
    start_again(draft)
    session().notice = ("success", "")


def draw_notice() -> None:
    """What became of the last file; said until the reader does something else."""
    current = session()
    if current.notice is None or (current.noticed and not current.filling):
        current.notice, current.noticed = None, False
        return
    kind, reason = current.notice
    current.noticed = True
    if kind == "success":
        st.success(words("file.opened"), icon=":material/check:")
    else:
        st.error(f"**{words('file.refused')}**\n\n{escape(reason)}", icon=":material/error:")


def _confirm() -> None:
    """Ask before everything is cleared."""

    @st.dialog(str(words("file.restart_title")), on_dismiss="rerun")
    def dialog() -> None:
        st.markdown(words("file.restart_body"))
        with st.container(horizontal=True):
            if st.button(words("file.restart_yes"), key="restart_yes", type="primary", on_click=start_again):
                st.rerun()
            if st.button(words("file.restart_no"), key="restart_no"):
                st.rerun()

    dialog()
