"""What a peer hands back for one case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """P(target present | answers) by target, seconds to build the model, seconds to answer all targets."""

    answers: dict[str, float]
    build: float
    infer: float
