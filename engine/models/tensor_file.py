"""Files of named tensors: what is in them is known at once, the numbers are read when they are asked for.

`.safetensors` files are checked here, byte by byte of their header, before anything else happens, and then mapped
into memory: tensors whose type is wanted are views of the mapping, others are read and converted piece by piece. So
loading never holds a second copy. What the tensors mean is not known here.
Source: the format's description, github.com/huggingface/safetensors (README, "Format").
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Mapping
from io import BufferedReader
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeGuard, cast

import torch
from torch import Tensor

from engine.errors import CheckpointError
from engine.models.tensor_header import read_header, take_metadata

MAX_AXES = 16
CHUNK_BYTES = 2**20
"""How much is converted at a time; what has been read is not kept."""

DTYPES: Mapping[str, torch.dtype] = {
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "I16": torch.int16,
    "I32": torch.int32,
    "I64": torch.int64,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F32": torch.float32,
    "F64": torch.float64,
}


class TensorInfo(NamedTuple):
    """A tensor that has not been read."""

    dtype: torch.dtype
    shape: tuple[int, ...]


class TensorFile(Protocol):
    """A file of named tensors, whatever its format."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def tensors(self) -> Mapping[str, TensorInfo]:
        """What it holds."""
        ...

    @property
    def metadata(self) -> Mapping[str, str]:
        """What it says about itself."""
        ...

    def read(self, names: Iterable[str], dtype: torch.dtype) -> dict[str, Tensor]:
        """The tensors of these names in a floating type, in host memory; not to be written to."""
        ...


class Span(NamedTuple):
    """Where a tensor's bytes are in the file."""

    begin: int
    end: int


class SafetensorsFile:
    """A `.safetensors` file whose header has been checked.

    Args:
        path: The file.

    Raises:
        CheckpointError: If the file is not there, is cut off, or has a header that is wrong in any way.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._identity = _identify(file)
                header, data_begin, size = read_header(path, file)
        except OSError as error:
            raise CheckpointError(path, f"cannot be read: {error.strerror or error}.") from error
        self.metadata: Mapping[str, str] = take_metadata(path, header)
        entries = {name: _read_entry(path, name, entry, size - data_begin) for name, entry in header.items()}
        _check_overlaps(path, entries)
        self.tensors: Mapping[str, TensorInfo] = {name: info for name, (info, _) in entries.items()}
        self._spans = {name: Span(data_begin + s.begin, data_begin + s.end) for name, (_, s) in entries.items()}

    def read(self, names: Iterable[str], dtype: torch.dtype) -> dict[str, Tensor]:
        """The tensors of these names, in host memory; not to be written to.

        Those that are stored in `dtype` are views of the file, which is read when they are used; the others are
        converted here.

        Raises:
            CheckpointError: If the file has changed since it was opened, or holds whole numbers where weights are
                expected.
        """
        try:
            with self.path.open("rb") as file:
                if _identify(file) != self._identity:
                    raise CheckpointError(self.path, "has changed since it was opened.")
                # A private mapping can be written to without touching the file, which torch wants of its buffers.
                mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
                return {name: self._read_one(file, mapping, name, dtype) for name in names}
        except (OSError, ValueError) as error:
            raise CheckpointError(self.path, f"cannot be read: {error}.") from error

    def _read_one(self, file: BufferedReader, mapping: mmap.mmap, name: str, dtype: torch.dtype) -> Tensor:
        info, span = self.tensors[name], self._spans[name]
        if not info.dtype.is_floating_point:
            raise CheckpointError(self.path, f"tensor {name!r} holds {info.dtype}, weights must be floating point.")
        if span.begin == span.end:
            return torch.empty(info.shape, dtype=dtype)
        count = prod(info.shape)
        if info.dtype == dtype and span.begin % dtype.itemsize == 0:
            return torch.frombuffer(mapping, dtype=dtype, count=count, offset=span.begin).reshape(info.shape)
        converted = torch.empty(count, dtype=dtype)
        file.seek(span.begin)
        step = CHUNK_BYTES // info.dtype.itemsize
        for start in range(0, count, step):
            raw = bytearray(min(step, count - start) * info.dtype.itemsize)
            if file.readinto(raw) != len(raw):
                raise CheckpointError(self.path, "was cut off while it was read.")
            converted[start : start + step] = torch.frombuffer(raw, dtype=info.dtype)
        return converted.reshape(info.shape)


def _identify(file: BinaryIO) -> tuple[int, int, int]:
    """What changes if a file is replaced or written to."""
    status = os.fstat(file.fileno())
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read_entry(path: Path, name: str, entry: Any, data_size: int) -> tuple[TensorInfo, Span]:
    """One tensor's line of the header, checked against the bytes that follow the header."""

    def damaged(reason: str) -> CheckpointError:
        return CheckpointError(path, f"its header is damaged: tensor {name[:100]!r} {reason}.")

    if not isinstance(entry, dict):
        raise damaged("must be described by an object")
    fields = cast(dict[str, Any], entry)
    dtype = DTYPES.get(dtype_name := str(fields.get("dtype")))
    if dtype is None:
        raise damaged(f"has the type {dtype_name[:40]!r}, known are {', '.join(DTYPES)}")
    shape, offsets = fields.get("shape"), fields.get("data_offsets")
    if not _is_whole_numbers(shape) or len(shape) > MAX_AXES:
        raise damaged(f"must have a shape of at most {MAX_AXES} whole numbers")
    if not _is_whole_numbers(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise damaged("must have two data_offsets, begin and end")
    begin, end = offsets
    needed = prod(shape) * dtype.itemsize
    if end - begin != needed:
        raise damaged(f"of shape {shape} and type {dtype_name} takes {needed} bytes, but {end - begin} are set aside")
    if end > data_size:
        raise CheckpointError(
            path, f"is cut off: tensor {name[:100]!r} ends at byte {end} of the data, of which there are {data_size}."
        )
    return TensorInfo(dtype, tuple(shape)), Span(begin, end)


def _is_whole_numbers(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in cast(list[Any], value))


def _check_overlaps(path: Path, entries: Mapping[str, tuple[TensorInfo, Span]]) -> None:
    by_place = sorted((span, name) for name, (_, span) in entries.items())
    for ((_, end), name), ((begin, _), after) in pairwise(by_place):
        if begin < end:
            raise CheckpointError(
                path, f"its header is damaged: tensors {name[:100]!r} and {after[:100]!r} overlap in the file."
            )
