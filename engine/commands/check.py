"""`check FILE`: read and validate a workflow without running it; every error is printed, not the first."""

from __future__ import annotations

import argparse

from engine.commands import DONE, RUN_FAILED
from engine.settings import Settings

SUMMARY = "say everything that is wrong with a workflow file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("file", metavar="FILE", help="workflow: JSON of either format, or a file that carries one")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Print the errors. Status 1 if there are any."""
    from engine.commands.opening import open_engine

    engine = open_engine(settings)
    workflow = engine.load(options.file)
    checked = engine.validate(workflow)
    missing = engine.find_missing(workflow)
    for error in checked.errors:
        print(error.message)
    if missing:
        print("Missing here:")
    for each in (*missing.types, *missing.models):
        print(f"  {each}")
    if checked.errors:
        return RUN_FAILED
    print(f"{options.file}: {len(checked.workflow.nodes)} nodes, no errors")
    return DONE
