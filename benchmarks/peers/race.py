"""Puts cases to a peer in a process of its own, with a limit of memory and of time for each case."""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.cases import ROOT, Asked

STARTING = 120.0
"""Seconds that a peer may take to be imported and answer a tiny case."""


@dataclass(frozen=True)
class Limits:
    """Of one peer: address space in bytes, seconds a case."""

    memory: int = 6 << 30
    seconds: float = 20.0


@dataclass(frozen=True)
class Outcome:
    """One case put to one peer.

    status: ok, memory, time, died, error, or not run (after two failures running, or out of time);
    build, infer: seconds (NaN unless ok); answers: P(target present | answers).
    """

    status: str
    build: float = float("nan")
    infer: float = float("nan")
    answers: Mapping[str, float] | None = None
    reason: str = ""


def race(use: str, cases: Sequence[Asked], limits: Limits, seconds: float) -> list[Outcome]:
    """Outcomes of the cases, which are given by rising k; two failures running end the race.

    seconds: after so many from the moment the peer is ready nothing more is asked.
    """
    found: list[Outcome] = []
    with TemporaryDirectory() as folder, _Peer(use, cases, limits, Path(folder) / "cases") as peer:
        peer.start()
        deadline = time.monotonic() + seconds
        for number in range(len(cases)):
            lost = len(found) >= 2 and all(outcome.status != "ok" for outcome in found[-2:])
            over = lost or time.monotonic() > deadline
            found.append(Outcome("not run") if over else peer.ask(number))
    return found


class _Peer:
    """The process, started anew after it was lost."""

    def __init__(self, use: str, cases: Sequence[Asked], limits: Limits, path: Path) -> None:
        self.command = [sys.executable, "-m", "benchmarks.peers.worker", use, str(path), str(limits.memory)]
        self.limits = limits
        path.write_bytes(pickle.dumps(list(cases)))
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> _Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ask(self, number: int) -> Outcome:
        if self.process is None and not self.start():
            return Outcome("died", reason="did not start")
        assert self.process is not None
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{number}\n")
            self.process.stdin.flush()
        return self._outcome(self._next(self.limits.seconds))

    def _outcome(self, record: dict[str, Any]) -> Outcome:
        if record["status"] in ("time", "died"):
            self._stop()
        elif record["status"] == "ok" and record["infer"] > self.limits.seconds:
            return Outcome("time")
        return Outcome(**record)

    def start(self) -> bool:
        """Whether the process came up and answered a tiny case."""
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self.lines = queue.Queue()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, **one},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.listener = threading.Thread(target=self._listen, args=(self.process, self.lines), daemon=True)
        self.listener.start()
        ready = bool(self._next(STARTING)["status"] == "ready")
        if not ready:
            self._stop()
        return ready

    @staticmethod
    def _listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        for line in _lines(process):
            lines.put(line)
        lines.put('{"status": "died"}')

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            record: dict[str, Any] = json.loads(self.lines.get(timeout=seconds))
        except queue.Empty:
            return {"status": "time"}
        return record

    def _stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.listener.join()
            for pipe in (self.process.stdin, self.process.stdout):
                with suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]
            self.process = None


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    yield from process.stdout
