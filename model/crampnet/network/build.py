"""Knowledge -> Network: rates to marginals, marginals to leaks, frequencies to links."""

from __future__ import annotations

from crampnet.errors import KnowledgeError
from crampnet.knowledge import Knowledge
from crampnet.network.builder import REFERENCE_SETTING, compile_setting
from crampnet.network.network import Network

__all__ = ["REFERENCE_SETTING", "build_network"]


def build_network(knowledge: Knowledge, setting: str = REFERENCE_SETTING) -> Network:
    """Compile the network of one setting.

    Raises KnowledgeError with every number that leaves no room for a leak or a link (negative leak).
    """
    built = compile_setting(knowledge, setting, None, {}, 1)
    if built.room.issues:
        raise KnowledgeError(built.room.issues)
    return built.network()
