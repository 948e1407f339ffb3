"""Every primitive behind one door, as it stands (`plain`) and compiled from its loops (`compiled`)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from crampnet.inference.exact.primitives import (
    KINDS,
    added,
    bits,
    blended,
    copied,
    dot,
    headed,
    headed_back,
    lift,
    link,
    link_where,
    lower,
    moments,
    moments_where,
    opened,
    opened_back,
    overlap,
    product,
    product_back,
    scaled,
    unlink,
    unlink_where,
    weigh,
)

NAMES = (
    "lift",
    "lower",
    "link",
    "unlink",
    "link_where",
    "unlink_where",
    "moments",
    "moments_where",
    "dot",
    "scaled",
    "added",
    "blended",
    "copied",
    "product",
    "product_back",
    "bits",
    "weigh",
    "overlap",
    "headed",
    "headed_back",
    "opened",
    "opened_back",
)


def plain(which: int, x: Any, axes: Any, points: Any, p: Any, out: Any, n: Any) -> None:
    """Call primitive `which` of NAMES. n: its numbers in their order; the last one is the number of lanes."""
    lanes = n[len(n) - 1]
    if which == 0:
        lift(x, n[0], axes, 0, n[1], n[2], n[3], 1, n[4], n[5], points, lanes)
    elif which == 1:
        lower(x, n[0], axes, 0, n[1], n[2], n[3], 1, n[4], n[5], points, lanes)
    elif which == 2:
        link(x, n[0], n[1], n[2], lanes, p, n[3], n[4])
    elif which == 3:
        unlink(x, n[0], n[1], n[2], lanes, p, n[3], n[4])
    elif which == 4:
        link_where(x, n[0], n[1], n[2], lanes, p, n[3], n[4])
    elif which == 5:
        unlink_where(x, n[0], n[1], n[2], lanes, p, n[3], n[4])
    elif which == 6:
        moments(x, n[0], n[1], n[2], n[3], lanes, out)
    elif which == 7:
        moments_where(x, n[0], n[1], n[2], n[3], lanes, out)
    elif which == 8:
        dot(x, n[0], n[1], n[2], lanes, out, n[3])
    elif which == 9:
        scaled(x, n[0], n[1], n[2], lanes, p, n[3])
    elif which == 10:
        added(x, n[0], n[1], n[2], lanes, p, n[3])
    elif which == 11:
        blended(x, n[0], n[1], n[2], n[3], lanes, p, n[4], p, n[5])
    elif which == 12:
        copied(x, n[0], n[1], n[2], lanes)
    elif which == 13:
        product(x, n[0], axes, 0, n[1], n[2], 1, n[3], n[4], 2, n[5], points, lanes, n[6], np.empty(KINDS, np.int64))
    elif which == 14:
        product_back(
            x, n[0], axes, 0, n[1], n[2], 1, n[3], n[4], 2, n[5], points, lanes, n[6], np.empty(KINDS, np.int64)
        )
    elif which == 15:
        out[0, 0] = bits(np.uint64(n[0]))
    elif which == 16:
        weigh(x, n[0], n[1], lanes, axes, n[2], n[3], n[4], p)
    elif which == 17:
        overlap(x, n[0], n[1], n[2], lanes, n[3], out)
    elif which == 18:
        headed(x, n[0], n[1], n[2], n[3], lanes, p)
    elif which == 19:
        headed_back(x, n[0], n[1], n[2], n[3], lanes, p)
    elif which == 20:
        opened(x, n[0], n[1], n[2], n[3], lanes, p, n[4] == 1)
    elif which == 21:
        opened_back(x, n[0], n[1], n[2], n[3], lanes, p, n[4] == 1)


def compile_all() -> Callable[..., None]:
    """The same door, compiled."""
    for module in ("loops", "products"):  # importing them registers the loops
        importlib.import_module(f"crampnet.inference.exact.{module}")
    made: Callable[..., None] = njit(plain)
    return made
