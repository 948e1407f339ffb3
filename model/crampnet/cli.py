"""The command line's door: diagnose, check, render."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from crampnet.errors import CrampnetError

USAGE = 2


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
    _knowledge(diagnose)
    diagnose.add_argument("--overlay", type=Path, help="YAML file that replaces single numbers")
    diagnose.set_defaults(run=_diagnose)

    check = commands.add_parser("check", help="check the knowledge and list every problem")
    _knowledge(check)
    check.set_defaults(run=_check)

    render = commands.add_parser("render", help="write the generated files of the knowledge")
    render.add_argument("--check", action="store_true", help="only say whether they are current")
    _knowledge(render)
    render.set_defaults(run=_render)
    return parser


def _knowledge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--priors", type=Path, help="folder of the knowledge (the shipped one by default)")


def _diagnose(options: argparse.Namespace) -> int:
    from crampnet.api import load_model
    from crampnet.inference.case import read_case

    source = sys.stdin.buffer.read() if options.case == "-" else Path(options.case)
    case = read_case(source, name="standard input")
    answer = load_model(options.priors, overlay=options.overlay).diagnose(case)
    if options.json:
        print(json.dumps(answer.report.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(answer.to_markdown(voice="clinical" if options.clinical else "plain"), end="")
    return 0


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
