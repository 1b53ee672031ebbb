"""The sampling nodes: what they hand to the engine, and what they say to bad values."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine import Context, InputValueError, Interrupted, Settings
from engine.graph.schema import NodeDef
from engine.sampling.guidance import CFGGuider
from engine.sampling.noise import NoiseSource, prepare_noise
from engine.sampling.sample import sample
from engine.sampling.samplers import SAMPLERS, Sampler, find_sampler
from engine.sampling.schedules import SCHEDULERS, make_sigmas
from engine.types import LatentDict
from nodes.custom_sampling import apg, sampler_custom, sampler_custom_advanced
from nodes.custom_sampling_guiders import basic_guider, cfg_guider, disable_noise, dual_cfg_guider, random_noise
from nodes.custom_sampling_samplers import (
    k_sampler_select,
    sampler_dpm_adaptive,
    sampler_dpmpp_2m_sde,
    sampler_dpmpp_2s_ancestral,
    sampler_dpmpp_3m_sde,
    sampler_dpmpp_sde,
    sampler_er_sde,
    sampler_euler_ancestral,
    sampler_euler_ancestral_cfg_pp,
    sampler_lms,
)
from nodes.custom_sampling_schedulers import (
    align_your_steps_scheduler,
    basic_scheduler,
    beta_sampling_scheduler,
    exponential_scheduler,
    karras_scheduler,
    laplace_scheduler,
    polyexponential_scheduler,
    sd_turbo_scheduler,
    vp_scheduler,
)
from nodes.custom_sampling_sigmas import (
    extend_intermediate_sigmas,
    flip_sigmas,
    sampling_percent_to_sigma,
    set_first_sigma,
    split_sigmas,
    split_sigmas_denoise,
)
from nodes.sampling import k_sampler, k_sampler_advanced
from tests.engine.sampling.networks import SD, KnownModel, conditioning, cpu_pool, tiny_model

MODEL = tiny_model()
POSITIVE, NEGATIVE = conditioning(0.5), conditioning(-0.5)
LATENT: LatentDict = {"samples": torch.zeros(1, 4, 8, 8)}


class Told(NamedTuple):
    """What a context was told."""

    progress: list[tuple[int, int]]
    previews: list[Tensor]


def make_context() -> tuple[Context, Told]:
    told = Told([], [])
    context = Context(
        settings=Settings(device="cpu"),
        pool=cpu_pool(),
        on_progress=lambda value, total: told.progress.append((value, total)),
        on_preview=told.previews.append,
    )
    return context, told


def call(node: NodeDef, **changes: Any) -> Any:
    """A sampler node with usual inputs, unless told otherwise."""
    inputs: dict[str, Any] = {
        "model": MODEL,
        "steps": 4,
        "cfg": 3.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "positive": POSITIVE,
        "negative": NEGATIVE,
        "latent_image": LATENT,
        "seed": 5,
        "noise_seed": 5,
        "denoise": 1.0,
        "add_noise": "enable",
        "start_at_step": 0,
        "end_at_step": 10_000,
        "return_with_leftover_noise": "disable",
        "ctx": make_context()[0],
        **changes,
    }
    names = {declared.name for declared in node.inputs} | {node.context_name}
    with torch.no_grad():
        return node(**{name: value for name, value in inputs.items() if name in names})


def samples(latent: LatentDict) -> Tensor:
    return latent["samples"]


def test_k_sampler_is_a_run_of_the_engine() -> None:
    found = samples(call(k_sampler, sampler_name="dpm_2", scheduler="karras", denoise=0.7))
    with torch.no_grad():
        expected = sample(
            cpu_pool(),
            CFGGuider(MODEL, POSITIVE, NEGATIVE, 3.0),
            noise=prepare_noise(LATENT["samples"], 5),
            latent=LATENT["samples"],
            sigmas=make_sigmas(SD, "karras", 4, 0.7, "dpm_2"),
            sampler=SAMPLERS["dpm_2"],
            seed=5,
        ).samples
    assert torch.equal(found, expected)


def test_k_sampler_shows_progress_and_previews() -> None:
    context, told = make_context()
    call(k_sampler, ctx=context)
    assert told.progress == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [tuple(image.shape) for image in told.previews] == [(1, 8, 8, 3)] * 4
    assert all(float(image.min()) >= 0 and float(image.max()) <= 1 for image in told.previews)


def test_k_sampler_can_be_interrupted() -> None:
    context, told = make_context()
    context.interrupted.set()
    with pytest.raises(Interrupted):
        call(k_sampler, ctx=context)
    assert told.progress == []


def test_nothing_to_denoise_gives_the_latent_back() -> None:
    latent: LatentDict = {"samples": torch.randn(1, 4, 8, 8)}
    assert call(k_sampler, latent_image=latent, denoise=0.0)["samples"] is latent["samples"]
    assert call(k_sampler_advanced, latent_image=latent, start_at_step=4)["samples"] is latent["samples"]
    assert call(k_sampler_advanced, latent_image=latent, end_at_step=0)["samples"] is latent["samples"]


def test_mask_and_draws_of_the_latent_count_and_stay() -> None:
    latent: LatentDict = {
        "samples": torch.randn(1, 4, 8, 8),
        "noise_mask": torch.zeros(1, 8, 8),
        "batch_index": [3],
    }
    latent["noise_mask"][..., 4:] = 1
    found = call(k_sampler, latent_image=latent)
    assert found["noise_mask"] is latent["noise_mask"]
    assert found["batch_index"] == [3]
    torch.testing.assert_close(found["samples"][..., :4], latent["samples"][..., :4])
    other = call(k_sampler, latent_image={**latent, "batch_index": [2]})
    assert not torch.equal(found["samples"], other["samples"])


@pytest.mark.parametrize("name", ["euler", "heun", "ddim"])
def test_two_advanced_samplers_make_one(name: str) -> None:
    """The first leaves noise, the second adds none: wherever of three steps it takes over, and if it has none to do."""
    given = {"sampler_name": name, "steps": 3}
    whole = samples(call(k_sampler_advanced, **given))
    assert torch.equal(whole, samples(call(k_sampler, **given)))
    for split in range(5):
        first = call(k_sampler_advanced, **given, end_at_step=split, return_with_leftover_noise="enable")
        add_noise = "disable" if split else "enable"
        second = call(k_sampler_advanced, **given, add_noise=add_noise, start_at_step=split, latent_image=first)
        torch.testing.assert_close(samples(second), whole, rtol=1e-3, atol=1e-2)


def test_without_leftover_noise_the_last_step_removes_it_all() -> None:
    model = KnownModel().model()
    kept, removed = (
        samples(call(k_sampler_advanced, model=model, end_at_step=2, return_with_leftover_noise=keep))
        for keep in ("enable", "disable")
    )
    assert float(kept.std()) > 1
    assert float(removed.std()) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_runs(name: str) -> None:
    found = samples(call(k_sampler, sampler_name=name, steps=3))
    assert found.shape == (1, 4, 8, 8)
    assert bool(found.isfinite().all())


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_runs(name: str) -> None:
    assert bool(samples(call(k_sampler, scheduler=name, steps=2)).isfinite().all())


@pytest.mark.parametrize(
    ("node", "changes", "said"),
    [
        (k_sampler, {"cfg": math.nan}, "cfg must be a finite number"),
        (k_sampler, {"steps": 0}, "steps must be at least 1"),
        (k_sampler, {"denoise": math.nan}, "denoise must be from 0 to 1"),
        (k_sampler, {"seed": 2**64}, "seed must be from 0 to 18446744073709551615"),
        (k_sampler, {"sampler_name": "magic"}, "sampler_name must be one of"),
        (k_sampler, {"scheduler": "magic"}, "scheduler must be one of"),
        (k_sampler, {"positive": []}, "positive: the conditioning is empty"),
        (k_sampler, {"latent_image": {"samples": torch.zeros(1, 16, 8, 8)}}, r"latents \[b 4 h w\]"),
        (k_sampler, {"latent_image": {}}, "latent_image: "),
        (k_sampler, {"latent_image": {**LATENT, "batch_index": [1, 2]}}, "batch_index"),
        (k_sampler_advanced, {"start_at_step": -1}, "must not be negative"),
    ],
)
def test_bad_values_are_named(node: NodeDef, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputValueError, match=said):
        call(node, **changes)


# -- parts -----------------------------------------------------------------------------------------------------------


def custom(**changes: Any) -> Any:
    return call(sampler_custom, **{"add_noise": True, "sampler": find_sampler("euler"), **changes})


def test_custom_sampler_of_the_same_parts_is_the_k_sampler() -> None:
    sigmas = basic_scheduler(model=MODEL, scheduler="normal", steps=4)
    expected = samples(call(k_sampler))
    assert torch.equal(samples(custom(sigmas=sigmas).output), expected)
    guider = cfg_guider(model=MODEL, positive=POSITIVE, negative=NEGATIVE, cfg=3.0)
    advanced = call(
        sampler_custom_advanced,
        noise=random_noise(noise_seed=5),
        guider=guider,
        sampler=k_sampler_select(sampler_name="euler"),
        sigmas=sigmas,
    )
    assert torch.equal(samples(advanced.output), expected)


def test_denoised_output_is_the_last_estimate() -> None:
    sigmas = basic_scheduler(model=MODEL, scheduler="normal", steps=4)
    whole = custom(sigmas=sigmas)
    assert torch.equal(samples(whole.output), samples(whole.denoised_output))
    part = custom(model=KnownModel().model(), sigmas=sigmas[:3])
    assert float(samples(part.output).std()) > 1
    assert float(samples(part.denoised_output).std()) == pytest.approx(0, abs=1e-3)


def test_split_runs_make_the_whole() -> None:
    sigmas = karras_scheduler(steps=5)
    high, low = split_sigmas(sigmas=sigmas, step=2)
    half = custom(sigmas=high).output
    rest = custom(sigmas=low, latent_image=half, add_noise=False).output
    torch.testing.assert_close(samples(rest), samples(custom(sigmas=sigmas).output), rtol=1e-3, atol=1e-2)


def test_noise_sources() -> None:
    assert random_noise(noise_seed=9) == NoiseSource(9)
    assert disable_noise() == NoiseSource(0, silent=True)


def test_guiders_without_and_with_two_prompts() -> None:
    inputs = {"noise": disable_noise(), "sampler": find_sampler("euler"), "sigmas": torch.tensor([2.0, 1.0, 0.0])}
    plain = call(sampler_custom_advanced, guider=basic_guider(model=MODEL, conditioning=POSITIVE), **inputs)
    same = dual_cfg_guider(
        model=MODEL, cond1=POSITIVE, cond2=POSITIVE, negative=NEGATIVE, cfg_cond2_negative=1.0, style="regular"
    )
    double = call(sampler_custom_advanced, guider=same, **inputs)
    torch.testing.assert_close(samples(plain.output), samples(double.output), rtol=1e-3, atol=1e-3)


def test_apg_changes_a_copy_of_the_model() -> None:
    changed = apg(model=MODEL, eta=0.0, norm_threshold=1.0, momentum=-0.5)
    assert changed.weights is MODEL.weights
    assert MODEL.options != changed.options
    plain, again = samples(call(k_sampler)), samples(call(k_sampler))
    assert torch.equal(plain, again)
    first, second = (samples(call(k_sampler, model=changed)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(plain, first)
    neutral = samples(call(k_sampler, model=apg(model=MODEL, eta=1.0, norm_threshold=0.0, momentum=0.0)))
    torch.testing.assert_close(neutral, plain, rtol=1e-3, atol=1e-3)


def test_samplers_with_options() -> None:
    assert sampler_lms(order=2).options == {"order": 2}
    assert sampler_euler_ancestral(eta=0.5).options == {"eta": 0.5, "s_noise": 1.0}
    assert sampler_dpmpp_2s_ancestral().name == "dpmpp_2s_ancestral"
    assert sampler_dpmpp_3m_sde(noise_device="gpu").name == "dpmpp_3m_sde_gpu"
    assert sampler_dpmpp_sde(noise_device="cpu", r=0.3).options["r"] == 0.3
    assert sampler_euler_ancestral_cfg_pp(eta=0.5).name == "euler_ancestral_cfg_pp"
    assert sampler_dpm_adaptive(order=2).options["order"] == 2
    assert sampler_er_sde(solver_type="ODE").options["solver_type"] == "ODE"
    heun = sampler_dpmpp_2m_sde(noise_device="cpu", solver_type="heun", eta=0.3)
    assert (heun.name, heun.options["solver_type"]) == ("dpmpp_2m_sde", "heun")
    named = SAMPLERS["dpmpp_2m_sde_heun"].with_options(eta=0.3)
    sigmas = karras_scheduler(steps=4)
    assert torch.equal(
        samples(custom(sampler=heun, sigmas=sigmas).output), samples(custom(sampler=named, sigmas=sigmas).output)
    )


@pytest.mark.parametrize(
    "sampler",
    [
        sampler_dpm_adaptive(),
        sampler_dpm_adaptive(order=2, eta=1.0, pcoeff=0.3, h_init=0.0),
        sampler_er_sde(solver_type="Reverse-time SDE", eta=100.0),
        sampler_euler_ancestral(eta=100.0),
        sampler_dpmpp_2m_sde(noise_device="cpu", solver_type="midpoint", eta=100.0),
        sampler_dpmpp_sde(noise_device="gpu", eta=100.0),
        sampler_lms(order=100),
    ],
)
def test_extreme_options_run(sampler: Sampler) -> None:
    found = samples(custom(sampler=sampler, sigmas=karras_scheduler(steps=4)).output)
    assert bool(found.isfinite().all())


def test_samplers_refuse_useless_options() -> None:
    with pytest.raises(InputValueError, match="r must be above 0"):
        sampler_dpmpp_sde(noise_device="cpu", r=0.0)
    with pytest.raises(InputValueError, match="order must be at least 1"):
        sampler_lms(order=0)
    with pytest.raises(InputValueError, match="max_stage must be from 1 to 3"):
        sampler_er_sde(solver_type="ODE", max_stage=4)
    with pytest.raises(InputValueError, match="eta must be a finite number"):
        sampler_euler_ancestral(eta=math.nan)


@pytest.mark.parametrize(
    ("sigmas", "first", "last"),
    [
        (karras_scheduler(steps=7), 14.614642, 0.0291675),
        (exponential_scheduler(steps=7), 14.614642, 0.0291675),
        (polyexponential_scheduler(steps=7, rho=1.5), 14.614642, 0.0291675),
        (laplace_scheduler(steps=7), 14.614642, 0.0291675),
        (vp_scheduler(steps=7), 152.17, 0.0105),
        (beta_sampling_scheduler(model=MODEL, steps=7), SD.sigma_max, 0.27),
        (sd_turbo_scheduler(model=MODEL, steps=7), SD.sigma_max, SD.sigma(399)),
        (align_your_steps_scheduler(model_type="SD1", steps=7), 14.615, 0.2299),
        (basic_scheduler(model=MODEL, scheduler="karras", steps=7), SD.sigma_max, SD.sigma_min),
    ],
)
def test_scheduler_nodes(sigmas: Tensor, first: float, last: float) -> None:
    assert (sigmas.shape, sigmas.dtype) == ((8,), torch.float32)
    assert float(sigmas[0]) == pytest.approx(first, rel=1e-3)
    assert float(sigmas[-2]) == pytest.approx(last, rel=0.2)
    assert sigmas[-1] == 0
    assert bool((sigmas.diff() < 0).all())


def test_align_your_steps_runs_the_end() -> None:
    whole = align_your_steps_scheduler(model_type="SD1")
    assert torch.equal(align_your_steps_scheduler(model_type="SD1", denoise=0.4), whole[-5:])
    assert len(align_your_steps_scheduler(model_type="SD1", denoise=0.0)) == 0


# -- sigmas ----------------------------------------------------------------------------------------------------------

LEVELS = torch.tensor([8.0, 4.0, 2.0, 1.0, 0.0])


@given(st.integers(0, 6))
def test_split_shares_the_level_between(step: int) -> None:
    high, low = split_sigmas(sigmas=LEVELS, step=step)
    assert high.tolist() + low.tolist()[1:] == LEVELS.tolist()


@pytest.mark.parametrize(("denoise", "steps"), [(0.0, 0), (0.25, 1), (0.5, 2), (1.0, 4)])
def test_split_by_share(denoise: float, steps: int) -> None:
    high, low = split_sigmas_denoise(sigmas=LEVELS, denoise=denoise)
    assert len(low) == steps + 1
    assert high.tolist() + low.tolist()[1:] == LEVELS.tolist()


def test_flip() -> None:
    assert flip_sigmas(sigmas=LEVELS).tolist() == pytest.approx([0.0001, 1.0, 2.0, 4.0, 8.0])
    assert len(flip_sigmas(sigmas=torch.zeros(0))) == 0
    risen = custom(sigmas=flip_sigmas(sigmas=LEVELS), add_noise=False)
    assert bool(samples(risen.output).isfinite().all())


def test_set_first() -> None:
    assert set_first_sigma(sigmas=LEVELS, sigma=9.5).tolist() == [9.5, 4.0, 2.0, 1.0, 0.0]
    assert LEVELS[0] == 8
    with pytest.raises(InputValueError, match="there are no noise levels"):
        set_first_sigma(sigmas=torch.zeros(0))


def test_extend() -> None:
    found = extend_intermediate_sigmas(sigmas=LEVELS, steps=2, start_at_sigma=4.0, end_at_sigma=2.0, spacing="linear")
    assert found.tolist() == [8.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.0]
    sine, cosine = (
        extend_intermediate_sigmas(sigmas=LEVELS, steps=2, end_at_sigma=5.0, spacing=spacing)[1]
        for spacing in ("sine", "cosine")
    )
    assert float(sine) == pytest.approx(8 - 4 * (1 - math.cos(math.pi / 4)))
    assert float(cosine) == pytest.approx(8 - 4 * math.sin(math.pi / 4))
    unchanged = extend_intermediate_sigmas(sigmas=LEVELS, steps=1, end_at_sigma=0.0, spacing="linear")
    assert torch.equal(unchanged, LEVELS)


def test_percent_to_sigma() -> None:
    assert sampling_percent_to_sigma(model=MODEL, sampling_percent=0.5) == SD.percent_to_sigma(0.5)
    assert sampling_percent_to_sigma(model=MODEL) > 1e8
    assert sampling_percent_to_sigma(model=MODEL, sampling_percent=1.0) == 0
    ends = [
        sampling_percent_to_sigma(model=MODEL, sampling_percent=percent, return_actual_sigma=True)
        for percent in (0.0, 1.0)
    ]
    assert ends == [SD.sigma_max, SD.sigma_min]
