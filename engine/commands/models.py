"""`models`: the model files that workflows can name, by kind."""

from __future__ import annotations

import argparse

from engine.commands import DONE
from engine.files import find_model_file, list_model_files
from engine.settings import OLDER_FOLDERS, Settings

SUMMARY = "list the model files that workflows can name"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="only this kind (checkpoints, vae, ...)")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Print each file's size and name, under the heading of its kind."""
    kinds = [options.kind] if options.kind else _kinds(settings)
    found = {kind: list_model_files(settings, kind) for kind in kinds}
    for kind, names in found.items():
        if names:
            print(f"{kind}:")
        for name in names:
            size_mb = find_model_file(settings, kind, name).stat().st_size / 1e6
            print(f"  {size_mb:10.1f} MB  {name}")
    if not any(found.values()):
        print(f"No model files below {settings.directory('models')}.")
    return DONE


def _kinds(settings: Settings) -> list[str]:
    directory = settings.directory("models")
    below = {entry.name for entry in directory.iterdir() if entry.is_dir()} if directory.is_dir() else set[str]()
    named = below.union(settings.first_model_directories, settings.extra_model_directories)
    return sorted({OLDER_FOLDERS.get(name, name) for name in named})
