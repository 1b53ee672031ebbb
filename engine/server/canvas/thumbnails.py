"""Thumbnails of pictures: WebP, made once and kept below the user directory (in memory only: below `temp`).

The name of a thumbnail says which file it is of and when that was changed, so that an outdated one is never shown.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from engine.errors import FileError
from engine.files import write_whole
from engine.images.frames import read_first_frame
from engine.server.canvas.gallery import Item
from engine.server.files import as_pillow, encode_picture, reduce_picture
from engine.server.work import Body, Known, Work

_QUALITY = 82


def thumbnail_of(directory: Path, item: Item, size: int) -> Path:
    """Where the thumbnail of a file is kept, once it is made."""
    name = hashlib.sha256(f"{item.name}\0{item.modified_ns}\0{item.size}".encode()).hexdigest()[:40]
    return directory / str(size) / name[:2] / f"{name}.webp"


def find_thumbnail(target: Path) -> bytes | None:
    """A thumbnail that was made before; None if it was not."""
    with suppress(OSError):
        return target.read_bytes()
    return None


class MakeThumbnail(Work[bytes], frozen=True, kw_only=True):
    """The thumbnail of a picture, made and kept. A disk that is full keeps nobody from seeing it.

    Attributes:
        path: The picture.
        target: As `thumbnail_of` gave it.
        size: Its longest side, in pixels.
    """

    uses_files: ClassVar[bool] = True
    path: str
    target: str
    size: int

    def do(self, known: Known, body: Body) -> bytes:
        """See above.

        Raises:
            FileError: It is no picture, damaged or too large.
        """
        del body
        picture = as_pillow(read_first_frame(Path(self.path), known.settings.max_image_pixels))
        reduce_picture(picture, self.size)
        data = encode_picture(picture, "WEBP", _QUALITY)
        with suppress(FileError):
            write_whole(Path(self.target), lambda file: file.write(data))
        return data
