"""One engine for all tests: the compiled one, as soon as it is there."""

from __future__ import annotations

import pytest

from crampnet.inference.exact.kernels import KERNELS


@pytest.fixture(scope="session", autouse=True)
def _compiled_engine() -> None:
    """Compiled once for each state of the code, by the first process that asks; the others wait for it."""
    KERNELS.wait()
