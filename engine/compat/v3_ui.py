"""What nodes of the newer kind show: `ui.PreviewImage(images)`, `ui.SavedImages(...)`, and what saves it first."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from torch import Tensor

from engine.compat.host import current_host, current_run
from engine.compat.not_offered import refuse
from engine.files import Folder, write_numbered
from engine.images.codec import encode_apng, encode_png, encode_webp
from engine.images.pixels import as_masks


class SavedResult(dict[str, Any]):
    """A file as the canvas names it."""

    def __init__(self, filename: str, subfolder: str, type: Any) -> None:  # noqa: A002  (the packs' name)
        super().__init__(filename=filename, subfolder=subfolder, type=str(getattr(type, "value", type)))

    @property
    def filename(self) -> str:
        """Without its folder."""
        return self["filename"]

    @property
    def subfolder(self) -> str:
        """Relative to the directory of its type."""
        return self["subfolder"]

    @property
    def type(self) -> str:
        """`input`, `output` or `temp`."""
        return self["type"]


class Shown:
    """What a node shows, by key."""

    def __init__(self, **lists: Any) -> None:
        self.values: dict[str, Any] = lists

    def as_dict(self) -> Mapping[str, Any]:
        """Lists by key."""
        return self.values


class SavedImages(Shown):
    """Pictures that were saved."""

    def __init__(self, results: Iterable[Any], is_animated: bool = False) -> None:
        self.results = list(results)
        super().__init__(images=self.results, **({"animated": (True,)} if is_animated else {}))


class SavedAudios(Shown):
    """Sounds that were saved."""

    def __init__(self, results: Iterable[Any]) -> None:
        self.results = list(results)
        super().__init__(audio=self.results)


class PreviewImage(Shown):
    """Pictures that are shown and not kept."""

    def __init__(self, image: Tensor, animated: bool = False, cls: Any = None, **_: Any) -> None:
        del cls
        name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(5))
        self.results = ImageSaveHelper.save_images(image, f"preview_{name}", "temp", compress_level=1)
        super().__init__(images=self.results, animated=(animated,))


class PreviewMask(PreviewImage):
    """A mask that is shown and not kept."""

    def __init__(self, mask: Tensor, animated: bool = False, cls: Any = None, **others: Any) -> None:
        super().__init__(as_masks(mask).unsqueeze(-1).expand(-1, -1, -1, 3), animated, cls, **others)


class PreviewText(Shown):
    """A text that is shown."""

    def __init__(self, value: str, **_: Any) -> None:
        super().__init__(text=(value,))


class PreviewUI3D(Shown):
    """A model of three dimensions that is shown."""

    def __init__(self, model_file: Any, camera_info: Any = None, **_: Any) -> None:
        super().__init__(result=[model_file, camera_info])


class PreviewVideo(Shown):
    """Videos that were written and are shown."""

    def __init__(self, values: Iterable[Any], **_: Any) -> None:
        super().__init__(images=list(values), animated=(True,))


class PreviewAudio(Shown):
    """Sounds are not offered yet."""

    def __init__(self, *_: Any, **__: Any) -> None:
        refuse("comfy_api ui.PreviewAudio")


class ImageSaveHelper:
    """Saves pictures with the workflow that made them."""

    @staticmethod
    def save_images(
        images: Tensor, filename_prefix: str, folder_type: Any, cls: Any = None, compress_level: int = 4
    ) -> list[SavedResult]:
        """Save each picture `[b h w c]` as PNG."""
        del cls
        texts = _texts()
        contents = (encode_png(image, texts, compress_level=compress_level) for image in images)
        return _write(filename_prefix, folder_type, ".png", contents, images)

    @staticmethod
    def get_save_images_ui(
        images: Tensor, filename_prefix: str, cls: Any = None, compress_level: int = 4
    ) -> SavedImages:
        """Save pictures in the output directory and show them."""
        return SavedImages(ImageSaveHelper.save_images(images, filename_prefix, "output", cls, compress_level))

    @staticmethod
    def save_animated_png(
        images: Tensor, filename_prefix: str, folder_type: Any, cls: Any, fps: float, compress_level: int
    ) -> SavedResult:
        """Save frames as one animated PNG."""
        del cls
        content = encode_apng(images, _texts(), fps=fps, compress_level=compress_level)
        return _write(filename_prefix, folder_type, ".png", [content], images)[0]

    @staticmethod
    def get_save_animated_png_ui(
        images: Tensor, filename_prefix: str, cls: Any, fps: float, compress_level: int
    ) -> SavedImages:
        """Save frames in the output directory and show them."""
        saved = ImageSaveHelper.save_animated_png(images, filename_prefix, "output", cls, fps, compress_level)
        return SavedImages([saved], is_animated=True)

    @staticmethod
    def save_animated_webp(
        images: Tensor,
        filename_prefix: str,
        folder_type: Any,
        cls: Any,
        fps: float,
        lossless: bool,
        quality: int,
        method: int,
    ) -> SavedResult:
        """Save frames as one animated WebP."""
        del cls
        content = encode_webp(images, _texts(), fps=fps, lossless=lossless, quality=quality, method=method)
        return _write(filename_prefix, folder_type, ".webp", [content], images)[0]

    @staticmethod
    def get_save_animated_webp_ui(
        images: Tensor, filename_prefix: str, cls: Any, fps: float, lossless: bool, quality: int, method: int
    ) -> SavedImages:
        """Save frames in the output directory and show them."""
        saved = ImageSaveHelper.save_animated_webp(
            images, filename_prefix, "output", cls, fps, lossless, quality, method
        )
        return SavedImages([saved], is_animated=True)


class AudioSaveHelper:
    """Sounds are not offered yet."""

    @staticmethod
    def save_audio(*_: Any, **__: Any) -> NoReturn:
        """Not offered."""
        refuse("comfy_api ui.AudioSaveHelper.save_audio")

    get_save_audio_ui = save_audio


def _texts() -> dict[str, Any]:
    """The workflow, as saved files carry it."""
    running = current_run()
    if running is None or not running.host.settings.save_metadata:
        return {}
    return {"prompt": running.context.prompt, **running.context.extra_pnginfo}


def _write(
    prefix: str, folder_type: Any, suffix: str, contents: Iterable[bytes] | Iterator[bytes], images: Tensor
) -> list[SavedResult]:
    kind: Folder = getattr(folder_type, "value", folder_type)
    height, width = images.shape[1:3]
    directory = current_host().settings.directory(kind)
    saved = write_numbered(directory, prefix, suffix, contents, width=width, height=height)
    return [SavedResult(file.filename, file.subfolder, kind) for file in saved]
