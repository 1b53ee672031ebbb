"""`train postcards`: make the small model that ships, or go on from a checkpoint or where a run was stopped."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
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
        help="keeps the state of an unfinished run (default: in the user directory, below training)",
    )
    parser.add_argument(
        "--from", type=Path, dest="origin", metavar="FILE", help="go on from the networks of this checkpoint"
    )
    parser.add_argument("--decoder-steps", type=_count, metavar="N", help="steps of the decoder alone; 0 for none")
    parser.add_argument("--drawings", type=_count, metavar="N", help="drawings that UNet and text encoder learn from")
    parser.add_argument("--small-share", type=_share, metavar="SHARE", help="of them, extra ones of one small figure")
    parser.add_argument("--diffusion-steps", type=_count, metavar="N", help="steps of UNet and text encoder")
    parser.add_argument("--diffusion-rate", type=_rate, metavar="RATE", help="their highest learning rate")
    parser.add_argument("--seed", type=_count, metavar="N", help="decides drawings, captions and noise")
    parser.add_argument("--restart", action="store_true", help="begin anew instead of going on")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Train, with a bar for each stage; print where the checkpoint is."""
    from tqdm import tqdm

    from engine.training.settings import Progress, TrainingSettings
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
    name = "postcards" if options.origin is None else "postcards-onward"
    work_directory = options.work_directory or settings.directory("user") / "training" / name
    names = ("decoder_steps", "drawings", "small_share", "diffusion_steps", "diffusion_rate", "seed")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    path = train_postcards(
        output,
        work_directory,
        settings=replace(TrainingSettings(), **given),
        origin=options.origin,
        resume=not options.restart,
        on_progress=show,
    )
    print(path)
    return DONE


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, not {value}")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1, not {value}")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be above 0, not {value}")
    return value
