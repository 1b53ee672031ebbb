"""What a file of weights holds, told from the names and shapes of its tensors alone.

The tables come first: where each network's keys begin, which tensor shows which number of its config, which keys are
known to mean nothing here, and what strangers look like. Only what shapes cannot show is a rule: the number of
attention heads (`HEADS`), and the parametrization (`engine.models.checkpoint`).
Nothing is read but shapes, so a file of any size is detected at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, Literal, NamedTuple

from engine.models.config import ClipTextConfig, UNetConfig, VAEConfig

Shapes = Mapping[str, tuple[int, ...]]
PartName = Literal["unet", "vae", "clip"]


class Layout(NamedTuple):
    """Where one network stands in a file.

    Attributes:
        title: What people call it.
        sign: A key that it always has, below its prefix.
        prefixes: What its keys may begin with; the first with which the sign is there counts.
        module_prefix: What the same keys begin with in our module.
    """

    title: str
    sign: str
    prefixes: tuple[str, ...]
    module_prefix: str = ""


LAYOUTS: Mapping[PartName, Layout] = {
    "unet": Layout("diffusion UNet", "input_blocks.0.0.weight", ("model.diffusion_model.", "")),
    "vae": Layout("autoencoder", "decoder.conv_in.weight", ("first_stage_model.", "")),
    "clip": Layout(
        "CLIP text encoder",
        "embeddings.token_embedding.weight",
        ("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer.", "text_model."),
        "text_model.",
    ),
}

IGNORED_PREFIXES = ("model_ema.", "loss.")
"""Left over from training, below any network's prefix."""
IGNORED_SUFFIXES = ("position_ids",)
"""The numbers 0, 1, 2, ..., which some programs saved."""


class Stranger(NamedTuple):
    """What has keys that mean nothing here.

    Attributes:
        part: Part of such a key.
        words: What has such keys; told to users whose file holds something else.
        family: What a file is called whose networks' keys begin with it, whatever else is in it; empty if that does
            not show.
    """

    part: str
    words: str
    family: str = ""


STRANGERS: tuple[Stranger, ...] = (
    Stranger("joint_blocks.", "a transformer of Stable Diffusion 3", "Stable Diffusion 3"),
    Stranger("double_blocks.", "a Flux transformer", "Flux"),
    Stranger("input_hint_block.", "a ControlNet", "ControlNet"),
    Stranger("lora_", "a LoRA"),
    Stranger(".lora", "a LoRA"),
    Stranger("down_blocks.", "networks in the layout of diffusers, not of a single-file checkpoint"),
    Stranger("cond_stage_model.model.", "an OpenCLIP text encoder, as Stable Diffusion 2 has"),
    Stranger("conditioner.embedders.", "the text encoders of SDXL"),
    Stranger("input_blocks.", "a diffusion UNet"),
    Stranger("decoder.conv_in.", "an autoencoder"),
    Stranger("token_embedding.", "a text encoder"),
)

Field = tuple[str, int]
"""A tensor and the axis whose length is the number wanted."""

