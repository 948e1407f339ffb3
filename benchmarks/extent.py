"""How much is measured: enough for the committed results, or a few cases to see that everything runs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Extent:
    """Cases and seconds of each part.

    per_cell: cases of each density, kind and k; mixed: cases of the mixture by density; repeats: how often a new
    process is started; draws: parameter draws; peer_cases: cases by peer at each k; the rest are seconds.
    """

    per_cell: int = 40
    mixed_sparse: int = 1000
    mixed_dense: int = 300
    qmr_per_cell: int = 5
    sweeps: int = 10
    repeats: int = 5
    draws: int = 1000
    latency_seconds: float = 30.0
    throughput_seconds: float = 8.0
    sweep_seconds: float = 5.0
    peer_limit: float = 20.0
    peer_seconds: float = 60.0
    peer_cases: dict[str, int] = field(
        default_factory=lambda: {
            "pgmpy, whole network": 1,
            "pgmpy, ordinary use": 2,
            "pgmpy, expert use": 3,
            "pyAgrum, ordinary use": 4,
            "pyAgrum, random field": 10,
        }
    )


FULL = Extent()
QUICK = Extent(
    per_cell=2,
    mixed_sparse=20,
    mixed_dense=6,
    qmr_per_cell=1,
    sweeps=1,
    repeats=1,
    draws=100,
    latency_seconds=8.0,
    throughput_seconds=3.0,
    sweep_seconds=3.0,
    peer_limit=4.0,
    peer_seconds=10.0,
    peer_cases={name: min(2, count) for name, count in FULL.peer_cases.items()},
)
