"""The two models that the tests ask: the tiny made-up knowledge and the shipped one, each loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import crampnet

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "support" / "tiny_priors"


@cache
def tiny() -> crampnet.Model:
    return crampnet.load_model(TINY)


@cache
def shipped() -> crampnet.Model:
    return crampnet.load_model()
