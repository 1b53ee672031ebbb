"""Settings: where things are and how much may be used. Frozen; made once by whoever composes the program.

`Settings` is what an engine needs, in whichever process it lives; `ServerSettings` is what only the server needs.

Holds no logic but defaults. No torch: a device is named by text ("auto", "cpu", "cuda:0") and resolved in
`engine.memory.device`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

GIB = 2**30
DTypeName = Literal["auto", "float32", "float16", "bfloat16"]
DTYPES: tuple[DTypeName, ...] = get_args(DTypeName)
CacheMode = Literal["budget", "lru", "none"]
OLDER_FOLDERS: Mapping[str, str] = {"unet": "diffusion_models", "clip": "text_encoders", "t2i_adapter": "controlnet"}
"""Folders of model files that have another name today. Files in both are found."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Directories, device, budgets and limits of one engine.

    Attributes:
        base_directory: Holds `models/ input/ output/ temp/ user/ custom_nodes/` unless one is given by itself.
        models_directory: Model files, one folder a kind (`checkpoints`, `vae`, `loras`, ...).
        extra_model_directories: More directories by kind, searched after those below `models_directory`.
        first_model_directories: The same, searched before them.
        pack_directories: More directories that hold packs, beside `custom_nodes`.
        device: "auto", "cpu", "cuda" or "cuda:N"; "cuda:N,cuda:M" are for workers to take in turn, all else takes the
            first.
        dtype: What networks compute in; "auto" chooses by device.
        reserved_bytes: Memory of an accelerator that is left to other programs.
        cache_mode: What is kept between runs: all that the budgets hold, the last `cache_results` results, or nothing.
        cache_results: How many results `lru` keeps, whatever their size.
        cache_bytes: Budget for cached outputs on each device; None means a quarter of what the device has.
        host_cache_bytes: Budget for cached outputs that were moved off their device.
        max_image_pixels: The largest image, width x height x batch, that a node may make or read.
        max_workflow_bytes: The largest workflow file that is read.
        save_metadata: Whether saved images carry the workflow that made them.
        save_record: Whether they also carry the record of the run, as the text `skein`.
        loads_packs: Whether packs below `custom_nodes/` are loaded.
        allowed_packs: Packs that are loaded even if `loads_packs` is false.
        trusts_new_packs: Packs that were not there at the last start are loaded, too.
        preview_size: Longest side of a preview in pixels.
    """

    base_directory: Path = field(default_factory=lambda: Path(__file__).resolve().parent.parent)
    models_directory: Path | None = None
    input_directory: Path | None = None
    output_directory: Path | None = None
    temp_directory: Path | None = None
    user_directory: Path | None = None
    extra_model_directories: Mapping[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])
    first_model_directories: Mapping[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])
    pack_directories: tuple[Path, ...] = ()
    device: str = "auto"
    dtype: DTypeName = "auto"
    reserved_bytes: int = 0
    cache_mode: CacheMode = "budget"
    cache_results: int = 0
    cache_bytes: int | None = None
    host_cache_bytes: int = 4 * GIB
    max_image_pixels: int = 2**27
    max_workflow_bytes: int = 64 * 2**20
    save_metadata: bool = True
    save_record: bool = False
    loads_packs: bool = True
    allowed_packs: tuple[str, ...] = ()
    trusts_new_packs: bool = True
    preview_size: int = 512

    def directory(self, name: Literal["models", "input", "output", "temp", "user"]) -> Path:
        """The absolute path of one of the directories, given by itself or below `base_directory`."""
        given: Path | None = getattr(self, f"{name}_directory")
        return (given or self.base_directory / name).absolute()

    def model_directories(self, kind: str) -> tuple[Path, ...]:
        """Every directory that may hold model files of this kind, in order of preference."""
        models = self.directory("models")
        older = (models / name for name, today in OLDER_FOLDERS.items() if today == kind)
        first, more = self.first_model_directories.get(kind, ()), self.extra_model_directories.get(kind, ())
        return (*first, models / kind, *older, *more)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens, whom it lets in, and what it refuses.

    Attributes:
        listen: Addresses to bind.
        port: 0 takes any free port.
        tls_key_file: With `tls_certificate_file`, the server speaks HTTPS.
        tls_certificate_file: See `tls_key_file`.
        allowed_hosts: Host names, besides loopback ones, under which a loopback server may be asked for.
        token: Who shows it is let in; None makes one if any address in `listen` is not loopback.
        requires_token: False only if the user said so (`--no-auth`); loopback servers need none unless one is given.
        cors_origin: The origin that pages of others may have, `*` for any; None for none.
        max_upload_bytes: Largest request body.
        max_json_bytes: Largest body of JSON. Less than an upload, as parsing what is in it holds up others.
        max_json_depth: Deepest nesting of a JSON body.
        max_nodes: Most nodes of a prompt.
        max_queued: Most jobs that wait.
        history_limit: Most ended jobs that are kept; the oldest go first.
        workers: Worker processes; None means one per device.
        worker_memory_limit_bytes: A worker that takes more is replaced; None means nine tenths of the machine's memory.
        interrupt_grace_s: An interrupt that isn't obeyed in this time becomes a kill of the worker.
        worker_start_timeout_s: A worker that is not ready after this time is replaced.
        pack_timeout_s: So is one in which the import of a single pack takes longer; that pack is left out from then on.
        validate_timeout_s: So is one that has not validated a workflow in this time.
        shutdown_grace_s: How long the run in progress may take to end when the server is told to stop.
        in_memory: Jobs and history do not survive the server.
        sends_previews: Whether unfinished pictures are sent; None: to clients that say they can tell them from results.
        preview_format: Of unfinished pictures.
        front_end_root: Directory with the page's files; None means the page that ships.
        compresses: Whether JSON and text are compressed for clients that accept it.
        shows_internals: Paths and tracebacks are sent to clients (`--verbose DEBUG`).
        node_packages: Importable packages whose modules hold the nodes.
        opens_browser: Once the page is up, the browser is told to show it.
        prints_address: The address is printed at the start.
        stops_when_ready: The server stops, with status 0, as soon as a worker is ready (`--quick-test-for-ci`).
    """

    listen: tuple[str, ...] = ("127.0.0.1",)
    port: int = 8188
    tls_key_file: Path | None = None
    tls_certificate_file: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    token: str | None = None
    requires_token: bool = True
    cors_origin: str | None = None
    max_upload_bytes: int = 100 * 2**20
    max_json_bytes: int = 16 * 2**20
    max_json_depth: int = 200
    max_nodes: int = 100_000
    max_queued: int = 100_000
    history_limit: int = 10_000
    workers: int | None = None
    worker_memory_limit_bytes: int | None = None
    interrupt_grace_s: float = 10.0
    worker_start_timeout_s: float = 180.0
    pack_timeout_s: float = 120.0
    validate_timeout_s: float = 15.0
    shutdown_grace_s: float = 10.0
    in_memory: bool = False
    sends_previews: bool | None = None
    preview_format: Literal["jpeg", "webp"] = "jpeg"
    front_end_root: Path | None = None
    compresses: bool = False
    shows_internals: bool = False
    node_packages: tuple[str, ...] = ("nodes",)
    opens_browser: bool = False
    prints_address: bool = True
    stops_when_ready: bool = False
