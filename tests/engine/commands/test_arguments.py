"""The command line as it is read: flags to settings, and what cannot be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from engine.commands import COMMANDS
from engine.commands.arguments import Request, fields_given, read_arguments
from engine.commands.flags import ENGINE, REFUSED, SERVER, WITHOUT_EFFECT
from engine.commands.serve import execute as serve
from engine.errors import FileError
from engine.settings import GIB, ServerSettings, Settings

PUBLISHED = """
    --listen --port --tls-keyfile --tls-certfile --enable-cors-header --max-upload-size --enable-compress-response-body
    --auto-launch --disable-auto-launch --dont-print-server --comfy-api-base --base-directory --output-directory
    --input-directory --temp-directory --user-directory --extra-model-paths-config --front-end-version --front-end-root
    --database-url --cuda-device --default-device --directml --oneapi-device-selector --disable-ipex-optimize --cpu
    --cpu-vae --cuda-malloc --disable-cuda-malloc --gpu-only --highvram --normalvram --lowvram --novram --reserve-vram
    --disable-smart-memory --async-offload --force-non-blocking --force-fp32 --force-fp16 --fp32-unet --fp64-unet
    --bf16-unet --fp16-unet --fp8_e4m3fn-unet --fp8_e5m2-unet --fp8_e8m0fnu-unet --fp16-vae --fp32-vae --bf16-vae
    --fp8_e4m3fn-text-enc --fp8_e5m2-text-enc --fp16-text-enc --fp32-text-enc --bf16-text-enc --supports-fp8-compute
    --force-channels-last --force-upcast-attention --dont-upcast-attention --use-split-cross-attention
    --use-quad-cross-attention --use-pytorch-cross-attention --use-sage-attention --use-flash-attention
    --disable-xformers --fast --deterministic --mmap-torch-files --disable-mmap --preview-method --preview-size
    --cache-classic --cache-lru --cache-none --disable-all-custom-nodes --whitelist-custom-nodes --disable-api-nodes
    --multi-user --disable-metadata --default-hashing-function --verbose --log-stdout --quick-test-for-ci
    --windows-standalone-build
    --cache-ram --disable-async-offload --enable-dynamic-vram --disable-dynamic-vram --disable-pinned-memory --fast-disk
    --fp16-intermediates --enable-triton-backend --enable-manager --enable-manager-legacy-ui --disable-manager-ui
    --enable-assets --feature-flag --list-feature-flags
