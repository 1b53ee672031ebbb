"""What sampling costs: whole runs against diffusers' pipeline, and the loop around the network against its peers.

*Runs*: one small UNet with random weights, the same in both programs, on the CPU: classifier-free guidance with both
conditionings in one batch, the same number of steps and evaluations. *Loop*: a denoiser that does next to nothing, so
that what is left is the sampler; the peer is k-diffusion. Times are CPU time of the process. Programs take turns, and
the least of several repeats counts: on a machine that does other work it comes nearest to what a program itself needs.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from engine.memory.pool import Pool
from engine.memory.weights import Weights
from engine.models.config import UNetConfig
from engine.models.preview import SD1_LATENTS
from engine.models.unet import UNet
from engine.sampling.conditioning import CondOptions
from engine.sampling.guidance import CFGGuider
from engine.sampling.model import Model
from engine.sampling.noise import prepare_noise
from engine.sampling.parametrization import DiscreteSchedule, Parametrization
from engine.sampling.sample import sample
from engine.sampling.samplers import find_sampler
from engine.sampling.schedules import make_sigmas
from engine.sampling.solver import Guided
from engine.settings import Settings
from tests.peers import load_peer

SUMMARY = "CPU seconds of a run against diffusers, microseconds of the loop for each step against k-diffusion"

CONFIG = UNetConfig(
    model_channels=64,
    channel_mult=(1, 2, 4),
    num_res_blocks=(1, 1, 1),
    transformer_depth=(1, 1, 0),
    context_dim=64,
    num_heads=8,
)
CFG = 7.5
SCHEDULE = DiscreteSchedule.stable_diffusion()

# Our sampler, scheduler -> the scheduler class of diffusers that does the same, and its settings.
RUNS: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]] = {
    ("euler", "karras"): ("EulerDiscreteScheduler", {"use_karras_sigmas": True}),
    ("euler_ancestral", "normal"): ("EulerAncestralDiscreteScheduler", {}),
    ("heun", "karras"): ("HeunDiscreteScheduler", {"use_karras_sigmas": True}),
    ("dpmpp_2m", "karras"): ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    ("uni_pc_bh2", "karras"): ("UniPCMultistepScheduler", {"use_karras_sigmas": True, "final_sigmas_type": "zero"}),
}
LOOPS = ("euler", "euler_ancestral", "heun", "lms", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_3m_sde")


def least(programs: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The least CPU time in seconds of each program; they take turns, after one run each to warm up."""
    seconds = dict.fromkeys(programs, float("inf"))
    for repeat in range(repeats + 1):
        for name, program in programs.items():
            start = time.process_time()
            program()
            elapsed = time.process_time() - start
            if repeat:
                seconds[name] = min(seconds[name], elapsed)
    return seconds


def make_network() -> UNet:
    """Small, with random weights."""
    network = UNet(CONFIG)
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.03, generator=generator)
    return network.eval()


def make_run(network: UNet, sampler: str, scheduler: str, steps: int, side: int) -> Callable[[], Tensor]:
    """One of our runs, from the conditionings to the latent."""
    model = Model(
        weights=Weights("benchmark", "unet", lambda dtype: network.to(dtype), torch.float32, 1),
        unet_config=CONFIG,
        parametrization=Parametrization(SCHEDULE),
        latent_format=SD1_LATENTS,
    )
    pool = Pool(Settings(device="cpu", dtype="float32"))
    latent = torch.zeros(1, 4, side, side)
    positive, negative = ([(text, CondOptions())] for text in make_texts())

    def run() -> Tensor:
        return sample(
            pool,
            CFGGuider(model, positive, negative, CFG),
            noise=prepare_noise(latent, 1),
            latent=latent,
            sigmas=make_sigmas(SCHEDULE, scheduler, steps),
            sampler=find_sampler(sampler),
            seed=1,
        ).samples

    return run


def make_texts() -> tuple[Tensor, Tensor]:
    """Tokens of a positive and a negative prompt."""
    generator = torch.Generator().manual_seed(2)
    both = torch.randn(2, 77, CONFIG.context_dim, generator=generator)
    return both[:1], both[1:]


