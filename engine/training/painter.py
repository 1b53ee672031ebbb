"""Paints many captions at once with a checkpoint, by the same networks, schedules and samplers that workflows use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.models.checkpoint import open_checkpoint
from engine.models.clip import ClipTextEncoder
from engine.models.unet import UNet
from engine.models.vae import AutoencoderKL
from engine.sampling.noise import prepare_noise
from engine.sampling.parametrization import DiscreteSchedule, Parametrization, list_floats
from engine.sampling.samplers import find_sampler
from engine.sampling.schedules import make_sigmas
from engine.sampling.solver import Guided
from engine.training.dataset import CaptionTokenizer
from engine.training.illustrations import SIDE, Pixels
from engine.training.settings import LATENT_SCALE


@dataclass(frozen=True, slots=True)
class PaintSettings:
    """How pictures are sampled: names as in workflow files."""

    sampler: str = "dpmpp_2m"
    scheduler: str = "karras"
    steps: int = 20
    cfg: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Painter:
    """The networks of a checkpoint, ready to paint on the CPU."""

    text: ClipTextEncoder
    unet: UNet
    vae: AutoencoderKL

    @staticmethod
    def open(path: Path) -> "Painter":
        """Load a checkpoint.

        Raises:
            CheckpointError: If it is not there, or is not a whole Stable Diffusion 1.x checkpoint.
        """
        file = open_checkpoint(path)
        dtype = torch.float32
        return Painter(file.load_clip(dtype), file.load_unet(dtype), file.load_vae(dtype))

    def paint(self, captions: Sequence[str], seeds: Sequence[int], settings: PaintSettings) -> Pixels:
        """One picture for each caption, `[b h w c]`, 0 to 255.

        Args:
            captions: Lower-case texts without weights, each at most one chunk long.
            seeds: Of the initial noise, one for each caption.
            settings: How to sample.
        """
        side = SIDE // self.vae.config.downscale
        empty = torch.zeros(1, self.unet.config.in_channels, side, side)
        noise = torch.cat([prepare_noise(empty, seed) for seed in seeds])
        parametrization = Parametrization(DiscreteSchedule.stable_diffusion())
        levels = make_sigmas(parametrization.schedule, settings.scheduler, settings.steps, sampler=settings.sampler)
        sigmas = tuple(list_floats(levels))
        with torch.inference_mode():
            guided = self._make_guided(captions, parametrization, settings.cfg)
            x = parametrization.start(torch.zeros_like(noise), noise, sigmas[0])
            for step in find_sampler(settings.sampler).run(guided, x, sigmas, seeds[0]):
                x = step.x
            pixels = torch.cat([self.vae.decode(part) for part in torch.tensor_split(x / LATENT_SCALE, len(x))])
        scaled = pixels.add(1).mul(127.5).round().clamp(0, 255).permute(0, 2, 3, 1)
        return np.ascontiguousarray(scaled.to(torch.uint8).numpy())

    def _make_guided(
        self, captions: Sequence[str], parametrization: Parametrization, cfg: float
    ) -> Callable[[Tensor, float], Guided]:
        tokens = CaptionTokenizer(self.text.config.max_tokens).tokenize([*captions, ""])
        hidden = self.text.encode(torch.as_tensor(tokens)).hidden
        context = torch.cat([hidden[:-1], hidden[-1:].expand(len(captions), -1, -1)])

        def guided(x: Tensor, sigma: float) -> Guided:
            timesteps = torch.full((2 * len(x),), parametrization.schedule.timestep(sigma))
            output = self.unet(parametrization.scale_input(x, sigma).repeat(2, 1, 1, 1), timesteps, context)
            cond, uncond = (parametrization.denoised(x, part, sigma) for part in output.chunk(2))
            return Guided(uncond.lerp(cond, cfg), uncond)

        return guided
