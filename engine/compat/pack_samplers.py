"""Samplers and schedulers of packs, in the ways that packs add them, made choices of our own nodes.

A pack appends a name to `KSampler.SAMPLERS` and sets `sample_<name>` in `comfy.k_diffusion.sampling`: a function
`(model, x, sigmas, extra_args=None, callback=None, disable=None, **options) -> x` that runs all steps by itself and
calls back after each. A scheduler is a name in `KSampler.SCHEDULERS` with an entry in `SCHEDULER_HANDLERS`, or with a
function that replaces `comfy.samplers.calculate_sigmas`.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from engine.compat.host import Host
from engine.compat.not_offered import refusing
from engine.compat.pack_models import PackModelSampling
from engine.compat.pack_progress import check_interrupted
from engine.errors import InputValueError
from engine.graph.schema import NodeDef
from engine.sampling.model import Model
from engine.sampling.noise import TREE_DIGITS, make_brownian_noise
from engine.sampling.parametrization import DiscreteSchedule, Parametrization, list_floats
from engine.sampling.samplers import SAMPLERS, Sampler, find_sampler, offer_samplers
from engine.sampling.schedules import SCHEDULERS, Formula, as_sigmas, offer_schedulers
from engine.sampling.solver import Guided, Problem, Step

_FUNCTIONS = "engine.compat.shims.comfy.k_diffusion.sampling"
_LISTS = "engine.compat.shims.comfy.samplers"


class SchedulerHandler(NamedTuple):
    """How a scheduler of a pack is called.

    Attributes:
        handler: (model sampling, steps) -> levels; without `use_ms`, (n=, sigma_min=, sigma_max=) -> levels.
        use_ms: Which of the two.
    """

    handler: Callable[..., Any]
    use_ms: bool = True


# -- samplers --------------------------------------------------------------------------------------------------------


class Denoiser:
    """The model as a sampler of a pack sees it: `model(x, sigma, **extra_args)` gives the clean latent.

    Args:
        guided: (x, sigma) -> the estimates.
        model: Whose they are.
    """

    def __init__(self, guided: Callable[[Tensor, float], Guided], model: Model | None) -> None:
        self._guided = guided
        self.stopped: BaseException | None = None
        self.last: Tensor | None = None
        if model is not None:
            sampling = PackModelSampling(model.parametrization)
            inner = SimpleNamespace(model_sampling=sampling, latent_format=model.latent_format)
            self.inner_model = SimpleNamespace(model_sampling=sampling, inner_model=inner)
            self.model_sampling = sampling

    def __call__(self, x: Tensor, sigma: Tensor | float, **extra_args: Any) -> Tensor:
        """The estimate with guidance for `x [b c h w]`; of the levels, the first counts."""
        self.check()
        level = float(sigma.flatten()[0]) if isinstance(sigma, Tensor) else float(sigma)
        estimates = self._guided(x, level)
        denoised = estimates.denoised
        options: Any = extra_args.get("model_options") or {}
        for function in options.get("sampler_post_cfg_function", ()):
            denoised = function(
                {
                    "denoised": denoised,
                    "cond_denoised": estimates.denoised,
                    "uncond_denoised": estimates.uncond,
                    "input": x,
                    "sigma": torch.as_tensor(sigma),
                    "model": getattr(self, "inner_model", None),
                    "model_options": options,
                }
            )
        self.last = denoised
        return denoised

    def check(self) -> None:
        """Raise what ended the run, also if the sampler did not let it through."""
        if self.stopped is not None:
            raise self.stopped
        check_interrupted()


@dataclass(frozen=True, slots=True)
class FunctionSampler(Sampler):
    """A sampler that is a function of a pack.

    Attributes:
        function: Runs all steps.
    """

    function: Callable[..., Tensor] = field(default=refusing("A sampler without a function"))

    def run(
        self, guided: Callable[[Tensor, float], Guided], x: Tensor, sigmas: tuple[float, ...], seed: int
    ) -> Iterator[Step]:
        """All steps, once they are done."""
        steps: list[Step] = []
        self.follow(guided, x, sigmas, seed, on_step=steps.append)
        yield from steps

    def follow(
        self,
        guided: Callable[[Tensor, float], Guided],
        x: Tensor,
        sigmas: tuple[float, ...],
        seed: int,
        *,
        on_step: Callable[[Step], None],
        model: Model | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        """Run to the end, and tell of each step when the function calls back."""
        denoiser = Denoiser(guided, model)

        def callback(given: dict[str, Any]) -> None:
            index = int(given["i"])
            level = sigmas[index] if 0 <= index < len(sigmas) else 0.0
            try:
                on_step(Step(index, given["x"], given["denoised"], level))
            except BaseException as error:
                denoiser.stopped = error
                raise

        levels = torch.tensor(sigmas, dtype=torch.float32, device=x.device)
        extra_args = {"seed": seed, "model_options": {"transformer_options": {}}, "cond": [], "uncond": []}
        result: Any = self.function(
            denoiser, x, levels, extra_args=extra_args, callback=callback, disable=True, **self.options
        )
        denoiser.check()
        if not isinstance(result, Tensor) or result.shape != x.shape:
            raise InputValueError(f"The sampler {self.name!r} should give a latent {list(x.shape)}, and did not.")
        return result, denoiser.last


def make_function_sampler(
    name: str, function: Callable[..., Tensor], options: dict[str, Any] | None = None, inpaint: Any = None
) -> FunctionSampler:
    """A sampler of a function.

    Args:
        name: For messages; if it ends in `cfg_pp`, the negative estimate is always computed.
        function: Runs all steps.
        options: Handed to it.
        inpaint: `{"random": True}` renews the noise of what inpainting keeps.
    """
    return FunctionSampler(
        name,
        refusing(f"The sampler {name!r} as a generator"),
        uses_uncond="cfg_pp" in name,
        renews_inpaint_noise=bool((inpaint or {}).get("random")),
        options=options or {},
        function=function,
    )


def find_pack_sampler(name: str) -> Sampler | None:
    """The sampler that a pack added under this name."""
    if name not in sampler_names():
        return None
    function: Any = vars(importlib.import_module(_FUNCTIONS)).get(f"sample_{name}")
    return None if function is None else make_function_sampler(name, function)


def sampler_of(name: str) -> Sampler:
    """A sampler of ours or of a pack.

    Raises:
        InputValueError: if there is none of this name.
    """
    with offer_pack_choices():
        return find_sampler(name)


def lend_solver(name: str) -> Callable[..., Tensor]:
    """One of our samplers as a function such as packs write and call."""
    sampler = SAMPLERS[name]

    def sample(
        model: Any,
        x: Tensor,
        sigmas: Tensor,
        extra_args: dict[str, Any] | None = None,
        callback: Callable[[dict[str, Any]], Any] | None = None,
        disable: Any = None,
        **options: Any,
    ) -> Tensor:
        del disable
        arguments = extra_args or {}
        ones = x.new_ones(len(x))

        def guided(x: Tensor, sigma: float) -> Guided:
            denoised = model(x, sigma * ones, **arguments)
            return Guided(denoised, denoised)

        def tell(step: Step) -> None:
            if callback is not None:
                level = torch.tensor(step.sigma)
                told = {"x": step.x, "i": step.index, "sigma": level, "sigma_hat": level, "denoised": step.denoised}
                callback(told)

        noise_sampler = options.pop("noise_sampler", None)
        known = {key: value for key, value in options.items() if value is not None}
        levels = tuple(list_floats(sigmas))
        seed = int(arguments.get("seed") or 0)
        if noise_sampler is None:
            return sampler.with_options(**known).follow(guided, x, levels, seed, on_step=tell)[0]

        def draw(sigma: float, sigma_next: float) -> Tensor:
            return noise_sampler(torch.tensor(sigma), torch.tensor(sigma_next))

        for step in sampler.solve(Problem(guided, x, levels, draw), **known):
            x = step.x
            tell(step)
        return x

    sample.__name__ = f"sample_{name}"
    return sample


class BrownianTreeNoiseSampler:
    """Noise for each interval of a run, from one Brownian path, as packs make it.

    Args:
        x: The latent.
        sigma_min: The lowest level that will be asked for.
        sigma_max: The highest.
        seed: Names the path; a list names one for all.
        transform: Of levels, before they are looked up; the identity is the only one that is known.
        cpu: Draw on the host.
    """

    def __init__(
        self, x: Tensor, sigma_min: Any, sigma_max: Any, seed: Any = None, transform: Any = None, cpu: bool = False
    ) -> None:
        del transform
        number = int(seed[0] if isinstance(seed, Sequence) else seed or 0)
        lowest = max(float(sigma_min), 10**-TREE_DIGITS)
        self._draw = make_brownian_noise(x, lowest, float(sigma_max), number, on_device=not cpu)

    def __call__(self, sigma: Any, sigma_next: Any) -> Tensor:
        """Noise of unit variance."""
        return self._draw(float(sigma), float(sigma_next))


# -- schedulers ------------------------------------------------------------------------------------------------------


def find_pack_scheduler(name: str) -> Formula | None:
    """The scheduler that a pack added under this name."""
    if name not in scheduler_names():
        return None
    lists: Any = importlib.import_module(_LISTS)
    handler = lists.SCHEDULER_HANDLERS.get(name)
    if handler is None and lists.calculate_sigmas is calculate_sigmas:
        return None

    def formula(schedule: DiscreteSchedule, n: int) -> list[float]:
        sampling = PackModelSampling(Parametrization(schedule))
        if handler is None:
            return list_floats(torch.as_tensor(lists.calculate_sigmas(sampling, name, n)).float())
        return list_floats(_ask(SchedulerHandler(*handler), sampling, n))

    return formula


def _ask(handler: SchedulerHandler, sampling: PackModelSampling, n: int) -> Tensor:
    if handler.use_ms:
        return torch.as_tensor(handler.handler(sampling, n)).float()
    low, high = sampling.schedule.sigma_min, sampling.schedule.sigma_max
    return torch.as_tensor(handler.handler(n=n, sigma_min=low, sigma_max=high)).float()


def calculate_sigmas(model_sampling: Any, scheduler_name: str, steps: int) -> Tensor:
    """The levels of a scheduler of ours or of a pack.

    Raises:
        InputValueError: if there is none of this name.
    """
    formula = SCHEDULERS.get(scheduler_name) or find_pack_scheduler(scheduler_name)
    if formula is None:
        raise InputValueError(f"scheduler must be one of {', '.join(scheduler_names())}, not {scheduler_name!r}.")
    return as_sigmas(formula(model_sampling.schedule, steps))


def lend_formula(name: str) -> Callable[..., Tensor]:
    """One of our schedulers as a function (model sampling, steps) -> levels."""

    def formula(model_sampling: Any, steps: int) -> Tensor:
        return calculate_sigmas(model_sampling, name, steps)

    return formula


# -- choices ---------------------------------------------------------------------------------------------------------


def sampler_names() -> list[str]:
    """What a sampler may be called now."""
    lists: Any = importlib.import_module(_LISTS)
    return list(dict.fromkeys((*SAMPLERS, *lists.KSampler.SAMPLERS, *lists.SAMPLER_NAMES)))


def scheduler_names() -> list[str]:
    """What a scheduler may be called now."""
    lists: Any = importlib.import_module(_LISTS)
    return list(dict.fromkeys((*SCHEDULERS, *lists.KSampler.SCHEDULERS, *lists.SCHEDULER_NAMES)))


@contextmanager
def offer_pack_choices() -> Generator[None]:
    """For as long as the `with` lasts, samplers and schedulers of packs are found by name."""
    with offer_samplers(find_pack_sampler), offer_schedulers(find_pack_scheduler):
        yield


def open_choices(host: Host) -> None:
    """Let every node of ours that offers our samplers or schedulers offer those of packs, too."""
    for definition in list(host.registry):
        if definition.renew is None and any(_further_names(declared.choices) for declared in definition.inputs):
            host.registry.replace(_open(definition))


def _open(definition: NodeDef) -> NodeDef:
    inputs = tuple(
        replace(declared, choices=tuple(names())) if (names := _further_names(declared.choices)) else declared
        for declared in definition.inputs
    )

    @functools.wraps(definition.call)
    def call(**given: Any) -> Any:
        with offer_pack_choices():
            return definition.call(**given)

    return replace(definition, inputs=inputs, call=call, renew=partial(_open, definition))


def _further_names(choices: Any) -> Callable[[], list[str]] | None:
    """What lists the choices that these become, if they are our samplers or schedulers."""
    if not isinstance(choices, tuple):
        return None
    if set(SAMPLERS) == set(choices):
        return sampler_names
    return scheduler_names if set(SCHEDULERS) == set(choices) else None
