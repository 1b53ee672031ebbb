"""What nodes of packs do to conditionings, pictures and files: what they import as `node_helpers`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import torch
from PIL import ImageFile, UnidentifiedImageError
from torch import Tensor
from torch.nn import functional


def conditioning_set_values(conditioning: Any, values: Mapping[str, Any] | None = None, append: bool = False) -> Any:
    """A CONDITIONING with further options; with `append`, lists are made longer instead of replaced."""
    changed: list[list[Any]] = []
    for tokens, options, *_ in conditioning:
        merged = dict(options)
        for key, value in (values or {}).items():
            before = merged.get(key)
            merged[key] = before + value if append and before is not None else value
        changed.append([tokens, merged])
    return changed


def pillow(fn: Callable[[Any], Any], arg: Any) -> Any:
    """Call a function of Pillow's, and once more more leniently if the file is cut off."""
    try:
        return fn(arg)
    except (OSError, UnidentifiedImageError, ValueError):
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            return fn(arg)
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def hasher() -> Callable[..., Any]:
    """The hash that files are told apart by."""
    return hashlib.sha256


def string_to_torch_dtype(string: str) -> torch.dtype | None:
    """A type by its short name; None for another one."""
    return {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}.get(string)


def image_alpha_fix(destination: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
    """Two pictures with as many channels each: the second is cut, or the first gets an opaque one."""
    if destination.shape[-1] < source.shape[-1]:
        source = source[..., : destination.shape[-1]]
    elif destination.shape[-1] > source.shape[-1]:
        source = functional.pad(source, (0, destination.shape[-1] - source.shape[-1]), value=1.0)
    return destination, source
