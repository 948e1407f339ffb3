"""Floor 6: the dashboard. Streamlit appears here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from crampnet.errors import KnowledgeError
from crampnet.ui import about, accuracy, assess
from crampnet.ui.service import Desk, desk
from crampnet.ui.text import escape, words


def main() -> None:
    """Draw the dashboard; `streamlit run app.py` calls it at every change."""
    st.set_page_config(page_title=words("app"), page_icon="✋", layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    pages = [
        st.Page(_page(assess.draw), title=words("pages.assess"), url_path="assess", default=True),
        st.Page(_page(accuracy.draw), title=words("pages.accuracy"), url_path="accuracy"),
        st.Page(_page(about.draw), title=words("pages.about"), url_path="about"),
    ]
    chosen = st.navigation(pages, position="top")
    with st.container(horizontal=True, key="narrow_nav", gap="xsmall"):
        for page in pages:
            st.page_link(page)
    chosen.run()


def _page(draw: Callable[[Desk], None]) -> Callable[[], None]:
    """A page, or what is wrong with the knowledge where it cannot be loaded."""

    def run() -> None:
        try:
            loaded = desk()
        except KnowledgeError as error:
            st.error(f"**{words('problems.knowledge')}**")
            st.markdown("\n".join(f"- {escape(str(issue))}" for issue in error.issues[:30]))
            return
        draw(loaded)

    return run
