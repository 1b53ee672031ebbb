"""Files of tensors that `torch.save` wrote: `.ckpt`, `.pt`, `.pth`, `.bin`.

They are pickles, which can run any program when they are read. So they are read in one way only: by torch's
restricted unpickler (`weights_only`), which builds tensors and plain containers and nothing else. A file that needs
more is refused; there is no switch that would change this.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from engine.errors import CheckpointError
from engine.models.tensor_file import TensorInfo

ZIP_MAGIC = b"PK\x03\x04"
PICKLE_MAGICS = (ZIP_MAGIC, b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
"""Torch's archives, which have a pickle inside, and bare pickles."""
ADVICE = "Only plain tensors are read from pickles; convert the file to .safetensors with a program that you trust."

# What the unpickler raises for a file that is damaged or made to do harm.
UNREADABLE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class PickleFile:
    """The tensors of a file that `torch.save` wrote, mapped into memory.

    Args:
        path: The file.

    Raises:
        CheckpointError: If it holds anything but tensors in plain containers, or is damaged. Nothing in it is run.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metadata: Mapping[str, str] = {}
        content = load_plain(path)
        state: Any = content.get("state_dict", content)
        if not isinstance(state, dict):
            raise CheckpointError(path, "its 'state_dict' must be a table of tensors.")
        self._tensors = {
            name: value for name, value in cast(dict[Any, Any], state).items() if _is_plain_tensor(name, value)
        }
        self.tensors: Mapping[str, TensorInfo] = {
            name: TensorInfo(tensor.dtype, tuple(tensor.shape)) for name, tensor in self._tensors.items()
        }

    def read(self, names: Iterable[str], dtype: torch.dtype) -> dict[str, Tensor]:
        """The tensors of these names, in host memory; not to be written to.

        Those that are stored in `dtype` are views of the file, the others are converted; the pages that were read
        for that stay with the process until the system wants them.

        Raises:
            CheckpointError: If whole numbers are where weights are expected.
        """
        tensors: dict[str, Tensor] = {}
        for name in names:
            tensor = self._tensors[name]
            if not tensor.is_floating_point():
                raise CheckpointError(
                    self.path, f"tensor {name!r} holds {tensor.dtype}, weights must be floating point."
                )
            tensors[name] = tensor.to(dtype).contiguous()
        return tensors


def looks_like_pickle(path: Path) -> bool:
    """Whether a file begins as those of `torch.save` do, of any time. Nothing is unpickled.

    Raises:
        CheckpointError: If the file cannot be read.
    """
    start = _read_start(path)
    # A .safetensors file has its header's length there, and then the header's first bracket.
    return start.startswith(PICKLE_MAGICS) and start[8:9] != b"{"


def _read_start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(9)
    except OSError as error:
        raise CheckpointError(path, f"cannot be read: {error.strerror or error}.") from error


def load_plain(path: Path) -> dict[Any, Any]:
    """All that a file holds: tensors in plain containers, mapped into memory; not to be written to.

    Raises:
        CheckpointError: As `PickleFile`.
    """
    if not _read_start(path).startswith(ZIP_MAGIC):
        raise CheckpointError(path, f"is a pickle of the time before torch 1.6, which is not read. {ADVICE}")
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(path, f"holds more than tensors, and was not run. {ADVICE}") from error
    except UNREADABLE as error:
        raise CheckpointError(path, f"is damaged, or not a file that torch saved. {ADVICE}") from error
    if not isinstance(content, dict):
        raise CheckpointError(path, f"must hold a table of tensors, but holds {type(content).__name__}. {ADVICE}")
    return cast(dict[Any, Any], content)


def _is_plain_tensor(name: Any, value: Any) -> bool:
    """Whether an entry is a tensor that is all there: a few stored numbers can pose as any shape."""
    return (
        isinstance(name, str)
        and isinstance(value, Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and value.numel() * value.itemsize <= value.untyped_storage().nbytes()
    )
