"""The engine compiled, or as it stands until that is ready.

Compiling takes the better part of a minute, once on a machine: a process of its own does it and keeps the result in
the user's cache folder, while this one answers with the plain functions, which are some twenty times slower. Where the
cache folder cannot be written to, this process compiles for itself in the background.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from crampnet.inference.exact import back, gradients, heads, ladder, order, plan, program, reduction, solve, tape
from crampnet.knowledge.cache import cache_folder
from crampnet.network import arrays

PLAIN = "plain"
"""Value of the environment variable CRAMPNET_KERNELS that keeps everything uncompiled."""
MODULES = (order, reduction, heads, plan, program, tape, back, gradients, ladder, solve)
PATIENCE = 600.0
"""Seconds after which the compiling of another process is no longer waited for."""
SILENCE = 15.0
"""Seconds after which a claim that is not renewed counts as left behind."""

OLD = 30 * 86400.0
"""Seconds after which what was compiled from other code is thrown away."""

Solve = Callable[..., Any]


class Kernels:
    """The current form of `solve`; safe between threads."""

    def __init__(self) -> None:
        self.solve: Solve = solve.solve
        self._answered = 0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._ready = threading.Event()

    def count(self) -> None:
        """Note that a case is answered: from the second one on the compiled form is worth getting."""
        self._answered += 1
        if self._answered == 2:
            self.prepare()

    def prepare(self) -> None:
        """Begin to get the compiled form, in the background; at once fine, and fine to call again."""
        with self._lock:
            if self._thread is None and os.environ.get("CRAMPNET_KERNELS") != PLAIN and _numba():
                self._thread = threading.Thread(target=self._fetch, name="crampnet-kernels", daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the compiled form is there; False when it is not (in time, or ever)."""
        self.prepare()
        return self._thread is not None and self._ready.wait(seconds)

    def _fetch(self) -> None:
        try:
            self.solve = _load(_built())
        finally:
            self._ready.set()


def _numba() -> bool:
    return importlib.util.find_spec("numba") is not None


def folder() -> Path:
    """Where the compiled form of exactly this code, in the place where it is, lies."""
    import llvmlite
    import numba

    here = Path(__file__).parent
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {llvmlite.__version__} {here}".encode())
    for path in (*sorted(here.glob("*.py")), Path(arrays.__file__)):
        digest.update(path.read_bytes())
    return cache_folder() / f"kernels-{digest.hexdigest()[:16]}"


def _built() -> Path | None:
    """The folder, compiled into by this process's child or another one; None where nothing can be kept."""
    place = folder()
    done, lock = place / "done", place / "building"
    until = time.monotonic() + PATIENCE
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        while not done.exists() and time.monotonic() < until:
            if _claim(lock):
                _compile_apart(place, lock)
                lock.unlink(missing_ok=True)
                break
            time.sleep(0.2)
    except OSError:
        return None
    return place if done.exists() else None


def _claim(lock: Path) -> bool:
    """Whether this process is to compile; a claim that was left behind is taken over."""
    try:
        if time.time() - lock.stat().st_mtime > SILENCE:
            lock.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True


def _compile_apart(place: Path, lock: Path) -> None:
    """Compile in a child, which ends when this process does: its standard input closes then.

    The claim is renewed while it runs: a process that ends before its child has finished leaves one that grows old.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "crampnet.inference.exact.kernels", str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while child.poll() is None:
        lock.touch()
        time.sleep(0.2)
    if child.stdin is not None:
        child.stdin.close()


def _load(place: Path | None) -> Solve:
    """The compiled `solve`, read from a folder or, without one, compiled here."""
    import numba
    from numba.extending import register_jitable

    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(place) if place is not None else before
    try:
        importlib.import_module("crampnet.inference.exact.loops")
        importlib.import_module("crampnet.inference.exact.products")
        for module in MODULES:
            for value in list(vars(module).values()):
                if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                    register_jitable(error_model="numpy")(value)
        compiled = numba.njit(_signature(), cache=place is not None, nogil=True, error_model="numpy")(solve.solve)
    finally:
        numba.config.CACHE_DIR = before
    loaded: Solve = compiled
    return loaded


def _signature() -> Any:
    from numba import types

    ints, table = types.int64[::1], types.float64[:, ::1]
    network = types.NamedTuple([ints, ints, ints, ints, ints, table, table, ints], arrays.Arrays)
    cube = types.float64[:, :, ::1]
    flags, limits = [types.boolean] * 2, [types.float64] * 2
    return (network, ints, cube, types.int64[:, ::1], ints, *flags, *limits, types.float64[::1])


def main(place: Path) -> None:
    """Compile into a folder; ends with the parent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)
    _load(place)
    (place / "done").touch()
    for other in place.parent.glob("kernels-*"):
        if time.time() - other.stat().st_mtime > OLD:
            shutil.rmtree(other, ignore_errors=True)


def _end_with_parent() -> None:
    os.read(0, 1)  # without Python's lock on its standard input, which would abort the end
    os._exit(1)


KERNELS = Kernels()
"""The one instance."""

if __name__ == "__main__":
    main(Path(sys.argv[1]))
