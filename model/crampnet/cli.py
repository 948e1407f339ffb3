"""The command line's door: diagnose, score, check, diff, render."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from crampnet.errors import CrampnetError

if TYPE_CHECKING:
    from crampnet.api import Model

USAGE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 fine, 2 usage, else that of the error).

    Never shows a traceback for an input that is wrong.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except CrampnetError as error:
        print(f"crampnet: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crampnet",
        description="What may be behind a cramping hand, how sure that is, and what to do. It informs; it is "
        "no medical device. In an emergency call your local emergency number.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    diagnose = commands.add_parser("diagnose", help="answer a case file")
    diagnose.add_argument("case", help="case file (YAML or JSON), or - for standard input")
    diagnose.add_argument("--json", action="store_true", help="the whole answer as JSON, in full precision")
    diagnose.add_argument("--clinical", action="store_true", help="clinical words instead of everyday words")
    diagnose.add_argument("--full", action="store_true", help="also how sure, why, what would turn it, what next")
    _knowledge(diagnose)
    diagnose.add_argument("--overlay", type=Path, help="YAML file that replaces single numbers")
    diagnose.set_defaults(run=_diagnose)

    score = commands.add_parser(
        "score",
        help="answer every row of a table",
        description="Answer every row of a table: one row a case, with the keys of a case file as columns, or one "
        "column for each finding (present, absent, probably_present, probably_absent) and each test (1.85 mmol/L). "
        "A row that cannot be answered says why. A run that was stopped goes on when the command is given again.",
    )
    score.add_argument("source", metavar="IN", type=Path, help="table of cases, .csv or .parquet")
    score.add_argument("target", metavar="OUT", type=Path, help="table of answers, .csv or .parquet")
    score.add_argument("--keep", metavar="COLUMN", nargs="+", default=[], help="copy these columns besides the id")
    shown = score.add_mutually_exclusive_group()
    shown.add_argument("--all", action="store_true", help="a column for every condition (the default)")
    shown.add_argument("--top", metavar="K", type=_positive, help="the first K conditions only")
    score.add_argument("--rows", metavar="N", type=_positive, default=10_000, help="rows of one part (10000)")
    score.add_argument("--jobs", metavar="N", type=_positive, help="processes (as many as there are processors)")
    score.add_argument("--force", action="store_true", help="overwrite OUT")
    _knowledge(score)
    score.add_argument("--overlay", type=Path, help="YAML file that replaces single numbers")
    score.set_defaults(run=_score)

    check = commands.add_parser("check", help="check the knowledge and list every problem")
    _knowledge(check)
    check.set_defaults(run=_check)

    diff = commands.add_parser(
        "diff",
        help="what a change of the priors moves",
        description="Answer the public cases with two sets of priors and name those whose first row, first three rows, "
        "urgency or shown advice differs, beside the numbers and records that do. Of the measuring split only counts "
        "are told.",
    )
    for name, meta in (("old", "OLD"), ("new", "NEW")):
        diff.add_argument(name, metavar=meta, help="folder of priors, or a git revision of this repository")
    diff.add_argument("--cases", type=Path, help="folder of cases (validation/cases of the checkout by default)")
    diff.add_argument("--format", choices=["text", "json"], default="text", help="readable text (default), or JSON")
    diff.set_defaults(run=_diff)

    render = commands.add_parser("render", help="write the generated files of the knowledge")
    render.add_argument("--check", action="store_true", help="only say whether they are current")
    _knowledge(render)
    render.set_defaults(run=_render)
    return parser


def _knowledge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--priors", type=Path, help="folder of the knowledge (the shipped one by default)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _diagnose(options: argparse.Namespace) -> int:
    from crampnet.api import load_model
    from crampnet.inference.case import read_case

    source = sys.stdin.buffer.read() if options.case == "-" else Path(options.case)
    case = read_case(source, name="standard input")
    answer = load_model(options.priors, overlay=options.overlay).diagnose(case)
    if options.json:
        report = answer.full_report if options.full else answer.report
        print(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(answer.to_markdown(voice="clinical" if options.clinical else "plain", full=options.full), end="")
    return 0


def _score(options: argparse.Namespace) -> int:
    from crampnet.cohort.run import score_file

    try:
        with _Progress() as progress:
            done = score_file(
                options.source,
                options.target,
                partial(_model, options.priors, options.overlay),
                keep=options.keep,
                top=options.top,
                rows=options.rows,
                jobs=options.jobs,
                force=options.force,
                progress=progress,
            )
    except KeyboardInterrupt:
        print("crampnet: stopped; the same command goes on where this one stopped.", file=sys.stderr)
        return INTERRUPTED
    known = f", {done.resumed} of them by an earlier run" if done.resumed else ""
    print(f"{options.target}: {done.rows} rows{known}, {done.errors} with an error")
    return 0


def _model(priors: Path | None, overlay: Path | None) -> Model:
    """The model, loaded where it is needed: a worker process calls this."""
    from crampnet.api import load_model

    return load_model(priors, overlay=overlay)


class _Progress:
    """One line on standard error, written over after each part; nothing where nobody watches."""

    def __init__(self) -> None:
        self._start: tuple[float, int] | None = None

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._start is not None:
            print(file=sys.stderr)

    def __call__(self, done: int, rows: int) -> None:
        if not sys.stderr.isatty():
            return
        now = monotonic()
        self._start = self._start or (now, done)
        pace = (done - self._start[1]) / max(now - self._start[0], 1e-9)
        left = f", {pace:,.0f} rows/s, {(rows - done) / pace:,.0f} s left" if pace else ""
        print(f"\r{done:,} of {rows:,} rows{left}    ", end="", file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    from crampnet.knowledge import check_knowledge, load_knowledge
    from crampnet.network import build_network

    issues = check_knowledge(options.priors)
    for issue in issues:
        print(issue)
    if issues:
        print(f"{len(issues)} problem{'s' * (len(issues) != 1)}", file=sys.stderr)
        return 3
    knowledge = load_knowledge(options.priors)
    for setting in knowledge.settings:
        build_network(knowledge, setting)
    print(
        f"{len(knowledge.conditions)} conditions, {len(knowledge.findings)} findings, "
        f"{len(knowledge.measurements)} measured tests, {len(knowledge.exposures)} exposures, "
        f"{len(knowledge.sources)} sources: no problem"
    )
    return 0


def _diff(options: argparse.Namespace) -> int:
    from crampnet.validation.diff import compare_named
    from crampnet.validation.diff.show import to_text

    found = compare_named(options.old, options.new, options.cases)
    if options.format == "json":
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(to_text(found), end="")
    return 0


def _render(options: argparse.Namespace) -> int:
    from crampnet.knowledge import stale_files, write_files

    if options.check:
        stale = stale_files(options.priors)
        for path in stale:
            print(f"{path}: not current; run `crampnet render`")
        return 1 if stale else 0
    try:
        written = write_files(options.priors)
    except OSError as error:
        remedy = "Check that the folder may be written to."
        raise CrampnetError(f"{error.filename} cannot be written ({error.strerror}).", remedy) from None
    for path in written:
        print(f"{path}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
