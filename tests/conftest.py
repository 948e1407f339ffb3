"""For all tests: one engine, the compiled one as soon as it is there, and no time limit."""

from __future__ import annotations

import pytest
from hypothesis import settings

from crampnet.inference.exact.kernels import KERNELS

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _compiled_engine() -> None:
    """Compiled once for each state of the code, by the first process that asks; the others wait for it."""
    KERNELS.wait()
