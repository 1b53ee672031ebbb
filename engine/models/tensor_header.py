"""The header of `.safetensors` files: what they hold and what they say about themselves. No torch, no tensor is read.

Source: the format's description, github.com/huggingface/safetensors (README, "Format").
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO, cast

from engine.errors import CheckpointError

MAX_HEADER_BYTES = 16 * 2**20
"""Forty times what SDXL needs; more is an attack, or another format."""

NOT_SAFETENSORS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "it is a Git LFS pointer: the file itself was not downloaded"),
    (b"<", "it is a web page: the download went wrong"),
    (b"{", "it is a JSON text"),
    (b"GGUF", "it is a GGUF file, which is not read"),
    (b"\x80", "it is a pickle"),
    (b"PK", "it is a zip archive"),
)
"""How a file begins that is often taken for this format, and what it is."""


def read_header(path: Path, file: BinaryIO, max_bytes: int = MAX_HEADER_BYTES) -> tuple[dict[str, Any], int, int]:
    """The header's JSON object, where the tensors begin, and the file's size.

    Raises:
        CheckpointError: if the file is cut off, its header is damaged or longer than `max_bytes`.
        OSError: if it cannot be read.
    """
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(8)
    if size == 0:
        raise CheckpointError(path, "is empty.")
    if size < 8:
        raise CheckpointError(path, f"is cut off: it has {size} bytes, a .safetensors file has at least 10.")
    length = int.from_bytes(start, "little")
    if length > min(max_bytes, size - 8) or length < 2:
        start += file.read(24)
        guess = next((f"; {words}" for begin, words in NOT_SAFETENSORS if start.startswith(begin)), "")
        raise CheckpointError(
            path,
            f"is cut off or not a .safetensors file: its header would be {length} bytes long; the file has "
            f"{size}, and headers have 2 to {max_bytes}{guess}.",
        )
    text = file.read(length)
    try:
        header: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(path, f"its header is damaged: it must be JSON, but: {error}.") from error
    if not isinstance(header, dict):
        raise CheckpointError(path, "its header is damaged: it must be a JSON object.")
    return cast(dict[str, Any], header), 8 + length, size


def take_metadata(path: Path, header: dict[str, Any]) -> dict[str, str]:
    """Take what the file says about itself out of its header; what is no text is left out.

    Raises:
        CheckpointError: if it is not a JSON object.
    """
    metadata: Any = header.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict):
        raise CheckpointError(path, "its header is damaged: '__metadata__' must be an object.")
    return {str(key): value for key, value in cast(dict[Any, Any], metadata).items() if isinstance(value, str)}
