"""Files of tensors as packs read and write them, wherever they are. Nothing in a pickle is ever run."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import FileError
from engine.files import write_whole
from engine.models.pickle_file import load_plain, looks_like_pickle
from engine.models.tensor_file import SafetensorsFile

_LENGTH_BYTES = 8


def load_torch_file(
    ckpt: str | os.PathLike[str],
    safe_load: bool = False,
    device: torch.device | str | None = None,
    return_metadata: bool = False,
) -> Any:
    """The tensors of a file by name, in the types that they are stored in.

    Args:
        ckpt: A `.safetensors` file, or a pickle that `torch.save` wrote; of the latter, what is in `state_dict` if it
            is there.
        safe_load: Pickles are always read so that nothing in them is run.
        device: Where the tensors are to be; host memory if not given.
        return_metadata: Give what the file says about itself, too.

    Raises:
        CheckpointError: if it is not there, damaged, or a pickle of more than tensors in plain containers.
    """
    del safe_load
    path = Path(ckpt)
    metadata: Mapping[str, str] | None = None
    if looks_like_pickle(path):
        content = load_plain(path)
        state: Any = content.get("state_dict", content)
        state = _move(state, device)
    else:
        from safetensors.torch import load_file

        metadata = SafetensorsFile(path).metadata  # checks the header, byte by byte
        state = load_file(path, device=str(device or "cpu"))
    return (state, dict(metadata) if metadata else None) if return_metadata else state


def _move(value: Any, device: torch.device | str | None) -> Any:
    """The same containers with tensors that the pack may write to."""
    if isinstance(value, Tensor):
        return value.to(device or "cpu", copy=True)
    if isinstance(value, dict):
        return {key: _move(item, device) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_move(item, device) for item in value)
    return value


def save_torch_file(sd: Mapping[str, Tensor], ckpt: str | os.PathLike[str], metadata: Any = None) -> None:
    """Write tensors to a `.safetensors` file, whole or not at all.

    Raises:
        FileError: if it cannot be written.
    """
    from safetensors.torch import save

    content = save({name: tensor.contiguous() for name, tensor in sd.items()}, metadata)
    write_whole(Path(ckpt), lambda file: file.write(content))


def safetensors_header(safetensors_path: str | os.PathLike[str], max_size: int = 100 * 2**20) -> bytes | None:
    """The header of a `.safetensors` file; None if it is larger than that.

    Raises:
        FileError: if the file cannot be read.
    """
    try:
        with open(safetensors_path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(_LENGTH_BYTES))
            return None if length > max_size else file.read(length)
    except (OSError, struct.error) as error:
        raise FileError(f"{os.fspath(safetensors_path)!r} has no header: {error}.") from error
