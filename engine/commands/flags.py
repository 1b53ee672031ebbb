"""The flags as a table: what each is called, which setting it gives and what it means. No logic about any of them.

`ENGINE` belongs to every command, `SERVER` to the server alone, `WITHOUT_EFFECT` and `REFUSED` are what start scripts
written for other programs pass and this one has no need of. `engine.commands.arguments` makes parsers of the rows.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.settings import DTYPES, GIB

MIB = 2**20
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag.

    Attributes:
        name: With its dashes.
        help: What it means.
        setting: What its value is called: a field of `Settings` or `ServerSettings`, or one of the command's own.
        read: Makes the value of a text; None: the flag takes no text.
        metavar: What the text is called in the help.
        bare: The value if the flag is given without a text; None: it needs one.
        gives: Fields that it sets by being there.
        choices: The texts that it takes.
        is_repeatable: It takes several values, and may come several times.
        rivals: Flags of one name here exclude each other.
        note: Why it has no effect, for those that have none.
        refusal: Why it cannot be given.
        takes_anything: It has no effect, with whatever number of texts.
    """

    name: str
    help: str
    setting: str = ""
    read: Callable[[str], Any] | None = None
    metavar: str | None = None
    bare: Any = None
    gives: Mapping[str, Any] = field(default_factory=dict[str, Any])
    choices: tuple[str, ...] | None = None
    is_repeatable: bool = False
    rivals: str = ""
    note: str = ""
    refusal: str = ""
    takes_anything: bool = False


