"""FileList: the names of files of a folder that still know which folder they are from.

Packs build choices at import or in `INPUT_TYPES`: `folder_paths.get_filename_list("loras")`, often with `["None"] +`
before it. As a `FileList` these become "any file of that folder", looked up when it matters, instead of a frozen list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, SupportsIndex


class FileList(list[str]):
    """A list of names.

    Args:
        names: The files that are there now.
        folder: Their folder, as `ModelFile` names it.
        extra: Names that were put before or behind them.
    """

    def __init__(self, names: Iterable[str], folder: str, extra: Iterable[str] = ()) -> None:
        self.folder = folder
        self.extra = list(extra)
        super().__init__(names)

    def __add__(self, other: Any) -> FileList:
        return FileList([*self, *other], self.folder, [*self.extra, *other])

    def __radd__(self, other: Any) -> FileList:
        return FileList([*other, *self], self.folder, [*other, *self.extra])

    def insert(self, index: SupportsIndex, value: str, /) -> None:
        """As of a list; the name is one more choice."""
        self.extra.append(value)
        super().insert(index, value)

    def append(self, value: str, /) -> None:
        """As of a list; the name is one more choice."""
        self.extra.append(value)
        super().append(value)

    def copy(self) -> FileList:
        """As of a list."""
        return FileList(self, self.folder, self.extra)
