"""What the tests of image nodes share: a context with directories of its own, and small pictures."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine import Context, Settings


def context(directory: Path, **options: Any) -> Context:
    """A context whose input, output and temp directories lie below `directory`; options are those of Settings."""
    settings = Settings(base_directory=directory, device="cpu", **options)
    for name in ("input", "output", "temp"):
        settings.directory(name).mkdir(exist_ok=True)  # pyright: ignore[reportArgumentType]
    return dataclasses.replace(
        Context.standalone(settings),
        prompt={"1": {"class_type": "SaveImage", "inputs": {}}},
        extra_pnginfo={"workflow": {"nodes": [], "version": 0.4}},
    )


def picture(width: int = 6, height: int = 4, batch: int = 1, channels: int = 3, seed: int = 0) -> Tensor:
    """Random pixels of values that eight bits hold."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (batch, height, width, channels), generator=generator) / 255


def row(*values: float) -> Tensor:
    """A grey picture one pixel high."""
    return torch.tensor(values).view(1, 1, -1, 1).expand(1, 1, -1, 3).contiguous()
