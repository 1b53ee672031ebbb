"""Settings: where things are and how much may be used. Frozen; made once by whoever composes the program.

Holds no logic but defaults. No torch: a device is named by text ("auto", "cpu", "cuda:0") and resolved in
`engine.memory.device`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

GIB = 2**30
DTypeName = Literal["auto", "float32", "float16", "bfloat16"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Directories, device, budgets and limits of one engine.

    Attributes:
        base_directory: Holds `models/ input/ output/ temp/ user/ custom_nodes/` unless one is given by itself.
        models_directory: Model files, one folder a kind (`checkpoints`, `vae`, `loras`, ...).
        extra_model_directories: More directories by kind, searched after those below `models_directory`.
        device: "auto", "cpu", "cuda" or "cuda:N".
        dtype: What networks compute in; "auto" chooses by device.
        cache_bytes: Budget for cached outputs on each device; None means a quarter of what the device has.
        host_cache_bytes: Budget for cached outputs that were moved off their device.
        max_image_pixels: The largest image, width x height x batch, that a node may make or read.
        max_workflow_bytes: The largest workflow file that is read.
        save_metadata: Whether saved images carry the workflow that made them.
        preview_size: Longest side of a preview in pixels.
    """

    base_directory: Path = field(default_factory=lambda: Path(__file__).resolve().parent.parent)
    models_directory: Path | None = None
    input_directory: Path | None = None
    output_directory: Path | None = None
    temp_directory: Path | None = None
    user_directory: Path | None = None
    extra_model_directories: Mapping[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])
    device: str = "auto"
    dtype: DTypeName = "auto"
    cache_bytes: int | None = None
    host_cache_bytes: int = 4 * GIB
    max_image_pixels: int = 2**28
    max_workflow_bytes: int = 64 * 2**20
    save_metadata: bool = True
    preview_size: int = 512

    def directory(self, name: Literal["models", "input", "output", "temp", "user"]) -> Path:
        """The absolute path of one of the directories, given by itself or below `base_directory`."""
        given: Path | None = getattr(self, f"{name}_directory")
        return (given or self.base_directory / name).absolute()

    def model_directories(self, kind: str) -> tuple[Path, ...]:
        """Every directory that may hold model files of this kind, in order of preference."""
        return (self.directory("models") / kind, *self.extra_model_directories.get(kind, ()))
