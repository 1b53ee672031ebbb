"""`train postcards`: make the small model that ships from nothing, or go on where a run was stopped."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.commands import DONE
from engine.settings import Settings

SUMMARY = "train the small model that ships"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("model", choices=("postcards",), help="which model")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the checkpoint to write (default: where it ships)")
    parser.add_argument(
        "--work-directory",
        type=Path,
        metavar="DIR",
        help="keeps the state of an unfinished run (default: training/postcards in the user directory)",
    )
    parser.add_argument("--restart", action="store_true", help="begin anew instead of going on")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Train, with a bar for each stage; print where the checkpoint is."""
    from tqdm import tqdm

    from engine.training.settings import Progress
    from engine.training.train import train_postcards

    bars: dict[str, tqdm[Any]] = {}

    def show(progress: Progress) -> None:
        bar: tqdm[Any] | None = bars.get(progress.stage)
        if bar is None:
            bar = bars[progress.stage] = tqdm(total=progress.steps, desc=progress.stage, dynamic_ncols=True)
        bar.set_postfix_str(f"loss {progress.loss:.4f}", refresh=False)
        bar.update(progress.step - bar.n)
        if progress.step >= progress.steps:
            bar.close()

    output = options.output or settings.directory("models") / "checkpoints" / "postcards.safetensors"
    work_directory = options.work_directory or settings.directory("user") / "training" / "postcards"
    print(train_postcards(output, work_directory, resume=not options.restart, on_progress=show))
    return DONE
