"""Messages of the lower floors, with ids put into the reader's words."""

from __future__ import annotations

import re

from crampnet.errors import CrampnetError
from crampnet.knowledge import Knowledge
from crampnet.ui.text import escape

_WORD = re.compile(r"\b[a-z][a-z0-9_]*\b")


def named(sentence: str, knowledge: Knowledge, voice: str) -> str:
    """A sentence with every id replaced by its name in quotes, ready for Markdown."""

    def name(found: re.Match[str]) -> str:
        known = found[0] in knowledge.kinds
        return f"“{getattr(knowledge.name(found[0]), voice)}”" if known else found[0]

    return escape(_WORD.sub(name, sentence))


def explained(error: CrampnetError, knowledge: Knowledge, voice: str) -> str:
    """What is wrong and what mends it, in the reader's words."""
    return f"{named(error.message, knowledge, voice)} {named(error.remedy, knowledge, voice)}"
