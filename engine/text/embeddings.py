"""Embeddings: files of a few learned vectors that stand in a prompt like words (textual inversion).

Source: Gal et al. 2022, arXiv 2208.01618.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from engine.errors import CheckpointError, FileError
from engine.files import find_model_file
from engine.models.pickle_file import PickleFile, looks_like_pickle
from engine.models.tensor_file import SafetensorsFile
from engine.settings import Settings

FOLDER: Final = "embeddings"
SUFFIXES: Final = ("", ".safetensors", ".pt", ".bin")
"""What may be left out of a name in a prompt."""
TENSOR_NAMES: Final = ("emb_params", "clip_l")
"""What the vectors of SD 1.x are called, by the programs that make such files; else there is one tensor only."""


def find_embedding(settings: Settings, name: str) -> Tensor | None:
    """The vectors `[n d]` that a name in a prompt stands for, float32; None if there is no such file.

    Raises:
        CheckpointError: If there is one and it cannot be used.
    """
    for suffix in SUFFIXES:
        try:
            path = find_model_file(settings, FOLDER, name + suffix)
        except FileError:
            continue
        return read_embedding(path)
    return None


def read_embedding(path: Path) -> Tensor:
    """The vectors `[n d]` in a file, float32.

    Raises:
        CheckpointError: If it cannot be read, or does not hold one table of vectors.
    """
    file = PickleFile(path) if looks_like_pickle(path) else SafetensorsFile(path)
    tables = [name for name, info in file.tensors.items() if len(info.shape) in (1, 2) and 0 not in info.shape]
    named = [name for name in TENSOR_NAMES if name in tables] or tables
    if not named or (len(tables) > 1 and named is tables):
        raise CheckpointError(path, f"is no embedding: one table of vectors was expected, {len(tables)} were found.")
    vectors = file.read([named[0]], torch.float32)[named[0]]
    return vectors if vectors.ndim == 2 else vectors[None]
