"""The worker process: an engine, one thread that computes, and a control loop that talks with the server.

Started by `engine.workers.supervisor` as `python -m engine.workers.process --port P`; how it starts and what is said:
`engine.workers.channel`. Exit status: 0 told to stop; 2 not started as it should be; 3 could not be set up (the server
was told why); 4 the server has gone. What it writes to its standard output and error is for the server to read.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from engine.jobs.events import ErrorRecord
from engine.settings import Settings
from engine.workers.channel import ChannelError, WorkerSide, connect_to_server
from engine.workers.limits import end_with, limit_memory
from engine.workers.messages import (
    AskFilter,
    AskForecast,
    AskMemory,
    AskRenew,
    AskValidate,
    Configure,
    FreeMemory,
    Hello,
    InterruptRun,
    ModelDirectories,
    PackInfo,
    Ready,
    RunJob,
    StartFailed,
    Stop,
    ToWorker,
)
from engine.workers.outbox import Outbox

if TYPE_CHECKING:
    from engine.compat.loader import PackReport
    from engine.runtime import Engine
    from engine.workers.answers import Answers
    from engine.workers.compute import Computer
    from engine.workers.pack_messages import PackMessages

log = logging.getLogger(__name__)

STOPPED: Final = 0
SERVER_GONE: Final = 4
BAD_START: Final = 2
SET_UP_FAILED: Final = 3

STOP_GRACE_S: Final = 2.0
"""How long a run may take to be interrupted when the worker is told to stop."""
_LONGEST_SECRET = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until the server says stop or has gone; returns the exit status."""
    parser = argparse.ArgumentParser(prog="engine.workers.process", description="A worker; started by the server.")
    parser.add_argument("--host", default="127.0.0.1", help="where the server listens")
    parser.add_argument("--port", type=int, required=True, help="where the server listens")
    options = parser.parse_args(arguments)
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the server; a node may also send it
    for stream in (sys.stdout, sys.stderr):
        cast(TextIOWrapper, stream).reconfigure(line_buffering=True, errors="backslashreplace")
    secret = _take_over_standard_input()
    if not secret:
        sys.stderr.write("A worker is started by the server, which writes a secret to its standard input.\n")
        return BAD_START
    with asyncio.Runner() as runner:
        channel, configuration = runner.run(_say_hello(options.host, options.port, secret))
        if channel is None or configuration is None:
            return SERVER_GONE
        logging.basicConfig(level=configuration.log_level, format="%(levelname)s %(name)s: %(message)s", force=True)
        # Here, in the main thread and outside of any event loop, modules that install signal handlers or run loops of
        # their own when they are imported can do so.
        set_up = _set_up(configuration)
        return runner.run(_Control(channel).live(configuration, set_up))


def _take_over_standard_input() -> str:
    """Read the secret; from then on the pipe only says whether the server lives, and nodes that read find nothing."""
    descriptor = os.dup(0)
    line = b""
    while not line.endswith(b"\n") and len(line) < _LONGEST_SECRET and (byte := os.read(descriptor, 1)):
        line += byte
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if line:
        end_with(descriptor)
    return line.decode(errors="replace").strip()


async def _say_hello(host: str, port: int, secret: str) -> tuple[WorkerSide | None, Configure | None]:
    """Connect, and receive the first message; None if there is no server that wants us."""
    try:
        channel = await connect_to_server(host, port)
        await channel.send(Hello(secret, os.getpid()))
        configuration = await channel.receive()
    except (OSError, ChannelError) as error:
        sys.stderr.write(f"The server at {host}:{port} cannot be reached: {error}\n")
        return None, None
    return channel, configuration if isinstance(configuration, Configure) else None


@dataclass(frozen=True, slots=True)
class _SetUp:
    """What is there once everything was imported."""

    engine: Engine
    ready: Ready
    pack_messages: PackMessages


