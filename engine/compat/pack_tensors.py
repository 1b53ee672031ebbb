"""What packs do to tensors by functions of `comfy.utils`: resizing, batches, tiles, tables of parameters."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.compat.pack_progress import ProgressBar
from engine.images.resize import ImageMethod, crop_to_aspect, resize

State = dict[str, Tensor]
_OURS = ("nearest-exact", "bilinear", "area", "bicubic", "lanczos", "bislerp")


def common_upscale(samples: Tensor, width: int, height: int, upscale_method: str, crop: str) -> Tensor:
    """Resize `[b c h w]`, or frames `[b c t h w]`; `crop` is `center` or anything else for none."""
    if samples.ndim == 5:
        b, c, t, h, w = samples.shape
        frames = samples.movedim(2, 1).reshape(b * t, c, h, w)
        frames = common_upscale(frames, width, height, upscale_method, crop)
        return frames.reshape(b, t, c, height, width).movedim(1, 2)
    if upscale_method in _OURS:
        method, how = cast("ImageMethod", upscale_method), "center" if crop == "center" else "disabled"
        return resize(samples, int(width), int(height), method, how)
    if crop == "center":
        samples = crop_to_aspect(samples, width, height)
    return functional.interpolate(samples, size=(height, width), mode=upscale_method)


def lanczos(samples: Tensor, width: int, height: int) -> Tensor:
    """Resize `[b c h w]` with Pillow's filter."""
    return resize(samples, width, height, "lanczos")


def bislerp(samples: Tensor, width: int, height: int) -> Tensor:
    """Resize latents `[b c h w]`, directions and lengths apart."""
    return resize(samples, width, height, "bislerp")


def repeat_to_batch_size(tensor: Tensor, batch_size: int, dim: int = 0) -> Tensor:
    """The first items along a dimension, starting over when they run out."""
    count = tensor.shape[dim]
    if count == batch_size:
        return tensor
    return tensor.index_select(dim, torch.arange(batch_size, device=tensor.device) % count)


def resize_to_batch_size(tensor: Tensor, batch_size: int) -> Tensor:
    """So many items evenly spread from the first to the last, blended from their neighbours."""
    count = len(tensor)
    if count == batch_size:
        return tensor
    if batch_size <= 1:
        return tensor[:batch_size]
    at = torch.linspace(0, count - 1, batch_size, dtype=torch.float64)
    low = at.floor().long().clamp(max=count - 1)
    high = (low + 1).clamp(max=count - 1)
    share = (at - low).to(tensor).reshape(-1, *[1] * (tensor.ndim - 1))
    return torch.lerp(tensor[low], tensor[high], share)


def reshape_mask(input_mask: Tensor, output_shape: Sequence[int]) -> Tensor:
    """A mask in the size and batch of latents of this shape, its one channel repeated for all of theirs."""
    mask = input_mask.reshape(-1, 1, *input_mask.shape[-2:])
    mask = functional.interpolate(mask, size=tuple(output_shape[-2:]), mode="bilinear")
    return repeat_to_batch_size(mask.expand(-1, output_shape[1], -1, -1), output_shape[0])


# -- tiles -----------------------------------------------------------------------------------------------------------


def get_tiled_scale_steps(width: int, height: int, tile_x: int, tile_y: int, overlap: int) -> int:
    """How many tiles `tiled_scale` needs."""
    return len(_starts(height, tile_y, overlap)) * len(_starts(width, tile_x, overlap))


def _starts(length: int, tile: int, overlap: int) -> list[int]:
    if length <= tile:
        return [0]
    return list(range(0, length - overlap, max(1, tile - overlap)))


def tiled_scale(
    samples: Tensor,
    function: Callable[[Tensor], Tensor],
    tile_x: int = 64,
    tile_y: int = 64,
    overlap: int = 8,
    upscale_amount: float = 4,
    out_channels: int = 3,
    output_device: torch.device | str = "cpu",
    pbar: ProgressBar | None = None,
) -> Tensor:
    """Apply a function that enlarges `[b c h w]`, tile by tile; overlaps fade into one another."""
    return tiled_scale_multidim(
        samples, function, (tile_y, tile_x), overlap, upscale_amount, out_channels, output_device, pbar=pbar
    )


