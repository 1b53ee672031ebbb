"""`evaluate postcards`: let the small model paint captions that its training never saw, and judge the pixels."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.commands import DONE
from engine.settings import Settings

SUMMARY = "measure how well the small model paints what it is told"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("model", choices=("postcards",), help="which model")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="its file (default: the one that ships)")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Paint and judge; print the share of pictures that are right, by family of captions and by aspect."""
    from tqdm import tqdm

    from engine.training.evaluate import ASPECTS, evaluate_postcards

    path = options.checkpoint or settings.directory("models") / "checkpoints" / "postcards.safetensors"
    with tqdm(desc="painting", dynamic_ncols=True) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        reports = evaluate_postcards(path, on_progress=show)
    print(f"{'captions':24}{'':>6}" + "".join(f"{aspect:>14}" for aspect in ASPECTS) + f"{'both colours':>14}")
    for report in reports:
        shares = "".join(f"{report.share(aspect):>14.1%}" for aspect in ASPECTS)
        print(f"{report.family:24}{len(report.judged):>6}{shares}{report.both_colours:>14.1%}")
    return DONE
