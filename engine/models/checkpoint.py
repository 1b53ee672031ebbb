"""Checkpoints: a file of weights, opened without reading them, and the networks that can be loaded from it.

`open_checkpoint` looks at names and shapes only. Each `load_...` builds its network without memory (`meta`) and then
gives it the file's tensors; see `tensor_file` for why that is no second copy. Which layouts are known is data in
`detect`; on which device and in which type a network computes is decided in `engine.memory`.
"""

from __future__ import annotations

import gc
import json
import logging
import stat
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import torch
from torch import nn

from engine.errors import CheckpointError
from engine.models import detect
from engine.models.config import ClipTextConfig, UNetConfig, VAEConfig
from engine.models.detect import LAYOUTS, PartName, Shapes
from engine.models.pickle_file import PickleFile, looks_like_pickle
from engine.models.preview import SD1_LATENTS, SDXL_LATENTS, LatentFormat
from engine.models.tensor_file import SafetensorsFile, TensorFile, TensorInfo
from engine.models.unet import UNet
from engine.models.vae import AutoencoderKL

if TYPE_CHECKING:
    from engine.models.clip import ClipTextEncoder

Parametrization = Literal["eps", "v"]
Config = TypeVar("Config")
Network = TypeVar("Network", bound=nn.Module)

logger = logging.getLogger(__name__)

NAMED = 4
"""How many tensors an error names."""

PREDICTION_TYPES: Mapping[str, Parametrization] = {"epsilon": "eps", "eps": "eps", "v": "v", "v_prediction": "v"}
"""Values of `modelspec.prediction_type`, which newer files carry."""
V_PREDICTION_KEY = "v_pred"
"""An empty tensor of this name marks fine-tunes of SDXL that predict the velocity."""
V_CONTEXT_DIM = 1024
"""Stable Diffusion 2: its 768-pixel model predicts the velocity, its 512-pixel model the noise; shapes do not tell."""
SDXL_CONTEXT_DIMS = frozenset({2048, 1280})
LATENT_RGB_KEY = "latent_rgb"
"""Metadata by which a file brings its own preview: a colour for each latent channel, then that of zero, in JSON."""


