"""The layouts of published checkpoints: every tensor's name and shape; see tests/data/README.md."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

from engine.models.detect import Shapes

DATA = Path(__file__).parents[2] / "data"
FAMILIES = ("sd15", "sd21", "sdxl_base", "sdxl_refiner")


@cache
def published(family: str, prefix: str) -> Shapes:
    """The shapes of the tensors below a prefix, which is taken off."""
    layouts = json.loads(gzip.decompress((DATA / "checkpoint_layouts.json.gz").read_bytes()))
    return {
        name.removeprefix(prefix): tuple(shape) for name, shape in layouts[family].items() if name.startswith(prefix)
    }