"""


def server_settings(request: Request) -> ServerSettings:
    return ServerSettings(**fields_given(ServerSettings, request.options.given))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        read_arguments(arguments)
    assert stop.value.code == 2
    return capsys.readouterr().err


def test_every_published_flag_is_known_once():
    names = [flag.name for flag in (*ENGINE, *SERVER, *WITHOUT_EFFECT, *REFUSED)]
    assert len(set(names)) == len(names)
    assert set(PUBLISHED.split()) - set(names) == set()


def test_flags_give_settings_that_there_are():
    known = {*Settings.__dataclass_fields__, *ServerSettings.__dataclass_fields__}
    known |= {"model_path_files", "log_level", "logs_to_stdout", "lists_features"}
    for flag in (*ENGINE, *SERVER):
        assert {flag.setting, *flag.gives} - {""} <= known, flag.name
        assert flag.setting or flag.gives, flag.name
    assert all(flag.note for flag in WITHOUT_EFFECT)


def test_no_command_is_to_serve():
    request = read_arguments(["--listen", "0.0.0.0", "--port", "8189", "--cpu"])
    assert request.execute is serve
    assert request.settings == Settings(device="cpu")
    assert server_settings(request) == ServerSettings(listen=("0.0.0.0",), port=8189)
    assert read_arguments([]).execute is serve
    assert read_arguments(["serve"]).execute is serve


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("--listen", {"listen": ("0.0.0.0", "::")}),
        ("--listen 10.0.0.1,::1", {"listen": ("10.0.0.1", "::1")}),
        ("--enable-cors-header", {"cors_origin": "*"}),
        ("--enable-cors-header https://a.example", {"cors_origin": "https://a.example"}),
        ("--max-upload-size 0.5", {"max_upload_bytes": 2**19}),
        ("--preview-method none", {"sends_previews": False}),
        ("--preview-method latent2rgb", {"sends_previews": True}),
        ("--preview-size 64", {"preview_size": 64}),
        ("--cache-lru 7", {"cache_mode": "lru", "cache_results": 7}),
        ("--cache-none", {"cache_mode": "none"}),
        ("--cuda-device 1", {"device": "cuda:1"}),
        ("--cuda-device 1,0,1 --workers 2", {"device": "cuda:1,cuda:0", "workers": 2}),
        ("--default-device 1", {"device": "cuda:1"}),
        ("--force-fp16", {"dtype": "float16"}),
        ("--force-fp16 --bf16-unet", {"dtype": "bfloat16"}),
        ("--reserve-vram 1.5", {"reserved_bytes": 3 * GIB // 2}),
        ("--disable-metadata --save-record", {"save_metadata": False, "save_record": True}),
        (
            "--disable-all-custom-nodes --whitelist-custom-nodes a b --whitelist-custom-nodes c",
            {"loads_packs": False, "allowed_packs": ("a", "b", "c")},
        ),
        ("--allow-host a.example --allow-host b.example", {"allowed_hosts": ("a.example", "b.example")}),
        ("--no-auth", {"requires_token": False}),
        ("--token 0123456789", {"token": "0123456789"}),
        ("--workers auto", {"workers": None}),
        ("--workers 3 --worker-memory-limit 2", {"workers": 3, "worker_memory_limit_bytes": 2 * GIB}),
        ("--worker-start-timeout 60", {"worker_start_timeout_s": 60.0}),
        ("--pack-timeout 300", {"pack_timeout_s": 300.0}),
        ("--interrupt-grace 0.5 --shutdown-grace 60", {"interrupt_grace_s": 0.5, "shutdown_grace_s": 60.0}),
        ("--windows-standalone-build", {"opens_browser": True}),
        ("--windows-standalone-build --disable-auto-launch", {"opens_browser": False}),
        ("--dont-print-server --quick-test-for-ci", {"prints_address": False, "stops_when_ready": True}),
        ("--in-memory --history-limit 0 --max-queued 5", {"in_memory": True, "history_limit": 0, "max_queued": 5}),
    ],
)
def test_what_flags_mean(line: str, changed: dict[str, Any]):
    request = read_arguments(line.split())
    assert request.settings == Settings(**fields_given(Settings, changed))
    assert server_settings(request) == ServerSettings(**fields_given(ServerSettings, changed))


@pytest.mark.parametrize("flag", [flag.name for flag in WITHOUT_EFFECT])
def test_what_has_no_effect_is_told(flag: str):
    request = read_arguments([flag, "--port", "1"])
    assert [ignored.name for ignored in request.options.ignored] == [flag]
    assert request.settings == Settings()
    assert server_settings(request) == ServerSettings(port=1)


@pytest.mark.parametrize(
    "line", ["--fast fp16_accumulation autotune --port 1", "--default-hashing-function md5 --port 1"]
)
def test_values_of_what_has_no_effect_are_taken(line: str):
    assert server_settings(read_arguments(line.split())).port == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--prot 8189", "the nearest is --port"),
        ("--zzzzzzzzzzzzzz", "there is no flag '--zzzzzzzzzzzzzz'$"),
        ("--lisen=0.0.0.0", "the nearest is --listen"),
        ("rnu file.json", "there is no command 'rnu'; the nearest is run"),
        ("--cpu run file.json", "'run' is a command and goes first"),
        ("serve 8188", "nothing to do with '8188'"),
        ("--port 70000", "from 0 to 65535, not '70000'"),
        ("--port x", "not 'x'"),
        ("--max-upload-size nan", "not 'nan'"),
        ("--worker-memory-limit -1", "expected"),
        ("--workers 0", "from 1 to 256"),
        ("--cache-lru 0", "from 1"),
        ("--cache-lru 2 --cache-none", "not allowed with"),
        ("--cpu --cuda-device 0", "not allowed with"),
        ("--cuda-device 0,", "number of a device, not ''"),
        ("--cuda-device 0,x", "number of a device, not 'x'"),
        ("--default-device 0,1", "for several: --cuda-device 0,1"),
        ("--token short", "8 or more characters"),
        ("--token 0123456789 --no-auth", "not allowed with"),
        ("--multi-user", "--user-directory"),
        ("--preview-method fancy", "none, auto, latent2rgb, taesd, not 'fancy'"),
        ("--verbose LOUD", "debug, info"),
        ("--preview-format bmp", "invalid choice"),
        ("run --lowvram file.json", "there is no flag '--lowvram'"),
    ],
)
def test_what_cannot_be_read_is_refused_in_few_words(line: str, said: str, capsys: pytest.CaptureFixture[str]):
    message = refusal(capsys, *line.split())
    assert re.search(said, message.strip().splitlines()[-1]), message
    assert len(message.splitlines()) < 6


def test_an_empty_token_is_none(capsys: pytest.CaptureFixture[str]):
    assert "8 or more characters" in refusal(capsys, "--token", "")
    assert "8 or more characters" in refusal(capsys, "--token", "with\nnewline")


def test_help_shows_the_commands_and_the_flags_of_the_server(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop:
        read_arguments(["--help"])
    assert not stop.value.code
    shown = capsys.readouterr().out
    for word in (*COMMANDS, *(flag.name for flag in (*ENGINE, *SERVER, *WITHOUT_EFFECT))):
        assert word in shown


def test_logging():
    assert read_arguments([]).log_level == "INFO"
    assert read_arguments(["models"]).log_level == "WARNING"
    request = read_arguments(["--verbose", "--log-stdout"])
    assert (request.log_level, request.logs_to_stdout) == ("DEBUG", True)
    assert read_arguments(["models", "--verbose", "critical"]).log_level == "CRITICAL"


def test_model_directories_of_files_and_of_the_base_directory(tmp_path: Path):
    (tmp_path / "extra_model_paths.yaml").write_text("a: {base_path: /a, checkpoints: one}\n")
    (tmp_path / "more.yaml").write_text("b: {base_path: /b, is_default: true, unet: two, custom_nodes: packs}\n")
    request = read_arguments(
        ["--base-directory", str(tmp_path), "--extra-model-paths-config", str(tmp_path / "more.yaml")]
    )
    models = tmp_path / "models"
    assert request.settings.model_directories("checkpoints") == (models / "checkpoints", Path("/a/one"))
    assert request.settings.model_directories("diffusion_models") == (
        *(Path("/b/two"), models / "diffusion_models", models / "unet"),
    )
    assert request.settings.pack_directories == (Path("/b/packs"),)
    with pytest.raises(FileError, match=r"missing\.yaml"):
        read_arguments(["run", "file.json", "--extra-model-paths-config", "missing.yaml"])