def _amount(
    unit: int = 1, least: float = 0, most: float = 2**62, kind: type[int | float] = int
) -> Callable[[str], Any]:
    """Reads a number within bounds, in units of so many."""

    def read(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            upper = "" if most == 2**62 else f" to {most}"
            raise ArgumentTypeError(f"expected a number from {least}{upper}, not {text!r}")
        return int(value * unit) if unit != 1 else value

    return read


def _one_of(values: Mapping[str, Any]) -> Callable[[str], Any]:
    """Reads one of some names; the message names them."""

    def read(text: str) -> Any:
        if text.lower() not in values:
            raise ArgumentTypeError(f"expected one of {', '.join(values)}, not {text!r}")
        return values[text.lower()]

    return read


def _read_addresses(text: str) -> tuple[str, ...]:
    return tuple(address.strip() for address in text.split(",") if address.strip()) or ("127.0.0.1",)


def _read_device_number(text: str) -> str:
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(f"expected the number of a device, not {text!r} (for several: --cuda-device 0,1)")
    return f"cuda:{int(text)}"


def _read_device_numbers(text: str) -> str:
    return ",".join(dict.fromkeys(_read_device_number(number.strip()) for number in text.split(",")))


def read_token(text: str) -> str:
    """A token that fits into headers, cookies and addresses."""
    if len(text) < 8 or not text.isascii() or not text.isprintable() or set(text) & set(' ";,\\'):
        raise ArgumentTypeError("expected 8 or more characters, no spaces, quotes, commas, semicolons or back-slashes")
    return text


def _read_workers(text: str) -> int | None:
    return None if text.lower() == "auto" else _amount(least=1, most=256)(text)


def _directory(name: str, meaning: str) -> Flag:
    return Flag(f"--{name}-directory", meaning, f"{name}_directory", Path, "DIR")


_LEVELS: Mapping[str, str] = {name.lower(): name for name in LOG_LEVELS}
_gigabytes = _amount(GIB, 0, 2**20, float)
_count = _amount()
_positive = _amount(least=1)
_seconds = _amount(least=0, most=86_400, kind=float)

ENGINE = (
    _directory("base", "holds models, input, output, temp and user, unless they are given"),
    _directory("models", "model files, one folder a kind"),
    _directory("input", "pictures that workflows load"),
    _directory("output", "where results go"),
    _directory("temp", "where previews go; emptied when the server starts and stops"),
    _directory("user", "settings, saved workflows, the queue and history"),
    Flag(
        "--extra-model-paths-config",
        "more model directories, as YAML; may be repeated",
        "model_path_files",
        Path,
        "FILE",
        is_repeatable=True,
    ),
    Flag("--device", "auto, cpu, cuda or cuda:N (default: auto)", "device", str, "NAME", rivals="device"),
    Flag("--cpu", "compute on the processor", gives={"device": "cpu"}, rivals="device"),
    Flag(
        "--cuda-device",
        "compute on this CUDA device, or on these: the server has a worker for each, other commands take the first",
        "device",
        _read_device_numbers,
        "N[,N]",
        rivals="device",
    ),
    Flag("--default-device", "compute on this CUDA device", "device", _read_device_number, "N", rivals="device"),
    Flag(
        "--dtype",
        "what networks compute in (default: auto, by device)",
        "dtype",
        str,
        choices=DTYPES,
        rivals="dtype",
    ),
    *(
        Flag(name, f"the same as --dtype {dtype}", gives={"dtype": dtype}, rivals=rivals)
        for name, dtype, rivals in (
            ("--force-fp32", "float32", "dtype"),
            ("--force-fp16", "float16", "dtype"),
            ("--fp32-unet", "float32", "unet"),
            ("--fp16-unet", "float16", "unet"),
            ("--bf16-unet", "bfloat16", "unet"),
        )
    ),
    Flag("--reserve-vram", "memory of the device to leave to other programs", "reserved_bytes", _gigabytes, "GB"),
    Flag(
        "--cache-classic",
        "keep results between runs as memory allows (default)",
        gives={"cache_mode": "budget"},
        rivals="cache",
    ),
    Flag(
        "--cache-lru",
        "keep the last N results of nodes",
        "cache_results",
        _positive,
        "N",
        gives={"cache_mode": "lru"},
        rivals="cache",
    ),
    Flag("--cache-none", "keep nothing between runs", gives={"cache_mode": "none"}, rivals="cache"),
    Flag(
        "--max-image-size",
        "the largest picture that is read or made, in million pixels of all its frames together (default: 134);"
        " what the server itself reads or makes may besides take 60 seconds and 3 GiB",
        "max_image_pixels",
        _amount(10**6, 0.001, 2**20, float),
        "MEGAPIXELS",
    ),
    Flag("--disable-metadata", "saved pictures carry no workflow", gives={"save_metadata": False}),
    Flag(
        "--save-record",
        "saved pictures carry how to repeat them: versions, device, hashes of files, seeds; and seconds of nodes",
        gives={"save_record": True},
    ),
    Flag("--disable-all-custom-nodes", "load no packs", gives={"loads_packs": False}),
    Flag(
        "--whitelist-custom-nodes",
        "packs to load all the same",
        "allowed_packs",
        str,
        "NAME",
        is_repeatable=True,
    ),
    Flag(
        "--verbose",
        f"how much is logged: {', '.join(LOG_LEVELS)} (DEBUG if no level is named)",
        "log_level",
        _one_of(_LEVELS),
        "LEVEL",
        bare="DEBUG",
    ),
    Flag("--log-stdout", "log to the standard output instead of the error stream", gives={"logs_to_stdout": True}),
)

SERVER = (
    Flag(
        "--listen",
        "addresses to serve on (default: 127.0.0.1; 0.0.0.0 and :: if none is named)",
        "listen",
        _read_addresses,
        "IP[,IP]",
        bare=("0.0.0.0", "::"),
    ),
    Flag("--port", "port (default: 8188; 0 takes any that is free)", "port", _amount(most=65535), "N"),
    Flag("--tls-keyfile", "key for HTTPS; needs --tls-certfile", "tls_key_file", Path, "FILE"),
    Flag("--tls-certfile", "certificate for HTTPS; needs --tls-keyfile", "tls_certificate_file", Path, "FILE"),
    Flag(
        "--token",
        "who shows it is let in (default: one is made if others can reach the address); also SKEIN_TOKEN",
        "token",
        read_token,
        "TEXT",
        rivals="token",
    ),
    Flag("--no-auth", "let in everybody who reaches the address", gives={"requires_token": False}, rivals="token"),
    Flag(
        "--allow-host",
        "another name under which browsers may ask for a server on loopback",
        "allowed_hosts",
        str,
        "NAME",
        is_repeatable=True,
    ),
    Flag(
        "--enable-cors-header",
        "the origin whose pages may use this server (any if none is named)",
        "cors_origin",
        str,
        "ORIGIN",
        bare="*",
    ),
    Flag(
        "--max-upload-size",
        "largest body of a request (default: 100)",
        "max_upload_bytes",
        _amount(MIB, 0.001, 2**20, float),
        "MB",
    ),
    Flag(
        "--max-json-size",
        "largest body of JSON; workflows without pictures in them have less than 1 MB (default: 16)",
        "max_json_bytes",
        _amount(MIB, 0.001, 2**20, float),
        "MB",
    ),
    Flag("--max-json-depth", "deepest nesting of JSON (default: 200)", "max_json_depth", _positive, "N"),
    Flag("--max-nodes", "most nodes of a workflow (default: 100000)", "max_nodes", _positive, "N"),
    Flag("--max-queued", "most jobs that wait (default: 100000)", "max_queued", _positive, "N"),
    Flag("--history-limit", "most ended jobs that are kept (default: 10000)", "history_limit", _count, "N"),
    Flag("--in-memory", "queue and history do not survive the server", gives={"in_memory": True}),
    Flag("--workers", "processes that compute; auto: one a device (default)", "workers", _read_workers, "N"),
    Flag(
        "--worker-memory-limit",
        "a worker that takes more is replaced (default: nine tenths of the machine's memory)",
        "worker_memory_limit_bytes",
        _gigabytes,
        "GB",
    ),
    Flag(
        "--worker-start-timeout",
        "a worker that is not ready after so long is started anew (default: 180)",
        "worker_start_timeout_s",
        _seconds,
        "SECONDS",
    ),
    Flag(
        "--pack-timeout",
        "so is one in which importing a pack takes longer, without that pack (default: 120)",
        "pack_timeout_s",
        _seconds,
        "SECONDS",
    ),
    Flag(
        "--interrupt-grace",
        "after so long a run that does not stop is killed (default: 10)",
        "interrupt_grace_s",
        _seconds,
        "SECONDS",
    ),
    Flag(
        "--shutdown-grace",
        "how long the run in progress may take when the server stops (default: 10)",
        "shutdown_grace_s",
        _seconds,
        "SECONDS",
    ),
    Flag(
        "--preview-method",
        "whether unfinished pictures are sent: none, auto, latent2rgb or taesd (default: only to clients that ask)",
        "sends_previews",
        _one_of({"none": False, "auto": True, "latent2rgb": True, "taesd": True}),
        "METHOD",
    ),
    Flag("--preview-size", "their longest side (default: 512)", "preview_size", _amount(least=1, most=16384), "N"),
    Flag("--preview-format", "jpeg or webp", "preview_format", str, choices=("jpeg", "webp")),
    Flag("--front-end-root", "serve the page from here", "front_end_root", Path, "DIR"),
    Flag("--enable-compress-response-body", "compress JSON and text", gives={"compresses": True}),
    Flag("--auto-launch", "open the page in the browser", gives={"opens_browser": True}, rivals="browser"),
    Flag("--disable-auto-launch", "don't (default)", gives={"opens_browser": False}, rivals="browser"),
    Flag("--windows-standalone-build", "the same as --auto-launch", gives={"opens_browser": True}),
    Flag("--dont-print-server", "don't print the address", gives={"prints_address": False}),
    Flag("--quick-test-for-ci", "stop as soon as everything is loaded", gives={"stops_when_ready": True}),
    Flag("--list-feature-flags", "print what `GET /features` says, and end", gives={"lists_features": True}),
)

_MEMORY = "not needed here: models move on and off the device as they are used"
_ATTENTION = "not needed here: torch chooses the attention for the device"
_PRECISION = "not supported here: --dtype says what all networks compute in"
_DEVICE = "not supported here: computes on CUDA devices or the processor"
_FILES = "not needed here: model files are mapped where that is possible"
_SPEED = "has no effect here"
_OTHERS = "there is nothing of the kind here"
_ALWAYS = "not needed here: it is always so"

WITHOUT_EFFECT = tuple(
    Flag(name, "", note=note, takes_anything=takes_anything)
    for note, takes_anything, names in (
        (_MEMORY, False, "gpu-only highvram normalvram lowvram novram disable-smart-memory force-non-blocking"),
        (_MEMORY, True, "async-offload"),
        (_MEMORY, False, "disable-async-offload enable-dynamic-vram disable-dynamic-vram disable-pinned-memory"),
        (_MEMORY, True, "cache-ram"),
        (_MEMORY, False, "cuda-malloc disable-cuda-malloc cpu-vae"),
        (_ATTENTION, False, "use-split-cross-attention use-quad-cross-attention use-pytorch-cross-attention"),
        (_ATTENTION, False, "use-sage-attention use-flash-attention disable-xformers"),
        (_ATTENTION, False, "force-upcast-attention dont-upcast-attention"),
        (_PRECISION, False, "fp64-unet fp8_e4m3fn-unet fp8_e5m2-unet fp8_e8m0fnu-unet fp16-vae fp32-vae bf16-vae"),
        (_PRECISION, False, "fp8_e4m3fn-text-enc fp8_e5m2-text-enc fp16-text-enc fp32-text-enc bf16-text-enc"),
        (_PRECISION, False, "supports-fp8-compute fp16-intermediates"),
        (_DEVICE, True, "directml oneapi-device-selector"),
        (_DEVICE, False, "disable-ipex-optimize enable-triton-backend"),
        (_FILES, False, "mmap-torch-files disable-mmap fast-disk"),
        (_SPEED, True, "fast"),
        (_SPEED, False, "force-channels-last"),
        (_SPEED, False, "deterministic"),
        (_ALWAYS, False, "enable-assets"),
        ("files are always compared by SHA-256 here", True, "default-hashing-function"),
        ("the page that ships is used; --front-end-root serves another", True, "front-end-version"),
        ("the queue and history are in the user directory, or nowhere with --in-memory", True, "database-url"),
        (_OTHERS, False, "disable-api-nodes disable-assets enable-manager enable-manager-legacy-ui disable-manager-ui"),
        (_OTHERS, True, "comfy-api-base feature-flag"),
        ("not needed here: nothing is loaded from elsewhere", False, "offline"),
    )
    for name in (f"--{word}" for word in names.split())
)

REFUSED = (
    Flag(
        "--multi-user",
        "",
        refusal="there is one user here; give each person a server with a --user-directory and --port of its own",
    ),
)
