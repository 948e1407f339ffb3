"""A process that holds one peer and answers one case at a time, within a limit of address space.

Started by `benchmarks.peers.race`: reads the number of a case from standard input, writes one line of JSON.
"""

from __future__ import annotations

import json
import logging
import pickle
import resource
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.cases import Asked
from benchmarks.patients import make_evidence
from benchmarks.peers import pgmpy_use, pyagrum_use
from benchmarks.peers.result import Result
from benchmarks.synthetic import Size, generate

USES: dict[str, Callable[[Asked], Result]] = {
    "pgmpy, whole network": pgmpy_use.full,
    "pgmpy, ordinary use": pgmpy_use.ordinary,
    "pgmpy, expert use": pgmpy_use.expert,
    "pyAgrum, ordinary use": pyagrum_use.ordinary,
    "pyAgrum, random field": pyagrum_use.random_field,
}


def main() -> None:
    use, cases, limit = USES[sys.argv[1]], Path(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    asked: list[Asked] = pickle.loads(cases.read_bytes())  # noqa: S301 - written by the race a moment ago
    use(_tiny())
    _say({"status": "ready"})
    for line in sys.stdin:
        _say(_answer(use, asked[int(line)]))


def _tiny() -> Asked:
    """A first case, so that no import and no first call is timed."""
    small = generate(0, "sparse", Size(4, 5, (1, 2)))
    evidence = make_evidence(small, "random", 2, np.random.default_rng(0))
    return Asked("tiny", "tiny", "random", 2, small.network, evidence, small.network.conditions)


def _answer(use: Callable[[Asked], Result], case: Asked) -> dict[str, object]:
    try:
        return {"status": "ok", **asdict(use(case))}
    except MemoryError:
        return {"status": "memory"}
    except Exception as error:
        if "bad_alloc" in str(error):
            return {"status": "memory"}
        return {"status": "error", "reason": f"{type(error).__name__}: {error}"[:200]}


def _say(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
