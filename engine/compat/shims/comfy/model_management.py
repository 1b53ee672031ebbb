"""`comfy.model_management`: devices, types, memory, interrupts."""

from __future__ import annotations

from typing import Any

import torch

from engine.compat.not_offered import absent_names
from engine.compat.pack_devices import (
    CPUState,
    VRAMState,
    cast_to,
    cast_to_device,
    compute_device,
    dtype_of,
    dtype_size,
    free_memory,
    get_autocast_device,
    get_free_memory,
    get_torch_device,
    get_torch_device_name,
    get_total_memory,
    host_device,
    is_device_type,
    is_nvidia,
    load_models_gpu,
    loaded_patchers,
    minimum_inference_memory,
    should_use_bf16,
    should_use_fp16,
    soft_empty_cache,
    unload_all_models,
)
from engine.compat.pack_devices import cpu_state as _cpu_state
from engine.compat.pack_devices import vram_state as _vram_state
from engine.compat.pack_progress import check_interrupted, interrupt, is_interrupted
from engine.compat.pack_tensors import module_size
from engine.errors import Interrupted

__all__ = [
    "CPUState",
    "VRAMState",
    "cast_to",
    "cast_to_device",
    "dtype_size",
    "free_memory",
    "get_autocast_device",
    "get_free_memory",
    "get_torch_device",
    "get_torch_device_name",
    "get_total_memory",
    "is_nvidia",
    "load_models_gpu",
    "minimum_inference_memory",
    "module_size",
    "should_use_bf16",
    "should_use_fp16",
    "soft_empty_cache",
    "unload_all_models",
]

InterruptProcessingException = Interrupted
OOM_EXCEPTION = torch.OutOfMemoryError
throw_exception_if_processing_interrupted = check_interrupted
interrupt_current_processing = interrupt
processing_interrupted = is_interrupted

intermediate_device = unet_offload_device = text_encoder_offload_device = vae_offload_device = host_device
text_encoder_device = vae_device = text_encoder_initial_device = unet_inital_load_device = compute_device
loaded_models = loaded_patchers

XFORMERS_IS_AVAILABLE = False
XFORMERS_ENABLED_VAE = False
ENABLE_PYTORCH_ATTENTION = True
DISABLE_SMART_MEMORY = False
FORCE_FP32 = False
directml_enabled = False
xpu_available = False
lowvram_available = True


def load_model_gpu(model: Any) -> None:
    """Make a model ready to compute."""
    load_models_gpu([model])


def unet_dtype(*_: Any, **__: Any) -> torch.dtype:
    """What diffusion models compute in."""
    return dtype_of("unet")


def unet_manual_cast(*_: Any, **__: Any) -> None:
    """Our networks are stored in what they compute in."""


def vae_dtype(*_: Any, **__: Any) -> torch.dtype:
    """What autoencoders compute in."""
    return dtype_of("vae")


def text_encoder_dtype(*_: Any, **__: Any) -> torch.dtype:
    """What text encoders compute in."""
    return dtype_of("clip")


def maximum_vram_for_weights(device: Any = None) -> int:
    """Bytes that weights may take."""
    return get_total_memory(device) - minimum_inference_memory()


def extra_reserved_memory() -> int:
    """Bytes that are left to other programs."""
    return 0


def is_device_cpu(device: Any) -> bool:
    """Whether a device is the host."""
    return is_device_type(device, "cpu")


def is_device_cuda(device: Any) -> bool:
    """Whether a device is one of CUDA's."""
    return is_device_type(device, "cuda")


def is_device_mps(device: Any) -> bool:
    """Whether a device is one of Apple's."""
    return is_device_type(device, "mps")


def cpu_mode() -> bool:
    """Whether the host computes."""
    return _cpu_state() is CPUState.CPU


def _no(*_: Any, **__: Any) -> bool:
    return False


def _yes(*_: Any, **__: Any) -> bool:
    return True


mps_mode = is_amd = is_intel_xpu = is_directml_enabled = xformers_enabled = xformers_enabled_vae = _no
sage_attention_enabled = flash_attention_enabled = supports_fp8_compute = force_channels_last = _no
is_device_xpu = force_upcast_attention_dtype = _no
pytorch_attention_enabled = pytorch_attention_flash_attention = pytorch_attention_enabled_vae = _yes
device_supports_non_blocking = device_should_use_non_blocking = is_device_cuda
supports_cast = supports_dtype = _yes


def __getattr__(name: str) -> Any:
    match name:
        case "vram_state" | "set_vram_to":
            return _vram_state()
        case "cpu_state":
            return _cpu_state()
        case "current_loaded_models":
            return loaded_patchers()
        case "total_vram" | "total_ram":
            return get_total_memory(None if name == "total_vram" else torch.device("cpu")) / 2**20
        case _:
            raise AttributeError(f"module 'comfy.model_management' has no attribute {name!r}")


globals().update(
    absent_names(
        "comfy.model_management",
        *("LoadedModel", "unload_model_clones", "cleanup_models", "cleanup_models_gc", "load_lora_for_models"),
        *("reset_cast_buffers", "offloaded_memory", "use_more_memory", "pick_weight_dtype", "lora_compute_dtype"),
    )
)
