"""Exact Bayesian-network reasoning about cramping, twitching and locking hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crampnet.api import Answer, Model, load_model
    from crampnet.inference.case import Case

__all__ = ["Answer", "Case", "Model", "load_model"]


def __getattr__(name: str) -> object:
    """Load the library when it is first used, so that `crampnet --help` need not wait for it."""
    if name == "Case":
        from crampnet.inference.case import Case

        return Case
    if name in __all__:
        from crampnet import api

        return getattr(api, name)
    raise AttributeError(f"module 'crampnet' has no attribute {name!r}")
