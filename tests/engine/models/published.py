"""The layouts of published checkpoints: every tensor's name and shape, and the numbers that make their UNets.

Sources: tests/data/README.md; the configuration files that were published beside the checkpoints
(CompVis/stable-diffusion v1-inference, Stability-AI v2-inference, sd_xl_base, sd_xl_refiner).
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

from engine.models.config import UNetConfig
from engine.models.detect import Shapes

DATA = Path(__file__).parents[2] / "data"
SD15_UNET = UNetConfig()
SD21_UNET = UNetConfig(context_dim=1024, num_heads=None, num_head_channels=64, use_linear_in_transformer=True)
SDXL_BASE_UNET = UNetConfig(
    channel_mult=(1, 2, 4),
    num_res_blocks=(2, 2, 2),
    transformer_depth=(0, 2, 10),
    middle_depth=10,
    context_dim=2048,
    num_heads=None,
    num_head_channels=64,
    use_linear_in_transformer=True,
    adm_in_channels=2816,
)
SDXL_REFINER_UNET = UNetConfig(
    model_channels=384,
    transformer_depth=(0, 4, 4, 0),
    middle_depth=4,
    context_dim=1280,
    num_heads=None,
    num_head_channels=64,
    use_linear_in_transformer=True,
    adm_in_channels=2560,
)
UNETS = {"sd15": SD15_UNET, "sd21": SD21_UNET, "sdxl_base": SDXL_BASE_UNET, "sdxl_refiner": SDXL_REFINER_UNET}
FAMILIES = tuple(UNETS)


@cache
def published(family: str, prefix: str) -> Shapes:
    """The shapes of the tensors below a prefix, which is taken off."""
    layouts = json.loads(gzip.decompress((DATA / "checkpoint_layouts.json.gz").read_bytes()))
    return {
        name.removeprefix(prefix): tuple(shape) for name, shape in layouts[family].items() if name.startswith(prefix)
    }