UNET_FIELDS: Mapping[str, Field] = {
    "in_channels": ("input_blocks.0.0.weight", 1),
    "model_channels": ("input_blocks.0.0.weight", 0),
    "out_channels": ("out.2.weight", 0),
    "context_dim": ("middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1),
}
VAE_FIELDS: Mapping[str, Field] = {
    "in_channels": ("encoder.conv_in.weight", 1),
    "base_channels": ("encoder.conv_in.weight", 0),
    "latent_channels": ("decoder.conv_in.weight", 1),
}
CLIP_FIELDS: Mapping[str, Field] = {
    "vocab_size": ("embeddings.token_embedding.weight", 0),
    "hidden_size": ("embeddings.token_embedding.weight", 1),
    "max_tokens": ("embeddings.position_embedding.weight", 0),
    "intermediate_size": ("encoder.layers.0.mlp.fc1.weight", 0),
}

HEADS: Mapping[bool, Mapping[str, int | None]] = {
    False: {"num_heads": 8, "num_head_channels": None},
    True: {"num_heads": None, "num_head_channels": 64},
}
"""Heads of a UNet, which no shape shows: networks with linear projections (2.x, XL) count features, not heads."""
CLIP_HEAD_FEATURES = 64


def find_prefix(part: PartName, names: Iterable[str]) -> str | None:
    """What the part's keys begin with in a file that has tensors of these names; None if it is not there."""
    layout, names = LAYOUTS[part], frozenset(names)
    return next((prefix for prefix in layout.prefixes if prefix + layout.sign in names), None)


def is_ignored(key: str) -> bool:
    """Whether a key below a network's prefix is known to mean nothing."""
    return key.startswith(IGNORED_PREFIXES) or key.endswith(IGNORED_SUFFIXES)


def describe(names: Iterable[str]) -> str:
    """What a file that has tensors of these names seems to hold, in words."""
    names = tuple(names)
    found = [each.words for each in STRANGERS if any(each.part in name for name in names)]
    return "; ".join(dict.fromkeys(found)) or "nothing that is known here"


def detect_unet(shapes: Shapes) -> UNetConfig:
    """The config of a UNet with these keys and shapes.

    Raises:
        ValueError: If they are not those of a UNet; names the first tensor that does not fit.
    """
    fields = _read_fields(shapes, UNET_FIELDS)
    levels = _read_unet_levels(shapes)
    widths = _read_levels("width", levels, lambda block: _size(shapes, f"{block}0.in_layers.2.weight", 0))
    depths = _read_levels("depth", levels, lambda block: _depth(shapes, f"{block}1."))
    is_linear = len(_shape(shapes, "middle_block.1.proj_in.weight")) == 2
    has_vector = "label_emb.0.0.weight" in shapes
    return UNetConfig(
        channel_mult=_multiples(widths, fields["model_channels"]),
        num_res_blocks=tuple(len(level) for level in levels),
        transformer_depth=tuple(depths),
        middle_depth=_depth(shapes, "middle_block.1."),
        use_linear_in_transformer=is_linear,
        adm_in_channels=_size(shapes, "label_emb.0.0.weight", 1) if has_vector else None,
        **HEADS[is_linear],
        **fields,
    )


def detect_vae(shapes: Shapes) -> VAEConfig:
    """The config of an autoencoder with these keys and shapes.

    Raises:
        ValueError: If they are not those of an autoencoder; names the first tensor that does not fit.
    """
    fields = _read_fields(shapes, VAE_FIELDS)
    levels = _count(shapes, "encoder.down.{}.block.0.conv1.weight")
    widths = [_size(shapes, f"encoder.down.{level}.block.0.conv1.weight", 0) for level in range(levels)]
    return VAEConfig(
        channel_mult=_multiples(widths, fields["base_channels"]),
        num_res_blocks=_count(shapes, "encoder.down.0.block.{}.conv1.weight"),
        **fields,
    )


def detect_clip(shapes: Shapes) -> ClipTextConfig:
    """The config of a CLIP text encoder with these keys and shapes; heads are taken to have 64 features.

    Raises:
        ValueError: If they are not those of a text encoder; names the first tensor that does not fit.
    """
    fields = _read_fields(shapes, CLIP_FIELDS)
    return ClipTextConfig(
        layers=_count(shapes, "encoder.layers.{}.mlp.fc1.weight"),
        heads=max(1, fields["hidden_size"] // CLIP_HEAD_FEATURES),
        eos_token=fields["vocab_size"] - 1,
        **fields,
    )


def _read_unet_levels(shapes: Shapes) -> list[list[str]]:
    """The residual blocks on the way down, level by level, by what their keys begin with."""
    levels: list[list[str]] = [[]]
    for index in count(1):
        block = f"input_blocks.{index}."
        if f"{block}0.op.weight" in shapes:
            levels.append([])
        elif f"{block}0.in_layers.2.weight" in shapes:
            levels[-1].append(block)
        else:
            return levels
    raise AssertionError("unreachable: counting has no end")


def _read_fields(shapes: Shapes, fields: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _size(shapes, key, axis) for name, (key, axis) in fields.items()}


def _shape(shapes: Shapes, key: str) -> tuple[int, ...]:
    if key not in shapes:
        raise ValueError(f"there is no tensor {key!r}")
    return shapes[key]


def _size(shapes: Shapes, key: str, axis: int) -> int:
    shape = _shape(shapes, key)
    if len(shape) <= axis:
        raise ValueError(f"{key!r} must have more than {axis} axes, its shape is {list(shape)}")
    return shape[axis]


def _count(shapes: Shapes, pattern: str) -> int:
    return next(index for index in count() if pattern.format(index) not in shapes)


def _depth(shapes: Shapes, transformer: str) -> int:
    return _count(shapes, transformer + "transformer_blocks.{}.norm1.weight")


def _read_levels(what: str, levels: Iterable[list[str]], read: Callable[[str], int]) -> list[int]:
    """The one value that the blocks of each level have."""
    values = [{read(block) for block in level} for level in levels]
    for level, found in enumerate(values):
        if len(found) != 1:
            raise ValueError(f"the residual blocks of level {level} must have one {what}, not {sorted(found)}")
    return [found.pop() for found in values]


def _multiples(widths: list[int], unit: int) -> tuple[int, ...]:
    if unit <= 0 or any(width % unit for width in widths):
        raise ValueError(f"the widths of its levels, {widths}, must be multiples of the first convolution's, {unit}")
    return tuple(width // unit for width in widths)