def make_diffusers_run(
    network: UNet, name: str, settings: Mapping[str, Any], steps: int, side: int
) -> Callable[[], Any]:
    """The same by diffusers' pipeline."""
    diffusers: Any = import_module("diffusers")
    convert: Any = import_module("diffusers.loaders.single_file_utils").convert_ldm_unet_checkpoint
    unet = diffusers.UNet2DConditionModel(
        sample_size=side,
        block_out_channels=(64, 128, 256),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=CONFIG.context_dim,
        attention_head_dim=8,
    )
    published = {f"model.diffusion_model.{key}": value for key, value in network.state_dict().items()}
    unet.load_state_dict(convert(published, unet.config), strict=True)
    scheduler = getattr(diffusers, name)(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="linspace", **settings
    )
    parts: Any = {"vae": None, "text_encoder": None, "tokenizer": None, "safety_checker": None}
    pipeline = diffusers.StableDiffusionPipeline(
        unet=unet.eval(), scheduler=scheduler, feature_extractor=None, requires_safety_checker=False, **parts
    )
    pipeline.set_progress_bar_config(disable=True)
    positive, negative = make_texts()

    def run() -> Any:
        return pipeline(
            prompt_embeds=positive,
            negative_prompt_embeds=negative,
            guidance_scale=CFG,
            num_inference_steps=steps,
            height=side * 8,
            width=side * 8,
            output_type="latent",
            generator=torch.Generator().manual_seed(1),
        ).images

    return run


def compare_runs(steps: int, side: int, repeats: int) -> None:
    """Print seconds for each run, and how far the pictures are apart where no noise is added."""
    print(f"runs of {steps} steps, latent {side} x {side}, cfg {CFG}: CPU seconds")
    print(f"{'sampler':18}{'ours':>9}{'diffusers':>11}{'ratio':>8}  {'difference':>10}")
    network = make_network()
    for (sampler, scheduler), (theirs, settings) in RUNS.items():
        programs = {
            "ours": make_run(network, sampler, scheduler, steps, side),
            "diffusers": make_diffusers_run(network, theirs, settings, steps, side),
        }
        seconds = least(programs, repeats)
        ours, peers = programs["ours"]() * SD1_LATENTS.scale_factor, programs["diffusers"]()
        difference = "" if "ancestral" in sampler else f"{float((ours - peers).abs().max() / peers.abs().max()):.0e}"
        ratio = seconds["diffusers"] / seconds["ours"]
        print(f"{sampler:18}{seconds['ours']:9.3f}{seconds['diffusers']:11.3f}{ratio:8.2f}  {difference:>10}")


def compare_loops(steps: int, side: int, repeats: int) -> None:
    """Print microseconds of the loop for each step, with a denoiser that does next to nothing."""
    peer = load_peer("k_diffusion.sampling")
    print(f"\nloop around the network, {steps} steps, latent {side} x {side}: CPU microseconds a step")
    print(f"{'sampler':18}{'ours':>9}{'k-diffusion':>13}{'ratio':>8}")
    sigmas = make_sigmas(SCHEDULE, "karras", steps)
    levels = tuple(float(sigma) for sigma in sigmas)
    x = prepare_noise(torch.zeros(1, 4, side, side), 1) * levels[0]

    def guided(x: Tensor, sigma: float) -> Guided:
        denoised = x * (1 / (1 + sigma))
        return Guided(denoised, denoised)

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        return x * (1 / (1 + sigma[0]))

    def run(name: str) -> None:
        for _ in find_sampler(name).run(guided, x, levels, 1):
            pass

    for name in LOOPS:
        theirs: Any = getattr(peer, f"sample_{name}")
        programs: dict[str, Callable[[], object]] = {
            "ours": partial(run, name),
            "k-diffusion": partial(theirs, denoise, x, sigmas, disable=True),
        }
        seconds = least(programs, repeats)
        ours, peers = (seconds[program] / steps * 1e6 for program in programs)
        print(f"{name:18}{ours:9.1f}{peers:13.1f}{peers / ours:8.2f}")


def main(arguments: list[str]) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks sampling", description=SUMMARY)
    parser.add_argument("--steps", type=int, default=20, help="steps of each run")
    parser.add_argument("--side", type=int, default=16, help="latent pixels along a side")
    parser.add_argument("--repeats", type=int, default=5, help="how often each run is repeated")
    options = parser.parse_args(arguments)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of the peers
        compare_runs(options.steps, options.side, options.repeats)
        compare_loops(options.steps, options.side, 10 * options.repeats)
