"""Whole runs: what goes in comes out, seeds, inpainting, slices, and what is refused."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from benchmarks.sampling import make_diffusers_run, make_network, make_run
from engine.errors import InputValueError, Interrupted
from engine.sampling.guidance import BasicGuider, CFGGuider, Guider
from engine.sampling.model import Model
from engine.sampling.noise import prepare_noise
from engine.sampling.parametrization import DiscreteSchedule, Parametrization
from engine.sampling.sample import SampleResult, as_levels, sample
from engine.sampling.samplers import SAMPLERS
from engine.sampling.schedules import make_sigmas
from tests.engine.sampling.networks import SD, KnownModel, conditioning, cpu_pool, tiny_model
from tests.engine.sampling.test_samplers import NoWaiting

POSITIVE, NEGATIVE = conditioning(0.5), conditioning(-0.5)
EMPTY = torch.zeros(1, 4, 8, 8)
SCALE = 0.18215


def run(model: Model, latent: Tensor = EMPTY, *, guider: Guider | None = None, **changes: Any) -> SampleResult:
    """Five steps of euler, unless told otherwise."""
    arguments: dict[str, Any] = {
        "noise": prepare_noise(latent, 1),
        "latent": latent,
        "sigmas": make_sigmas(SD, "simple", 5),
        "sampler": SAMPLERS["euler"],
        "seed": 1,
        **changes,
    }
    with torch.no_grad():
        return sample(cpu_pool(), guider or CFGGuider(model, POSITIVE, NEGATIVE, 3.0), **arguments)


def test_result_is_the_estimate_on_the_autoencoders_scale() -> None:
    result = run(KnownModel().model())
    expected = torch.full_like(EMPTY, (-0.5 + 3 * (0.5 - -0.5)) / SCALE)
    torch.testing.assert_close(result.samples, expected, rtol=0, atol=1e-3)
    torch.testing.assert_close(result.denoised, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("prediction", ["eps", "v"])
@pytest.mark.parametrize("zero_terminal_snr", [False, True])
def test_euler_by_hand_on_a_real_network(prediction: Any, zero_terminal_snr: bool) -> None:
    schedule = DiscreteSchedule.stable_diffusion(zero_terminal_snr=zero_terminal_snr)
    model = tiny_model(parametrization=Parametrization(schedule, prediction))
    unet = model.weights.load(torch.float32)
    latent, sigmas = torch.randn(2, 4, 7, 9), make_sigmas(schedule, "karras", 3)
    noise = prepare_noise(latent, 3)
    found = run(model, latent, noise=noise, sigmas=sigmas)

    first, *_ = listed = sigmas.tolist()
    x = latent * SCALE + noise * math.sqrt(1 + first**2)
    with torch.no_grad():
        for sigma, sigma_next in pairwise(listed):
            timesteps = torch.full((2,), float(schedule.timestep(sigma)))
            estimates = list[Tensor]()
            for entries in (POSITIVE, NEGATIVE):
                output = unet(x / math.sqrt(1 + sigma**2), timesteps, entries[0][0].repeat(2, 1, 1))
                if prediction == "eps":
                    estimates.append(x - sigma * output)
                else:
                    estimates.append(x / (sigma**2 + 1) - output * sigma / math.sqrt(sigma**2 + 1))
            denoised = estimates[1] + 3.0 * (estimates[0] - estimates[1])
            x = x + (x - denoised) / sigma * (sigma_next - sigma)
    torch.testing.assert_close(found.samples * SCALE, x, rtol=1e-3, atol=1e-3)


@pytest.mark.filterwarnings("ignore")  # of diffusers and what it imports
def test_run_equals_the_pipeline_of_diffusers() -> None:
    """The same small network, prompts, seed, schedule and sampler, from noise to latent, in both programs."""
    network = make_network()
    with torch.no_grad():
        ours = make_run(network, "dpmpp_2m", "karras", 5, 16)() * SCALE
        settings = {"use_karras_sigmas": True}
        theirs = make_diffusers_run(network, "DPMSolverMultistepScheduler", settings, 5, 16)()
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))


def test_cfg_1_runs_the_network_once() -> None:
    known = KnownModel()
    model = known.model()
    run(model, guider=CFGGuider(model, POSITIVE, NEGATIVE, 1.0))
    assert [len(call.x) for call in known.network.calls] == [1] * 5
    run(model, guider=CFGGuider(model, POSITIVE, NEGATIVE, 2.0))
    assert [len(call.x) for call in known.network.calls[5:]] == [2] * 5


def test_latent_sizes_that_are_odd() -> None:
    assert run(tiny_model(), torch.zeros(3, 4, 5, 11)).samples.shape == (3, 4, 5, 11)


def test_items_of_a_batch_do_not_mix() -> None:
    model, latent = tiny_model(), torch.randn(3, 4, 8, 8)
    noise = prepare_noise(latent, 4)
    whole = run(model, latent, noise=noise).samples
    for item in range(3):
        alone = run(model, latent[item : item + 1], noise=noise[item : item + 1]).samples
        torch.testing.assert_close(alone[0], whole[item], rtol=1e-4, atol=1e-3)


def test_no_levels_leave_the_latent_alone() -> None:
    latent = torch.randn(1, 4, 8, 8)
    result = run(KnownModel().model(), latent, sigmas=torch.zeros(0))
    assert result.samples is latent
    assert result.denoised is latent


def test_one_level_only_adds_the_noise() -> None:
    latent = torch.randn(1, 4, 8, 8)
    result = run(KnownModel().model(), latent, sigmas=torch.tensor([2.0]))
    torch.testing.assert_close(result.samples, latent + prepare_noise(latent, 1) * 2 / SCALE)


@pytest.mark.parametrize("name", ["euler", "heun", "ddim"])
@pytest.mark.parametrize("split", [0, 1, 3, 5])
def test_two_parts_make_the_whole(name: str, split: int) -> None:
    """Noise left over by the first part, none added in the second."""
    model, latent, sigmas = tiny_model(), torch.randn(1, 4, 8, 8), make_sigmas(SD, "simple", 5)
    whole = run(model, latent, sampler=SAMPLERS[name], sigmas=sigmas).samples
    half = run(model, latent, sampler=SAMPLERS[name], sigmas=sigmas[: split + 1]).samples
    rest = run(model, half, sampler=SAMPLERS[name], sigmas=sigmas[split:], noise=torch.zeros_like(half)).samples
    torch.testing.assert_close(rest, whole, rtol=1e-3, atol=1e-2)


def test_repeated_levels_count_once() -> None:
    model = tiny_model()
    for name in ("lms", "dpmpp_2m", "dpmpp_3m_sde", "uni_pc"):
        once = run(model, sampler=SAMPLERS[name], sigmas=torch.tensor([9.0, 4.0, 1.0, 0.0])).samples
        twice = run(model, sampler=SAMPLERS[name], sigmas=torch.tensor([9.0, 9.0, 4.0, 1.0, 1.0, 0.0, 0.0])).samples
        assert torch.equal(once, twice)


@pytest.mark.parametrize("name", ["euler_ancestral", "dpmpp_2m_sde"])
def test_same_seed_same_picture(name: str) -> None:
    model = tiny_model()
    first, again = (run(model, sampler=SAMPLERS[name], seed=2**64 - 1) for _ in range(2))
    assert torch.equal(first.samples, again.samples)
    assert bool(first.samples.isfinite().all())


# -- inpainting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["euler", "ddim", "euler_ancestral", "dpmpp_2m_sde", "uni_pc", "heun"])
def test_what_the_mask_keeps_is_kept(name: str) -> None:
    model, latent = tiny_model(), torch.randn(2, 4, 8, 8)
    mask = torch.zeros(8, 8)
    mask[:, 4:] = 1
    result = run(model, latent, sampler=SAMPLERS[name], noise_mask=mask).samples
    torch.testing.assert_close(result[..., :4], latent[..., :4], rtol=1e-5, atol=1e-5)
    assert float((result[..., 4:] - latent[..., 4:]).abs().min()) > 1e-6


@pytest.mark.parametrize("name", ["euler", "ddim", "dpmpp_2m"])
def test_mask_of_ones_changes_nothing(name: str) -> None:
    model, latent = tiny_model(), torch.randn(2, 4, 8, 8)
    plain = run(model, latent, sampler=SAMPLERS[name]).samples
    assert torch.equal(run(model, latent, sampler=SAMPLERS[name], noise_mask=torch.ones(1, 64, 64)).samples, plain)


def test_kept_part_is_seen_at_every_level() -> None:
    """With the initial noise; with `ddim`, with that of the next seed."""
    latent, mask = torch.randn(1, 4, 8, 8), torch.zeros(1, 8, 8)
    for name, seed in (("euler", 6), ("ddim", 7)):
        known = KnownModel()
        noise = prepare_noise(latent, 6)
        run(known.model(), latent, noise=noise, seed=6, noise_mask=mask, sampler=SAMPLERS[name])
        for call, sigma in zip(known.network.calls, make_sigmas(SD, "simple", 5).tolist(), strict=False):
            expected = latent * SCALE + prepare_noise(latent, seed) * sigma
            torch.testing.assert_close(call.x[:1] * math.sqrt(1 + sigma**2), expected, rtol=1e-4, atol=1e-4)


def test_soft_mask_blends() -> None:
    latent = torch.full((1, 4, 8, 8), 2.0)
    result = run(KnownModel().model(), latent, noise_mask=torch.full((8, 8), 0.25)).samples
    expected = 0.25 * 2.5 / SCALE + 0.75 * 2.0
    torch.testing.assert_close(result, torch.full_like(result, expected), rtol=0, atol=1e-3)


def test_batch_of_masks_is_repeated() -> None:
    latent = torch.randn(3, 4, 8, 8)
    masks = torch.stack([torch.zeros(8, 8), torch.ones(8, 8)])
    result = run(KnownModel().model(), latent, noise_mask=masks).samples
    for item in (0, 2):
        torch.testing.assert_close(result[item], latent[item], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(result[1], torch.full_like(result[1], 2.5 / SCALE), rtol=0, atol=1e-3)


# -- steps -----------------------------------------------------------------------------------------------------------


def test_steps_are_told() -> None:
    told = list[tuple[int, int, float]]()
    run(KnownModel().model(), on_step=lambda step, total, x: told.append((step, total, float(x.mean()))))
    assert [entry[:2] for entry in told] == [(step, 5) for step in range(5)]
    assert all(entry[2] == pytest.approx(2.5, abs=1e-3) for entry in told)


def test_interruption_ends_the_run() -> None:
    known = KnownModel()

    def stop(step: int, total: int, denoised: Tensor) -> None:
        if step == 1:
            raise Interrupted

    with pytest.raises(Interrupted):
        run(known.model(), on_step=stop)
    assert len(known.network.calls) == 2


def test_no_step_of_a_run_waits_for_the_device() -> None:
    """With areas, masks, times and inpainting, on a real network; what is set up before the first step may wait."""
    model, latent = tiny_model(), torch.randn(1, 4, 16, 16)
    mask = torch.ones(16, 16)
    parts = [
        *POSITIVE,
        *conditioning(1.0, area=(8, 8, 4, 4), end_percent=0.6),
        *conditioning(2.0, mask=mask, start_percent=0.4),
    ]
    watch = NoWaiting()
    entered = list[int]()

    def on_step(step: int, total: int, denoised: Tensor) -> None:
        if step == 0:
            watch.__enter__()
            entered.append(step)

    try:
        run(
            model,
            latent,
            guider=CFGGuider(model, parts, NEGATIVE, 3.0),
            noise_mask=mask,
            sampler=SAMPLERS["dpmpp_sde"],
            on_step=on_step,
        )
    finally:
        for _ in entered:
            watch.__exit__(None, None, None)
    assert entered == [0]


def test_inputs_are_left_alone() -> None:
    latent, mask, noise = torch.randn(1, 4, 8, 8), torch.rand(8, 8), torch.randn(1, 4, 8, 8)
    tensors = (latent, mask, noise, POSITIVE[0][0])
    before = [tensor._version for tensor in tensors]
    run(tiny_model(), latent, noise=noise, noise_mask=mask)
    assert [tensor._version for tensor in tensors] == before


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"latent": torch.zeros(1, 16, 8, 8)}, r"latent: test model makes latents \[b 4 h w\], not \[1, 16, 8, 8\]"),
        ({"latent": torch.zeros(4, 8, 8)}, "latent: "),
        ({"latent": torch.zeros(0, 4, 8, 8)}, "latent: "),
        ({"noise": torch.zeros(1, 4, 8, 9)}, "noise: "),
        ({"noise_mask": torch.zeros(1, 2, 8, 8)}, "noise_mask must be"),
        ({"sigmas": torch.tensor([1.0, math.nan, 0.0])}, "no usable noise levels"),
        ({"sigmas": torch.tensor([1.0, 0.0, 0.5])}, "sigmas: only the last may be 0; number 2 of 3 is"),
        ({"seed": -1}, "seed must be from 0"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], said: str) -> None:
    latent = changes.pop("latent", EMPTY)
    changes = {"noise": torch.zeros(latent.shape), **changes}
    with pytest.raises(InputValueError, match=said):
        run(KnownModel().model(), latent, **changes)


def test_empty_conditioning_is_refused() -> None:
    model = KnownModel().model()
    with pytest.raises(InputValueError, match="negative: the conditioning is empty"):
        run(model, guider=CFGGuider(model, POSITIVE, [], 3.0))
    with pytest.raises(InputValueError, match="conditioning: the conditioning is empty"):
        run(model, guider=BasicGuider(model, []))


def test_levels_are_numbers() -> None:
    assert as_levels(torch.tensor([4.0, 2.0, 2.0, 0.0])) == (4.0, 2.0, 0.0)
    assert as_levels(torch.zeros(0)) == ()
