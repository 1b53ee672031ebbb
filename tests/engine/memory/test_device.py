from __future__ import annotations

from pathlib import Path

import pytest
import torch

import engine.memory.device as device_module
from engine.errors import EngineError
from engine.memory.device import choose_dtype, is_out_of_memory, measure_free_bytes, resolve_device
from engine.memory.weights import Role

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)
ROLES: tuple[Role, ...] = ("unet", "vae", "clip")


def set_capability(monkeypatch: pytest.MonkeyPatch, major: int, minor: int) -> None:
    def get_device_capability(device: torch.device) -> tuple[int, int]:
        return major, minor

    monkeypatch.setattr(torch.cuda, "get_device_capability", get_device_capability)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    set_capability(monkeypatch, 8, 6)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("no_gpu")
def test_without_gpu_auto_is_the_cpu() -> None:
    assert resolve_device("auto") == resolve_device("cpu") == CPU


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(
    ("name", "index"), [("auto", 0), ("cuda", 0), ("cuda:0", 0), ("cuda:1", 1), ("cuda:1,cuda:0", 1)]
)
def test_gpus_by_name(name: str, index: int) -> None:
    assert resolve_device(name) == torch.device("cuda", index)


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize("name", ["cuda:2", "cuda:-1", "cuda:x", "gpu", "", "CPU", "mps", "meta"])
def test_what_is_not_there_is_refused_with_what_is(name: str) -> None:
    with pytest.raises(EngineError, match="cpu, cuda:0, cuda:1") as caught:
        resolve_device(name)
    assert repr(name) in str(caught.value)


@pytest.mark.usefixtures("no_gpu")
def test_cuda_where_there_is_none() -> None:
    with pytest.raises(EngineError, match="No CUDA device was found"):
        resolve_device("cuda")


@pytest.mark.parametrize("role", ROLES)
def test_the_cpu_computes_in_float32(role: Role) -> None:
    assert choose_dtype(role, CPU) == torch.float32


@pytest.mark.usefixtures("two_gpus")
def test_gpus_compute_in_half_precision_autoencoders_in_the_wider_one() -> None:
    assert [choose_dtype(role, CUDA) for role in ROLES] == [torch.float16, torch.bfloat16, torch.float16]


def test_older_gpus_have_no_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    set_capability(monkeypatch, 7, 5)
    assert choose_dtype("vae", CUDA) == choose_dtype("vae", CUDA, "float16") == torch.float32
    assert choose_dtype("vae", CUDA, "bfloat16") == torch.bfloat16


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("device", [CPU, CUDA])
def test_what_the_user_asks_for_counts(role: Role, device: torch.device) -> None:
    assert choose_dtype(role, device, "float32") == torch.float32
    assert choose_dtype(role, device, "bfloat16") == torch.bfloat16
    assert (choose_dtype(role, device, "float16") == torch.float16) == (role != "vae")


def test_free_host_memory_is_less_than_there_is() -> None:
    free = measure_free_bytes(CPU)
    assert free is None or 2**20 < free < 2**50


def test_limits_of_control_groups_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = tmp_path / "groups" / "outer" / "inner"
    group.mkdir(parents=True)
    for directory, limit in ((group, "max"), (group.parent, "5000000")):
        (directory / "memory.max").write_text(f"{limit}\n")
        (directory / "memory.current").write_text("3000000\n")
        (directory / "memory.stat").write_text("anon 1\ninactive_file 500000\n")
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:   8000000 kB\n")
    (tmp_path / "cgroup").write_text("0::/outer/inner\n")
    monkeypatch.setattr(device_module, "_CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(device_module, "_OWN_CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(device_module, "_MEMINFO", tmp_path / "meminfo")
    assert measure_free_bytes(CPU) == 2_500_000
    (group.parent / "memory.max").write_text("max\n")
    assert measure_free_bytes(CPU) == 8_192_000_000
    (tmp_path / "meminfo").unlink()
    assert measure_free_bytes(CPU) is None


def test_what_out_of_memory_looks_like() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(MemoryError())
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