class _Control:
    """The control loop: hands messages of the server to those who act on them."""

    def __init__(self, channel: WorkerSide) -> None:
        self._channel = channel
        self._computer: Computer | None = None
        self._answers: Answers | None = None
        self._stop_asked = asyncio.Event()

    async def live(self, configuration: Configure, set_up: _SetUp | ErrorRecord) -> int:
        """Say whether the worker is ready, then do as told to the end. Returns the exit status."""
        outbox = Outbox(self._channel)
        try:
            if isinstance(set_up, ErrorRecord):
                outbox.put(StartFailed(set_up))
                await outbox.flush()
                return SET_UP_FAILED
            return await self._work(outbox, configuration, set_up)
        except (ChannelError, ConnectionError) as error:
            log.debug("the server has gone: %s", error)
            return SERVER_GONE
        finally:
            outbox.close()

    async def _work(self, outbox: Outbox, configuration: Configure, set_up: _SetUp) -> int:
        from engine.workers.answers import Answers
        from engine.workers.compute import Computer
        from engine.workers.previews import Previews

        engine = set_up.engine
        set_up.pack_messages.outbox = outbox
        previews = Previews(
            outbox,
            is_wanted=configuration.previews,
            file_format=configuration.preview_format,
            is_plain=configuration.plain_previews,
            size=engine.settings.preview_size,
        )
        self._answers = Answers(engine, outbox)
        self._computer = computer = Computer(engine, outbox, previews)
        computer.start()
        outbox.put(set_up.ready)
        if "CLIPTextEncode" in engine.registry:
            threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop_asked.set)
        reading = asyncio.create_task(self._listen())
        stopping = asyncio.create_task(self._stop_asked.wait())
        await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not self._stop_asked.is_set():
            reading.result()  # raises what ended it
            return SERVER_GONE
        computer.stop()
        await asyncio.to_thread(computer.join, STOP_GRACE_S)
        await outbox.flush()
        return STOPPED

    async def _listen(self) -> None:
        async for message in self._channel:
            self._obey(message)

    def _obey(self, message: ToWorker) -> None:
        if isinstance(message, Stop):
            self._stop_asked.set()
            return
        if self._computer is None or self._answers is None:
            log.error("A %s came before the worker was ready.", type(message).__name__)
            return
        match message:
            case RunJob():
                self._computer.run(message)
            case InterruptRun():
                self._computer.interrupt(message.job_id)
            case FreeMemory():
                self._computer.free(message)
            case AskValidate():
                self._answers.validate(message)
            case AskRenew():
                self._answers.renew(message)
            case AskFilter():
                self._answers.filter_body(message)
            case AskForecast():
                self._answers.forecast(message)
            case AskMemory():
                self._answers.report_memory(message)
            case Configure():
                log.error("The worker was configured twice.")


def _set_up(configuration: Configure) -> _SetUp | ErrorRecord:
    """Import torch, the nodes and the packs, and make the engine; or say what failed."""
    try:
        from engine.runtime import Engine
        from engine.workers.pack_messages import PackMessages

        engine = Engine(read_settings(configuration.settings), configuration.node_packages)
        if configuration.memory_limit_bytes is not None and engine.pool.device.type == "cpu":
            limit_memory(configuration.memory_limit_bytes)
        pack_messages = PackMessages()
        reports = engine.load_packs(pack_messages.send, configuration.pack_timeout_s)
        if engine.pack_host is not None:
            engine.pack_host.say = pack_messages.say
        return _SetUp(engine, _describe(engine, reports), pack_messages)
    except BaseException as error:  # code of nodes is imported here
        log.debug("the worker could not be set up", exc_info=True)
        from engine.workers.failure_records import record_failure

        return record_failure(error, "The worker could not be set up")


def _describe(engine: Engine, reports: Sequence[PackReport]) -> Ready:
    from engine.provenance import package_versions
    from engine.workers.declaring import declare
    from engine.workers.devices import describe_devices, list_accelerators
    from engine.workers.failure_records import for_clients
    from engine.workers.pack_site import open_site

    host = engine.pack_host
    declarations, notes = declare(engine.registry)
    return Ready(
        declarations=declarations,
        versions=package_versions(),
        devices=describe_devices(engine.pool.device),
        accelerators=list_accelerators(),
        notes=tuple(map(for_clients, notes)),
        packs=tuple(map(_describe_pack, reports)),
        site=open_site(host) if host is not None and host.routes else None,
        filters_prompts=host is not None and bool(host.prompt_handlers),
        model_directories=_model_directories(engine.settings) if host is not None else None,
    )


def _model_directories(settings: Settings) -> ModelDirectories:
    def texts(directories: Mapping[str, tuple[Path, ...]]) -> dict[str, tuple[str, ...]]:
        return {kind: tuple(map(str, paths)) for kind, paths in directories.items()}

    return ModelDirectories(texts(settings.first_model_directories), texts(settings.extra_model_directories))


def _describe_pack(report: PackReport) -> PackInfo:
    from engine.workers.failure_records import for_clients, utf8

    return PackInfo(
        name=utf8(report.name),
        standing=report.standing,
        summary=for_clients(str(report)),
        node_types=tuple(map(utf8, report.node_types)),
        seconds=report.seconds,
        error=for_clients(report.error),
        remedy=for_clients(report.remedy),
        notes=tuple(map(for_clients, report.notes)),
        web_directory=utf8(report.web_directory),
    )


def _warm_up() -> None:
    """Import what the first picture would otherwise wait seconds for: the text encoder's library is a large one."""
    with contextlib.suppress(Exception):  # if it cannot be imported, the node that needs it says so
        for name in ("engine.models.clip", "engine.text.tokenizer"):
            import_module(name)


def read_settings(values: dict[str, Any]) -> Settings:
    """Settings that crossed as JSON values, paths being texts."""
    return msgspec.convert(values, Settings, dec_hook=_read_path)


def write_settings(settings: Settings) -> dict[str, Any]:
    """Settings as JSON values, for `Configure`."""
    return msgspec.to_builtins(settings, enc_hook=str)


def _read_path(kind: type[Any], value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)


if __name__ == "__main__":
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(status)  # threads of nodes that would not end must not keep the process
