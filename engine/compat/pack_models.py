"""MODEL, CLIP and VAE as packs know them: our own values with the methods that packs call.

Each is a subclass of our record without further fields, so that it fits wherever ours does; nothing has to be turned
back. What our models cannot do yet says so when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from engine.compat.host import current_host
from engine.compat.not_offered import refuse
from engine.compat.pack_devices import HOST
from engine.memory.pool import Pool
from engine.sampling.model import Model
from engine.sampling.noise import NoiseSource
from engine.sampling.parametrization import Parametrization, list_floats
from engine.sampling.vae import Vae, crop_to_multiple, decode_latent, decode_tiled, encode_image, encode_tiled
from engine.text.encode import Clip, encode_text

_LATENT_TILE = 64
_PIXEL_TILE = 512


def _pool() -> Pool:
    return current_host().pool()


class PackModelSampling:
    """Noise levels and a network's clock, as packs ask for them. Levels and times are tensors.

    Args:
        parametrization: What it stands for.
    """

    sigma_data = 1.0

    def __init__(self, parametrization: Parametrization) -> None:
        self.parametrization = parametrization
        self.schedule = parametrization.schedule
        self.num_timesteps = len(self.schedule.sigmas)

    @property
    def sigmas(self) -> Tensor:
        """The levels that the network was trained at."""
        return torch.tensor(self.schedule.sigmas)

    @property
    def log_sigmas(self) -> Tensor:
        """Their logarithms."""
        return self.sigmas.log()

    @property
    def sigma_min(self) -> Tensor:
        """The lowest level."""
        return torch.tensor(self.schedule.sigma_min)

    @property
    def sigma_max(self) -> Tensor:
        """The highest level."""
        return torch.tensor(self.schedule.sigma_max)

    def timestep(self, sigma: Tensor) -> Tensor:
        """The training timesteps of levels."""
        return _each(sigma, lambda level: float(self.schedule.timestep(level)))

    def sigma(self, timestep: Tensor) -> Tensor:
        """The levels of timesteps."""
        return _each(timestep, self.schedule.sigma)

    def percent_to_sigma(self, percent: float) -> float:
        """The level at a share of the run."""
        return self.schedule.percent_to_sigma(percent)

    def noise_scaling(self, sigma: Any, noise: Tensor, latent_image: Tensor, max_denoise: bool = False) -> Tensor:
        """A clean latent at a noise level; at the highest as wide as the network was trained to see it."""
        level = _level(sigma)
        if max_denoise:
            return torch.add(latent_image, noise, alpha=(1 + level**2) ** 0.5)
        return self.parametrization.add_noise(latent_image, noise, level)

    def inverse_noise_scaling(self, sigma: Any, latent: Tensor) -> Tensor:
        """What comes out is on the scale that it should be on."""
        del sigma
        return latent

    def calculate_input(self, sigma: Any, noise: Tensor) -> Tensor:
        """A latent as the network was trained to see it."""
        return self.parametrization.scale_input(noise, _level(sigma))

    def calculate_denoised(self, sigma: Any, model_output: Tensor, model_input: Tensor) -> Tensor:
        """The estimate of the clean latent."""
        return self.parametrization.denoised(model_input, model_output, _level(sigma))


def _level(sigma: Any) -> float:
    """One level; of a tensor the first, since a batch is at one level."""
    return float(sigma.flatten()[0]) if isinstance(sigma, Tensor) else float(sigma)


def _each(values: Any, function: Callable[[float], float]) -> Tensor:
    tensor = torch.as_tensor(values, dtype=torch.float32)
    return torch.tensor([function(value) for value in list_floats(tensor.flatten())]).reshape(tensor.shape).to(tensor)


def schedule_of(model_sampling: Any) -> Any:
    """Our own schedule behind what packs hold.

    Raises:
        NotOfferedError: if a pack made it itself.
    """
    if isinstance(model_sampling, PackModelSampling):
        return model_sampling.schedule
    return refuse(f"A schedule of the kind {type(model_sampling).__name__}")


@dataclass(frozen=True, slots=True, eq=False)
class PackModel(Model):
    """A MODEL as packs know it."""

    @property
    def model(self) -> Any:
        """What of the network packs look at."""
        return SimpleNamespace(
            model_sampling=PackModelSampling(self.parametrization),
            latent_format=self.latent_format,
            model_config=SimpleNamespace(unet_config=self.unet_config),
        )

    @property
    def load_device(self) -> torch.device:
        """Where it computes."""
        return _pool().device

    @property
    def offload_device(self) -> torch.device:
        """Where packs put what waits."""
        return HOST

    def clone(self) -> PackModel:
        """Itself: models are values, which nothing changes."""
        return self

    def is_clone(self, other: Any) -> bool:
        """Whether both have the same weights."""
        return getattr(other, "weights", None) is self.weights

    def model_size(self) -> int:
        """Bytes of its parameters."""
        return self.weights.size_bytes(_pool().dtype_for("unet"))

    def model_dtype(self) -> torch.dtype:
        """What it computes in."""
        return _pool().dtype_for("unet")

    def get_model_object(self, name: str) -> Any:
        """`model_sampling` or `latent_format`.

        Raises:
            NotOfferedError: for any other name.
        """
        if name not in ("model_sampling", "latent_format"):
            refuse(f"MODEL.get_model_object({name!r})")
        return getattr(self.model, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f"MODEL.{name}")


@dataclass(frozen=True, slots=True)
class PackTokens:
    """A prompt on its way to be encoded; its tokens cannot be looked at."""

    text: str

    def __getitem__(self, key: Any) -> Any:
        refuse(f"The tokens of a prompt by {key!r}")


@dataclass(frozen=True, slots=True, eq=False)
class PackClip(Clip):
    """A CLIP as packs know it."""

    def clone(self) -> PackClip:
        """A copy."""
        return replace(self)

    def clip_layer(self, layer_idx: int) -> None:
        """Take the result from this layer; of this copy only."""
        object.__setattr__(self, "layer", layer_idx)

    def tokenize(self, text: str, return_word_ids: bool = False, **_: Any) -> PackTokens:
        """A prompt, to be handed to `encode_from_tokens`."""
        if return_word_ids:
            refuse("CLIP.tokenize with word ids")
        return PackTokens(text)

    def encode_from_tokens(self, tokens: PackTokens, return_pooled: Any = False, return_dict: bool = False) -> Any:
        """`[1 t d]`; with it, if wanted, the pooled vector `[1 d]`."""
        encoded = encode_text(_pool(), self, tokens.text)
        if return_dict:
            return {"cond": encoded.tokens, "pooled_output": encoded.pooled}
        return (encoded.tokens, encoded.pooled) if return_pooled else encoded.tokens

    def encode_from_tokens_scheduled(
        self, tokens: PackTokens, unprojected: bool = False, add_dict: Mapping[str, Any] | None = None, **_: Any
    ) -> list[list[Any]]:
        """A CONDITIONING."""
        del unprojected
        encoded = encode_text(_pool(), self, tokens.text)
        return [[encoded.tokens, {"pooled_output": encoded.pooled, **(add_dict or {})}]]

    def encode(self, text: str) -> Tensor:
        """A prompt as `[1 t d]`."""
        return self.encode_from_tokens(self.tokenize(text))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f"CLIP.{name}")


@dataclass(frozen=True, slots=True, eq=False)
class PackVae(Vae):
    """A VAE as packs know it. Pictures are `[b h w c]`, 0..1."""

    @property
    def latent_channels(self) -> int:
        """Channels of its latents."""
        return self.config.latent_channels

    @property
    def downscale_ratio(self) -> int:
        """Pixels of the picture for each latent pixel, along a side."""
        return self.config.downscale

    @property
    def upscale_ratio(self) -> int:
        """The same, the other way."""
        return self.config.downscale

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return _pool().device

    @property
    def output_device(self) -> torch.device:
        """Where what it gives is."""
        return HOST

    @property
    def vae_dtype(self) -> torch.dtype:
        """What it computes in."""
        return _pool().dtype_for("vae")

    def spacial_compression_decode(self) -> int:
        """As `downscale_ratio`."""
        return self.config.downscale

    def spacial_compression_encode(self) -> int:
        """As `downscale_ratio`."""
        return self.config.downscale

    def vae_encode_crop_pixels(self, pixels: Tensor) -> Tensor:
        """The part of pictures that is encoded."""
        return crop_to_multiple(pixels, self.config.downscale)

    def encode(self, pixel_samples: Tensor) -> Tensor:
        """Latents of pictures."""
        return encode_image(_pool(), self, pixel_samples).cpu()

    def decode(self, samples_in: Tensor, vae_options: Any = None) -> Tensor:
        """Pictures of latents."""
        del vae_options
        return decode_latent(_pool(), self, samples_in).cpu()

    def decode_tiled(
        self,
        samples: Tensor,
        tile_x: int | None = None,
        tile_y: int | None = None,
        overlap: int | None = None,
        **_: Any,
    ) -> Tensor:
        """As `decode`, in tiles of that many latent pixels."""
        scale = self.config.downscale
        tile = min(tile_x or _LATENT_TILE, tile_y or _LATENT_TILE)
        lap = tile // 4 if overlap is None else overlap
        return decode_tiled(_pool(), self, samples, tile * scale, lap * scale).cpu()

    def encode_tiled(
        self,
        pixel_samples: Tensor,
        tile_x: int | None = None,
        tile_y: int | None = None,
        overlap: int | None = None,
        **_: Any,
    ) -> Tensor:
        """As `encode`, in tiles of that many pixels."""
        tile = min(tile_x or _PIXEL_TILE, tile_y or _PIXEL_TILE)
        lap = tile // 8 if overlap is None else overlap
        return encode_tiled(_pool(), self, pixel_samples, tile, lap).cpu()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f"VAE.{name}")


@dataclass(frozen=True, slots=True)
class PackNoise(NoiseSource):
    """A NOISE as packs know it: ours, or one that a pack made.

    Attributes:
        made: The pack's own object; None for ours.
    """

    made: Any = None

    def generate_noise(self, input_latent: Mapping[str, Any]) -> Tensor:
        """The initial noise for a LATENT."""
        if self.made is not None:
            return self.made.generate_noise(input_latent)
        return NoiseSource.make(self, input_latent["samples"], input_latent.get("batch_index"))

    def make(self, samples: Tensor, batch_index: Sequence[int] | None = None) -> Tensor:
        """As our nodes ask."""
        latent: dict[str, Any] = {"samples": samples}
        if batch_index is not None:
            latent["batch_index"] = list(batch_index)
        return self.generate_noise(latent)


_AS_PACKS_KNOW_THEM: dict[type[Any], type[Any]] = {
    Model: PackModel,
    Clip: PackClip,
    Vae: PackVae,
    NoiseSource: PackNoise,
}


def for_packs(value: Any) -> Any:
    """A value from a socket as a pack may have it: with the methods that it calls, on the host, its own to write to.

    Outputs are shared by all who read them and kept for the next run; packs that write into their inputs write into
    copies.
    """
    kind = _AS_PACKS_KNOW_THEM.get(type(value))
    if kind is not None:
        return kind(**{each.name: getattr(value, each.name) for each in fields(value)})
    if isinstance(value, PackNoise) and value.made is not None:
        return value.made
    if isinstance(value, Tensor):
        return value.to(HOST, copy=True)
    if type(value) is dict:
        return {key: for_packs(item) for key, item in value.items()}
    if type(value) is list:
        return [for_packs(item) for item in value]
    if type(value) is tuple:
        return tuple(for_packs(item) for item in value)
    return value


def from_packs(instance: Any, outputs: Any) -> Any:
    """What a pack's method returned, for our own nodes.

    Tensors that the pack keeps in `self`, and may write to in its next call, are copied; a NOISE of its own becomes one
    of ours.
    """
    kept = {
        value.untyped_storage().data_ptr() for value in getattr(instance, "__dict__", {}).values() if _is_dense(value)
    }

    def own(value: Any) -> Any:
        if _is_dense(value) and value.untyped_storage().data_ptr() in kept:
            return value.clone()
        if callable(getattr(value, "generate_noise", None)) and not isinstance(value, NoiseSource):
            return PackNoise(int(getattr(value, "seed", 0) or 0), made=value)
        if type(value) is dict:
            return {key: own(item) for key, item in value.items()}
        if type(value) is list:
            return [own(item) for item in value]
        return tuple(own(item) for item in value) if type(value) is tuple else value

    return own(outputs)


def _is_dense(value: Any) -> bool:
    return isinstance(value, Tensor) and value.layout == torch.strided and value.numel() > 0
