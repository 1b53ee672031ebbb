"""The command line as packs read it: `comfy.cli_args.args`. Values are what our settings say; the rest are defaults."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace
from typing import Any

from engine.compat.host import current_host


class LatentPreviewMethod(Enum):
    """How unfinished pictures are made."""

    NoPreviews = "none"
    Auto = "auto"
    Latent2RGB = "latent2rgb"
    TAESD = "taesd"

    @classmethod
    def from_string(cls, value: str) -> LatentPreviewMethod | None:
        """The method of this name."""
        return next((method for method in cls if method.value == value), None)


class PerformanceFeature(Enum):
    """What `--fast` may name."""

    Fp16Accumulation = "fp16_accumulation"
    Fp8MatrixMultiplication = "fp8_matrix_mult"
    CublasOps = "cublas_ops"
    AutoTune = "autotune"


_OFF = (
    *("directml", "force_fp32", "force_fp16", "fp32_unet", "fp64_unet", "bf16_unet", "fp16_unet", "fp8_e4m3fn_unet"),
    *("fp8_e5m2_unet", "fp8_e8m0fnu_unet", "fp16_vae", "fp32_vae", "bf16_vae", "cpu_vae", "fp8_e4m3fn_text_enc"),
    *("fp8_e5m2_text_enc", "fp16_text_enc", "fp32_text_enc", "bf16_text_enc", "force_channels_last", "gpu_only"),
    *("supports_fp8_compute", "highvram", "normalvram", "lowvram", "novram", "disable_smart_memory", "async_offload"),
    *("force_non_blocking", "deterministic", "mmap_torch_files", "disable_mmap", "use_split_cross_attention"),
    *("use_quad_cross_attention", "use_sage_attention", "use_flash_attention", "force_upcast_attention"),
    *("dont_upcast_attention", "disable_ipex_optimize", "cuda_malloc", "cache_none", "dont_print_server"),
    *("quick_test_for_ci", "windows_standalone_build", "disable_api_nodes", "multi_user", "log_stdout", "auto_launch"),
    *("disable_auto_launch", "enable_compress_response_body", "disable_all_custom_nodes"),
)


def arguments() -> Any:
    """The command line, one for each host; packs may write to it, which changes nothing here."""
    made = current_host().made
    if "arguments" not in made:
        made["arguments"] = _make_arguments()
    return made["arguments"]


def _make_arguments() -> SimpleNamespace:
    settings = current_host().settings
    values: dict[str, Any] = dict.fromkeys(_OFF, False)
    for name in ("input", "output", "temp", "user"):
        given = getattr(settings, f"{name}_directory")
        values[f"{name}_directory"] = None if given is None else str(given)
    values |= {
        "listen": "127.0.0.1",
        "port": 8188,
        "tls_keyfile": None,
        "tls_certfile": None,
        "enable_cors_header": None,
        "max_upload_size": 100,
        "base_directory": str(settings.base_directory),
        "extra_model_paths_config": None,
        "cuda_device": None,
        "default_device": None,
        "cpu": settings.device == "cpu",
        "oneapi_device_selector": None,
        "use_pytorch_cross_attention": True,
        "disable_xformers": True,
        "disable_cuda_malloc": True,
        "reserve_vram": settings.reserved_bytes / 2**30 or None,
        "preview_method": LatentPreviewMethod.Latent2RGB,
        "preview_size": settings.preview_size,
        "cache_classic": settings.cache_mode == "budget",
        "cache_lru": settings.cache_results,
        "disable_metadata": not settings.save_metadata,
        "default_hashing_function": "sha256",
        "fast": set(),
        "verbose": "INFO",
        "whitelist_custom_nodes": list(settings.allowed_packs),
        "front_end_version": "",
        "front_end_root": None,
        "comfy_api_base": "",
        "database_url": "",
        "user_directory": values["user_directory"],
    }
    return SimpleNamespace(**values)
