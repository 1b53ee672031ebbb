"""`comfy_api.latest.ui`: what nodes show."""

from engine.compat.v3_io import FolderType
from engine.compat.v3_ui import (
    AudioSaveHelper,
    ImageSaveHelper,
    PreviewAudio,
    PreviewImage,
    PreviewMask,
    PreviewText,
    PreviewUI3D,
    PreviewVideo,
    SavedAudios,
    SavedImages,
    SavedResult,
)

__all__ = [
    "AudioSaveHelper",
    "FolderType",
    "ImageSaveHelper",
    "PreviewAudio",
    "PreviewImage",
    "PreviewMask",
    "PreviewText",
    "PreviewUI3D",
    "PreviewVideo",
    "SavedAudios",
    "SavedImages",
    "SavedResult",
]
