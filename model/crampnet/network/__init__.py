"""Floor 2: Knowledge -> Network, as compiled arrays and as a pgmpy model."""

from crampnet.network.build import REFERENCE_SETTING, build_network
from crampnet.network.network import COMPLAINT, Network, Node, Stratum, reason_id
from crampnet.network.pgmpy_model import to_pgmpy

__all__ = [
    "COMPLAINT",
    "REFERENCE_SETTING",
    "Network",
    "Node",
    "Stratum",
    "build_network",
    "reason_id",
    "to_pgmpy",
]
