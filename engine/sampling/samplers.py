"""The samplers by name, and the value that SAMPLER sockets carry.

A sampler is a solver with its options; what it computes is said in the `solver_*` files. Names and their order are
those of workflow files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.noise import StepNoise, make_brownian_noise, make_gaussian_noise
from engine.sampling.solver import Guided, Problem, Step
from engine.sampling.solver_ancestral import ddpm, dpm_2_ancestral, dpmpp_2s_ancestral, euler_ancestral, lcm
from engine.sampling.solver_cfgpp import euler_ancestral_cfg_pp, euler_cfg_pp
from engine.sampling.solver_dpm import dpm_adaptive, dpm_fast
from engine.sampling.solver_er_sde import er_sde
from engine.sampling.solver_multistep import gradient_estimation, ipndm, res_multistep
from engine.sampling.solver_ode import dpm_2, dpmpp_2m, euler, heun, heunpp2, lms
from engine.sampling.solver_sde import dpmpp_2m_sde, dpmpp_2m_sde_heun, dpmpp_3m_sde, dpmpp_sde
from engine.sampling.solver_seeds import seeds_2, seeds_3
from engine.sampling.solver_unipc import uni_pc, uni_pc_bh2

if TYPE_CHECKING:
    from engine.sampling.model import Model

SamplerName = Literal[
    "euler",
    "euler_cfg_pp",
    "euler_ancestral",
    "euler_ancestral_cfg_pp",
    "heun",
    "heunpp2",
    "dpm_2",
    "dpm_2_ancestral",
    "lms",
    "dpm_fast",
    "dpm_adaptive",
    "dpmpp_2s_ancestral",
    "dpmpp_sde",
    "dpmpp_sde_gpu",
    "dpmpp_2m",
    "dpmpp_2m_sde",
    "dpmpp_2m_sde_gpu",
    "dpmpp_2m_sde_heun",
    "dpmpp_2m_sde_heun_gpu",
    "dpmpp_3m_sde",
    "dpmpp_3m_sde_gpu",
    "ddpm",
    "lcm",
    "ipndm",
    "res_multistep",
    "gradient_estimation",
    "er_sde",
    "seeds_2",
    "seeds_3",
    "ddim",
    "uni_pc",
    "uni_pc_bh2",
]

NoiseKind = Literal["gaussian", "brownian", "brownian_on_device"]


@dataclass(frozen=True, slots=True)
class Sampler:
    """A solver and its options.

    Attributes:
        name: As in workflow files.
        solve: The solver: a `Problem` and the options -> the steps.
        noise: Where the noise that it adds comes from; deterministic solvers never ask.
        falling_only: It has no meaning for levels that rise.
        uses_uncond: It needs the unconditional estimate even where guidance would not compute it.
        renews_inpaint_noise: The part that inpainting keeps gets noise of its own (seed + 1), not the initial noise.
        options: Keyword arguments of the solver.
    """

    name: str
    solve: Callable[..., Iterator[Step]]
    noise: NoiseKind = "gaussian"
    falling_only: bool = False
    uses_uncond: bool = False
    renews_inpaint_noise: bool = False
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def with_options(self, **options: Any) -> Sampler:
        """The same sampler with further options.

        Raises:
            InputValueError: If a number is not finite.
        """
        for name, value in options.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise InputValueError(f"{name} must be a finite number, not {value}.")
        return replace(self, options={**self.options, **options})

    def run(
        self, guided: Callable[[Tensor, float], Guided], x: Tensor, sigmas: tuple[float, ...], seed: int
    ) -> Iterator[Step]:
        """Follow the levels down (or up).

        Args:
            guided: (x, sigma) -> the estimates.
            x: The latent at the first level `[b c h w]`.
            sigmas: The levels, no two neighbours equal; only the last may be 0.
            seed: Of the noise that is added.

        Raises:
            InputValueError: If the levels rise and the sampler needs falling ones.
        """
        return self.solve(Problem(guided, x, sigmas, self._make_noise(x, sigmas, seed)), **self.options)

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
        """Run to the end.

        Args:
            guided: As for `run`; so are `x`, `sigmas` and `seed`.
            x: The latent at the first level.
            sigmas: The levels.
            seed: Of the noise that is added.
            on_step: Called after each step; what it raises ends the run.
            model: Whose estimates they are; only samplers that are not of this package ask.

        Returns:
            The latent at the last level, and the last estimate of the clean one; None if there was no step.
        """
        del model
        denoised: Tensor | None = None
        for step in self.run(guided, x, sigmas, seed):
            x, denoised = step.x, step.denoised
            on_step(step)
        return x, denoised

    def _make_noise(self, x: Tensor, sigmas: tuple[float, ...], seed: int) -> StepNoise:
        if self.falling_only and any(after >= before for before, after in pairwise(sigmas)):
            raise InputValueError(f"{self.name} needs sigmas that fall from each step to the next, not {list(sigmas)}.")
        if self.noise == "gaussian":
            return make_gaussian_noise(x, seed)
        lowest = min((sigma for sigma in sigmas if sigma > 0), default=0.0)
        return make_brownian_noise(x, lowest, sigmas[0], seed, on_device=self.noise == "brownian_on_device")


SAMPLERS: Final[Mapping[str, Sampler]] = {
    sampler.name: sampler
    for sampler in (
        Sampler("euler", euler),
        Sampler("euler_cfg_pp", euler_cfg_pp, uses_uncond=True),
        Sampler("euler_ancestral", euler_ancestral),
        Sampler("euler_ancestral_cfg_pp", euler_ancestral_cfg_pp, uses_uncond=True),
        Sampler("heun", heun),
        Sampler("heunpp2", heunpp2),
        Sampler("dpm_2", dpm_2),
        Sampler("dpm_2_ancestral", dpm_2_ancestral),
        Sampler("lms", lms),
        Sampler("dpm_fast", dpm_fast),
        Sampler("dpm_adaptive", dpm_adaptive, falling_only=True),
        Sampler("dpmpp_2s_ancestral", dpmpp_2s_ancestral),
        Sampler("dpmpp_sde", dpmpp_sde, noise="brownian", falling_only=True),
        Sampler("dpmpp_sde_gpu", dpmpp_sde, noise="brownian_on_device", falling_only=True),
        Sampler("dpmpp_2m", dpmpp_2m),
        Sampler("dpmpp_2m_sde", dpmpp_2m_sde, noise="brownian", falling_only=True),
        Sampler("dpmpp_2m_sde_gpu", dpmpp_2m_sde, noise="brownian_on_device", falling_only=True),
        Sampler("dpmpp_2m_sde_heun", dpmpp_2m_sde_heun, noise="brownian", falling_only=True),
        Sampler("dpmpp_2m_sde_heun_gpu", dpmpp_2m_sde_heun, noise="brownian_on_device", falling_only=True),
        Sampler("dpmpp_3m_sde", dpmpp_3m_sde, noise="brownian", falling_only=True),
        Sampler("dpmpp_3m_sde_gpu", dpmpp_3m_sde, noise="brownian_on_device", falling_only=True),
        Sampler("ddpm", ddpm),
        Sampler("lcm", lcm),
        Sampler("ipndm", ipndm),
        Sampler("res_multistep", res_multistep),
        Sampler("gradient_estimation", gradient_estimation),
        Sampler("er_sde", er_sde, falling_only=True),
        Sampler("seeds_2", seeds_2, falling_only=True),
        Sampler("seeds_3", seeds_3, falling_only=True),
        Sampler("ddim", euler, renews_inpaint_noise=True),
        Sampler("uni_pc", uni_pc),
        Sampler("uni_pc_bh2", uni_pc_bh2),
    )
}


_further: ContextVar[Callable[[str], Sampler | None] | None] = ContextVar("further_samplers", default=None)


@contextmanager
def offer_samplers(find: Callable[[str], Sampler | None]) -> Generator[None]:
    """For as long as the `with` lasts, in this thread or task, `find_sampler` asks here for names it does not know."""
    token = _further.set(find)
    try:
        yield
    finally:
        _further.reset(token)


def find_sampler(name: str) -> Sampler:
    """The sampler of this name.

    Raises:
        InputValueError: If there is none; says what there is.
    """
    sampler, further = SAMPLERS.get(name), _further.get()
    if sampler is None and further is not None:
        sampler = further(name)
    if sampler is None:
        raise InputValueError(f"sampler_name must be one of {', '.join(SAMPLERS)}, not {name!r}.")
    return sampler
