"""Several files as one ZIP archive, made while it is sent: nobody waits for it, and it is never whole in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_READ_AT_ONCE = 2**20


class _Sink:
    """Collects what is written until it is taken."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes, /) -> int:
        self._data += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        data, self._data = bytes(self._data), bytearray()
        return data


def archive_parts(files: list[tuple[str, Path]]) -> Iterator[bytes]:
    """The archive piece by piece.

    Args:
        files: Names in the archive, and where the files are. Pictures are packed already, so all are stored as they
            are; one that goes away meanwhile is left out.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, path in files:
            with suppress(OSError), path.open("rb") as source:
                entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
                with archive.open(entry, "w", force_zip64=True) as target:
                    while data := source.read(_READ_AT_ONCE):
                        target.write(data)
                        yield sink.take()
    yield sink.take()