def open_checkpoint(path: str | Path) -> Checkpoint:
    """Open a file of weights; reads names and shapes, no tensor.

    Args:
        path: A `.safetensors` file, or a pickle that `torch.save` wrote. The content decides, not the name.

    Raises:
        CheckpointError: If it is not there or cannot be read; a pickle that holds more than tensors is refused.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CheckpointError(path, "there is no such file.") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(path, f"cannot be read: {error}.") from error
    if stat.S_ISDIR(mode):
        raise CheckpointError(path, "is a directory, not a file of weights.")
    if not stat.S_ISREG(mode):
        raise CheckpointError(path, "is not a regular file.")
    return Checkpoint(PickleFile(path) if looks_like_pickle(path) else SafetensorsFile(path))


class Checkpoint:
    """The networks in a file of weights. Any of them may be missing.

    Args:
        file: The open file.
    """

    def __init__(self, file: TensorFile) -> None:
        self._file = file
        self.path: Path = file.path
        self.tensors: Mapping[str, TensorInfo] = file.tensors
        self.metadata: Mapping[str, str] = file.metadata

    @cached_property
    def parts(self) -> tuple[PartName, ...]:
        """The networks that are there."""
        return tuple(part for part in LAYOUTS if detect.find_prefix(part, self.tensors) is not None)

    @cached_property
    def unet_config(self) -> UNetConfig:
        """The shape of the UNet. Raises `CheckpointError` if there is none that is known."""
        return self._detect("unet", detect.detect_unet)

    @cached_property
    def vae_config(self) -> VAEConfig:
        """The shape of the autoencoder. Raises `CheckpointError` if there is none that is known."""
        return self._detect("vae", detect.detect_vae)

    @cached_property
    def clip_config(self) -> ClipTextConfig:
        """The shape of the text encoder. Raises `CheckpointError` if there is none that is known."""
        return self._detect("clip", detect.detect_clip)

    @property
    def parametrization(self) -> Parametrization:
        """What the UNet predicts: as the file says; if it does not, a guess from the family it belongs to."""
        stated = PREDICTION_TYPES.get(self.metadata.get("modelspec.prediction_type", "").lower())
        if stated is not None:
            return stated
        is_velocity = V_PREDICTION_KEY in self.tensors or self.unet_config.context_dim == V_CONTEXT_DIM
        return "v" if is_velocity else "eps"

    @property
    def latent_format(self) -> LatentFormat:
        """The scale of the latents and how to preview them. Files without UNet count as Stable Diffusion 1."""
        is_sdxl = "unet" in self.parts and self.unet_config.context_dim in SDXL_CONTEXT_DIMS
        family = SDXL_LATENTS if is_sdxl else SD1_LATENTS
        if LATENT_RGB_KEY not in self.metadata:
            return family
        try:
            *rows, offset = (tuple(map(float, row)) for row in json.loads(self.metadata[LATENT_RGB_KEY]))
            return replace(family, rgb=tuple(rows), rgb_offset=offset)
        except (ValueError, TypeError, RecursionError) as error:
            logger.warning("%s: the preview table in its metadata is not used: %s", self.path, error)
            return family

    def stored_dtype(self, part: PartName) -> torch.dtype:
        """The type that most of a network's numbers are stored in.

        Raises:
            CheckpointError: If the network is not there.
        """
        sizes: Counter[torch.dtype] = Counter()
        for name in self._names(part).values():
            sizes[self.tensors[name].dtype] += prod(self.tensors[name].shape)
        return sizes.most_common(1)[0][0]

    def parameter_count(self, part: PartName) -> int:
        """How many numbers a network has.

        Raises:
            CheckpointError: If the network is not there.
        """
        return sum(prod(self.tensors[name].shape) for name in self._names(part).values())

    def load_unet(self, dtype: torch.dtype) -> UNet:
        """The UNet in host memory, in eval mode, without gradients.

        Tensors that are stored in `dtype` are views of the file: they must not be written to, and the file must not
        be changed while they are in use (replacing it is harmless).

        Raises:
            CheckpointError: If there is none, or tensors are missing, too many, or of a wrong shape.
        """
        return self._load("unet", lambda: UNet(self.unet_config), dtype)

    def load_vae(self, dtype: torch.dtype) -> AutoencoderKL:
        """The autoencoder; otherwise as `load_unet`."""
        return self._load("vae", lambda: AutoencoderKL(self.vae_config), dtype)

    def load_clip(self, dtype: torch.dtype) -> ClipTextEncoder:
        """The text encoder; otherwise as `load_unet`."""
        encoder = _import_text_encoder()
        return self._load("clip", lambda: encoder(self.clip_config), dtype)

    def _names(self, part: PartName) -> dict[str, str]:
        """The names in the file of a network's tensors, by their keys in the published layout, without prefix."""
        prefix = detect.find_prefix(part, self.tensors)
        if prefix is None:
            layout = LAYOUTS[part]
            expected = f"no tensor {layout.prefixes[0] + layout.sign!r}"
            raise CheckpointError(
                self.path, f"has no {layout.title}: {expected}. It holds {detect.describe(self.tensors)}."
            )
        names = {name.removeprefix(prefix): name for name in self.tensors if name.startswith(prefix)}
        return {key: name for key, name in names.items() if not detect.is_ignored(key)}

    def _detect(self, part: PartName, detect_config: Callable[[Shapes], Config]) -> Config:
        shapes = {key: self.tensors[name].shape for key, name in self._names(part).items()}
        try:
            return detect_config(shapes)
        except ValueError as error:
            raise CheckpointError(self.path, f"its {LAYOUTS[part].title} is of no known shape: {error}.") from error

    def _load(self, part: PartName, make: Callable[[], Network], dtype: torch.dtype) -> Network:
        with torch.device("meta"):
            network = make()
        prefix = LAYOUTS[part].module_prefix
        names = {prefix + key: name for key, name in self._names(part).items()}
        self._check(part, {key: tuple(value.shape) for key, value in network.state_dict().items()}, names)
        tensors = self._file.read(names.values(), dtype)
        network.load_state_dict({key: tensors[name] for key, name in names.items()}, strict=True, assign=True)
        return network.eval().requires_grad_(False)

    def _check(self, part: PartName, expected: Shapes, names: Mapping[str, str]) -> None:
        """Compare what a network needs with what is there, and say everything that is wrong in one error."""
        missing = sorted(expected.keys() - names.keys())
        unexpected = sorted(names[key] for key in names.keys() - expected.keys())
        wrong = [
            f"{name!r} expected {list(shape)}, came {list(self.tensors[name].shape)}"
            for key, shape in expected.items()
            if (name := names.get(key)) is not None and self.tensors[name].shape != shape
        ]
        complaints = [
            f"{len(found)} tensors {what}: {_first_few(found)}"
            for what, found in (("are missing", missing), ("have a wrong shape", wrong), ("are unknown", unexpected))
            if found
        ]
        if complaints:
            raise CheckpointError(
                self.path,
                f"its {LAYOUTS[part].title} does not fit: {'; '.join(complaints)}.",
                missing=missing[:NAMED],
                unexpected=unexpected[:NAMED],
            )


def _import_text_encoder() -> type[ClipTextEncoder]:
    """The class, imported late: its library takes seconds, which who loads only an autoencoder need not wait for."""
    with _resting_collector():
        from engine.models.clip import ClipTextEncoder
    return ClipTextEncoder


@contextmanager
def _resting_collector() -> Generator[None, None, None]:
    """Import a large library without the garbage collector.

    Hundreds of thousands of objects come that all stay. Looking through them again and again finds nothing and takes
    a seventh of the time; so does looking through them once afterwards, so they go to the oldest generation unseen.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # what the program itself has frozen stays frozen
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def _first_few(items: Iterable[str]) -> str:
    items = [item[:200] for item in items]
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return ", ".join(items[:NAMED]) + more