def tiled_scale_multidim(
    samples: Tensor,
    function: Callable[[Tensor], Tensor],
    tile: Sequence[int] = (64, 64),
    overlap: int | Sequence[int] = 8,
    upscale_amount: float | Sequence[float] = 4,
    out_channels: int = 3,
    output_device: torch.device | str = "cpu",
    *,
    pbar: ProgressBar | None = None,
) -> Tensor:
    """As `tiled_scale`, for any number of dimensions after the channels."""
    dims = len(tile)
    overlaps = [overlap] * dims if isinstance(overlap, int) else list(overlap)
    factors = [upscale_amount] * dims if isinstance(upscale_amount, int | float) else list(upscale_amount)
    sides = samples.shape[2:]
    size = [round(side * factor) for side, factor in zip(sides, factors, strict=True)]
    results: list[Tensor] = []
    for sample in samples.split(1):
        summed = torch.zeros(1, out_channels, *size, device=output_device)
        weights = torch.zeros(1, 1, *size, device=output_device)
        starts = [_starts(side, extent, lap) for side, extent, lap in zip(sides, tile, overlaps, strict=True)]
        for corner in torch.cartesian_prod(*map(torch.tensor, starts)).reshape(-1, dims).tolist():
            begin = [max(0, min(at, side - extent)) for at, side, extent in zip(corner, sides, tile, strict=True)]
            piece_of = [slice(at, at + extent) for at, extent in zip(begin, tile, strict=True)]
            piece = function(sample[(..., *piece_of)]).to(summed)
            target = [
                slice(round(at * factor), round(at * factor) + length)
                for at, factor, length in zip(begin, factors, piece.shape[2:], strict=True)
            ]
            weight = _fade(piece.shape[2:], overlaps, factors).to(summed)
            summed[(..., *target)] += piece * weight
            weights[(..., *target)] += weight
            if pbar is not None:
                pbar.update(1)
        results.append(summed / weights)
    return torch.cat(results)


def _fade(shape: Sequence[int], overlaps: Sequence[int], factors: Sequence[float]) -> Tensor:
    """A weight for each pixel of a tile: 1, falling over the overlap to nearly 0."""
    weight = torch.ones(1, 1, *shape)
    for axis, (length, overlap, factor) in enumerate(zip(shape, overlaps, factors, strict=True)):
        distance = torch.arange(length, dtype=torch.float32) + 0.5
        distance = torch.minimum(distance, distance.flip(0)) / max(overlap * factor, 0.5)
        weight = weight * distance.clamp(max=1).reshape(-1, *[1] * (len(shape) - axis - 1))
    return weight


# -- tables of parameters --------------------------------------------------------------------------------------------


def calculate_parameters(sd: Mapping[str, Tensor], prefix: str = "") -> int:
    """How many numbers the tensors have whose names begin so."""
    return sum(tensor.nelement() for name, tensor in sd.items() if name.startswith(prefix))


def weight_dtype(sd: Mapping[str, Tensor], prefix: str = "") -> torch.dtype | None:
    """The type that most of those numbers have; None if there are none."""
    counts: dict[torch.dtype, int] = {}
    for name, tensor in sd.items():
        if name.startswith(prefix):
            counts[tensor.dtype] = counts.get(tensor.dtype, 0) + tensor.numel()
    return max(counts, key=lambda dtype: counts[dtype]) if counts else None


def state_dict_key_replace(state_dict: State, keys_to_replace: Mapping[str, str]) -> State:
    """Rename tensors in the table that is given."""
    for old, new in keys_to_replace.items():
        if old in state_dict:
            state_dict[new] = state_dict.pop(old)
    return state_dict


def state_dict_prefix_replace(state_dict: State, replace_prefix: Mapping[str, str], filter_keys: bool = False) -> State:
    """Rename tensors by what their names begin with; in another table if only those are wanted."""
    result: State = {} if filter_keys else state_dict
    for old, new in replace_prefix.items():
        for name in [name for name in state_dict if name.startswith(old)]:
            result[new + name[len(old) :]] = state_dict.pop(name)
    return result


def get_attr(obj: Any, attr: str) -> Any:
    """An attribute by a path with dots."""
    for name in attr.split("."):
        obj = getattr(obj, name)
    return obj


def set_attr(obj: Any, attr: str, value: Any) -> Any:
    """Set an attribute by a path with dots; returns what was there."""
    *path, name = attr.split(".")
    for part in path:
        obj = getattr(obj, part)
    before = getattr(obj, name)
    setattr(obj, name, value)
    return before


def set_attr_param(obj: Any, attr: str, value: Tensor) -> Any:
    """Set a parameter by a path with dots; returns what was there."""
    return set_attr(obj, attr, nn.Parameter(value, requires_grad=False))


def copy_to_param(obj: Any, attr: str, value: Tensor) -> None:
    """Write values into a parameter that is there."""
    get_attr(obj, attr).data.copy_(value)


def string_to_seed(data: str | bytes) -> int:
    """A number that stands for a text."""
    return zlib.crc32(data.encode() if isinstance(data, str) else data)


def module_size(module: nn.Module) -> int:
    """Bytes of a module's parameters and buffers."""
    return sum(tensor.nbytes for tensor in module.state_dict().values())
