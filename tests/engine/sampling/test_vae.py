"""Images to latents and back: the network's own results, however they are cut into parts."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor
from torch.nn import functional

import engine.sampling.vae as vae_module
from engine.errors import InputValueError
from engine.memory.pool import Pool
from engine.models.vae import AutoencoderKL
from engine.sampling.vae import Vae, crop_to_multiple, decode_latent, decode_tiled, encode_image, encode_tiled
from engine.settings import Settings
from tests.small_models import make_pool, make_vae, make_weights


@pytest.fixture(scope="module")
def pool() -> Pool:
    return make_pool()


@pytest.fixture(scope="module")
def vae() -> Vae:
    return make_vae()


@pytest.fixture(scope="module")
def network(pool: Pool, vae: Vae) -> AutoencoderKL:
    with pool.use(vae.weights) as network:
        return network


@dataclass
class Progress:
    """What a node was told."""

    told: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))


def random(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def test_decoding_is_the_networks_output_as_an_image(pool: Pool, vae: Vae, network: AutoencoderKL) -> None:
    latents = random(2, 4, 4, 6) * 2 - 1
    image = decode_latent(pool, vae, latents)
    assert image.shape == (2, 32, 48, 3)
    assert image.dtype == torch.float32
    assert image.is_contiguous()
    torch.testing.assert_close(image, ((network.decode(latents) + 1) / 2).clamp(0, 1).movedim(1, -1))
    assert image.min() >= 0
    assert image.max() <= 1


def test_encoding_is_the_networks_mean(pool: Pool, vae: Vae, network: AutoencoderKL) -> None:
    image = random(2, 32, 48, 3)
    version = image._version
    latents = encode_image(pool, vae, image)
    assert latents.shape == (2, 4, 4, 6)
    torch.testing.assert_close(latents, network.encode(image.movedim(-1, 1) * 2 - 1))
    assert image._version == version


def test_alpha_is_not_used_and_grey_is_a_colour(pool: Pool, vae: Vae) -> None:
    image = random(1, 16, 16, 4)
    assert torch.equal(encode_image(pool, vae, image), encode_image(pool, vae, image[..., :3]))
    grey = image[..., :1]
    torch.testing.assert_close(encode_image(pool, vae, grey), encode_image(pool, vae, grey.repeat(1, 1, 1, 3)))


def test_images_are_cut_at_all_sides_to_a_multiple_of_8(pool: Pool, vae: Vae) -> None:
    image = random(1, 21, 31, 3)
    assert torch.equal(crop_to_multiple(image, 8), image[:, 2:18, 3:27])
    assert torch.equal(encode_image(pool, vae, image), encode_image(pool, vae, image[:, 2:18, 3:27]))


@pytest.mark.parametrize("shape", [(1, 7, 16, 3), (16, 16, 3), (1, 16, 16, 2), (0, 16, 16, 3)])
def test_what_is_no_image_is_refused(shape: tuple[int, ...], pool: Pool, vae: Vae) -> None:
    with pytest.raises(InputValueError, match=r"^pixels: "):
        encode_image(pool, vae, torch.zeros(shape))
    with pytest.raises(InputValueError, match=r"^pixels: "):
        encode_tiled(pool, vae, torch.zeros(shape), 64, 16)


@pytest.mark.parametrize("shape", [(1, 16, 8, 8), (4, 8, 8), (1, 4, 0, 8), (1, 4, 2, 8, 8)])
def test_what_are_no_latents_are_refused(shape: tuple[int, ...], pool: Pool, vae: Vae) -> None:
    with pytest.raises(InputValueError, match=r"^samples: latents \[b 4 h w\]"):
        decode_latent(pool, vae, torch.zeros(shape))
    with pytest.raises(InputValueError, match=r"^samples: "):
        decode_tiled(pool, vae, torch.zeros(shape), 64, 16)


# -- short of memory ---------------------------------------------------------------------------------------------------


class FullError(RuntimeError):
    """What torch raises on the host, in other words."""

    def __init__(self) -> None:
        super().__init__("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.")


@dataclass
class Limited:
    """Makes an autoencoder whose memory is full beyond so many latent pixels at once; remembers what it was given."""

    limit: int
    sizes: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])

    def vae(self, plain: Vae) -> Vae:
        def make() -> AutoencoderKL:
            return _LimitedNetwork(self)

        return Vae(make_weights("vae", make), plain.latent_format, plain.config)

    def check(self, x: Tensor, cell: int) -> None:
        self.sizes.append(tuple(x.shape))
        if x.shape[0] * x.shape[2] * x.shape[3] > self.limit * cell**2:
            raise FullError


class _LimitedNetwork(AutoencoderKL):
    def __init__(self, limited: Limited) -> None:
        super().__init__(make_vae().config)
        self.limited = limited

    def decode(self, latents: Tensor) -> Tensor:
        self.limited.check(latents, 1)
        return super().decode(latents)

    def encode(self, pixels: Tensor) -> Tensor:
        self.limited.check(pixels, 8)
        return super().encode(pixels)


def test_a_batch_that_does_not_fit_goes_through_in_parts(pool: Pool, vae: Vae) -> None:
    limited = Limited(2 * 16)
    latents = random(5, 4, 4, 4)
    progress = Progress()
    image = decode_latent(pool, limited.vae(vae), latents, progress)
    torch.testing.assert_close(image, decode_latent(pool, vae, latents))
    assert [size[0] for size in limited.sizes] == [5, 2, 2, 1]
    assert progress.told == [(2, 5), (4, 5), (5, 5)]


def test_where_the_system_says_how_much_is_free_the_first_try_fits(vae: Vae) -> None:
    one = 32 * 32 * 32 * 4 * vae_module.WORKING_FACTOR
    pool = Pool(Settings(device="cpu"), measure_free=lambda _: 2 * one)
    limited = Limited(1000)
    assert decode_latent(pool, limited.vae(vae), random(5, 4, 4, 4)).shape == (5, 32, 32, 3)
    assert [size[0] for size in limited.sizes] == [2, 2, 1]
    limited.sizes.clear()
    assert encode_image(pool, limited.vae(vae), random(5, 32, 32, 3)).shape == (5, 4, 4, 4)
    assert [size[0] for size in limited.sizes] == [2, 2, 1]


@pytest.mark.parametrize(("limit", "largest"), [(32 * 32, 32 * 32), (16 * 16, 16 * 16)])
def test_an_image_that_does_not_fit_is_done_in_tiles(
    limit: int, largest: int, pool: Pool, vae: Vae, caplog: pytest.LogCaptureFixture
) -> None:
    limited = Limited(limit)
    latents = torch.full((1, 4, 36, 40), 0.3)
    image = decode_latent(pool, limited.vae(vae), latents)
    assert image.shape == (1, 288, 320, 3)
    assert "tiles" in caplog.text
    assert limited.sizes[-1][2] * limited.sizes[-1][3] <= largest


def test_what_does_not_fit_in_the_smallest_tiles_is_an_error(pool: Pool, vae: Vae) -> None:
    with pytest.raises(FullError):
        decode_latent(pool, Limited(10).vae(vae), torch.zeros(1, 4, 8, 8))


def test_other_errors_are_not_taken_for_a_lack_of_memory(pool: Pool, vae: Vae, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = Limited(10**9)
    monkeypatch.setattr(limited, "check", _fail)
    with pytest.raises(RuntimeError, match="something else"):
        decode_latent(pool, limited.vae(vae), torch.zeros(2, 4, 8, 8))


def _fail(x: Tensor, cell: int) -> None:
    raise RuntimeError("something else")


# -- tiles -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(2, 10, 13), (1, 8, 8), (1, 3, 30)])
def test_tiled_results_have_the_size_of_whole_ones(size: tuple[int, int, int], pool: Pool, vae: Vae) -> None:
    b, h, w = size
    progress = Progress()
    image = decode_tiled(pool, vae, random(b, 4, h, w), 64, 16, progress)
    assert image.shape == (b, h * 8, w * 8, 3)
    assert progress.told[-1] == (len(progress.told),) * 2
    assert encode_tiled(pool, vae, image, 64, 16).shape == (b, 4, h, w)


def test_one_tile_is_the_whole(pool: Pool, vae: Vae) -> None:
    latents = random(1, 4, 8, 8)
    torch.testing.assert_close(decode_tiled(pool, vae, latents, 512, 64), decode_latent(pool, vae, latents))
    image = random(1, 64, 64, 3)
    torch.testing.assert_close(encode_tiled(pool, vae, image, 512, 64), encode_image(pool, vae, image))


class _LocalNetwork(AutoencoderKL):
    """Looks at neighbours only, as nothing else is the same in a tile as in the whole."""

    def decode(self, latents: Tensor) -> Tensor:
        return functional.interpolate(latents[:, :3], scale_factor=8, mode="bilinear")

    def encode(self, pixels: Tensor) -> Tensor:
        mean = functional.avg_pool2d(functional.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False), 8)
        return torch.cat([mean, mean[:, :1]], dim=1)


def test_smooth_data_shows_no_seams(pool: Pool, vae: Vae) -> None:
    """Tiled and whole agree everywhere, also in the difference of neighbours."""
    local = Vae(make_weights("vae", lambda: _LocalNetwork(vae.config)), vae.latent_format, vae.config)
    wave = torch.sin(torch.arange(60) / 9)[:, None] * torch.cos(torch.arange(44) / 7)
    latents = wave[None, None].repeat(1, 4, 1, 1) * 0.8
    whole = decode_latent(pool, local, latents)
    tiled = decode_tiled(pool, local, latents, 128, 32)
    torch.testing.assert_close(tiled, whole, atol=2e-3, rtol=0)
    for side in (1, 2):
        torch.testing.assert_close(tiled.diff(dim=side), whole.diff(dim=side), atol=2e-3, rtol=0)
    torch.testing.assert_close(
        encode_tiled(pool, local, whole, 128, 32), encode_image(pool, local, whole), atol=2e-3, rtol=0
    )
