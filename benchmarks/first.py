"""What a fresh process does once: one answer of the engine alone, or of the whole library.

Run as a program by `benchmarks.processes`; prints the seconds since its first line was run.
"""

import time

START = time.perf_counter()

import pickle  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402


def engine(case: Path) -> None:
    from crampnet.inference.engine import posterior

    asked = pickle.loads(case.read_bytes())  # noqa: S301 - written by the benchmark a moment ago
    posterior(asked.network, asked.evidence)


def library(case: Path) -> None:
    import crampnet
    from crampnet.inference.case import read_case

    crampnet.load_model().diagnose(read_case(case))


if __name__ == "__main__":
    {"engine": engine, "library": library}[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write(f"{time.perf_counter() - START}\n")
