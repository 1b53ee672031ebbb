"""A process for heavy work (`engine.server.heavy`), and the server's handle on it.

`python -m engine.server.heavy_process` reads jobs from its standard input, one after another, and writes what became
of each to its standard output. Either is a few parts of bytes, each after its length; the records are MessagePack. It
ends when its input does: with the server, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import os
import signal
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct, field

from engine.errors import EngineError, text_of
from engine.server.refusal import as_refusal, too_large
from engine.server.work import Body, Known, NeedsWorker, Work, result_of
from engine.settings import ServerSettings, Settings
from engine.workers.catalog import Catalog, Declared
from engine.workers.limits import limit_memory

MOST_MEMORY_BYTES: Final = 3 * 2**30
"""Several times what the largest body, or picture, takes that the limits let in."""
_NICENESS: Final = 5
"""Whoever sends little is answered first."""
_LENGTH = struct.Struct(">Q")
_PARTS = 4
_ROOT = str(Path(__file__).resolve().parents[2])
_OOM_SCORE = 900

_T = TypeVar("_T")


class Done(Struct, frozen=True):
    """The work was done; `value` is what it returned."""

    value: Any


class Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    """A `Refusal`, or what became one."""

    message: str
    status: int
    code: str
    details: str = ""
    extra_info: dict[str, Any] = field(default_factory=dict[str, Any])
    node_errors: dict[str, Any] = field(default_factory=dict[str, Any])
    headers: dict[str, str] = field(default_factory=dict[str, str])


class Asking(Struct, frozen=True, tag="asking"):
    """See `NeedsWorker`."""

    prompt: bytes
    targets: tuple[str, ...] | None


class Failed(Struct, frozen=True, tag="failed"):
    """A bug of ours."""

    traceback: str


Outcome = Done | Refused | Asking | Failed
_read_other = msgspec.msgpack.Decoder(Refused | Asking | Failed).decode


class _Setup(Struct, frozen=True):
    """What a process must know before it works; comes first, and again when the node types have changed."""

    settings: dict[str, Any]
    server: dict[str, Any]
    declared: Declared


class HeavyProcess:
    """One process. Its methods may be called from any thread, `do` from one at a time.

    Args:
        settings: As `write_settings` writes them.
        server: Those of the server likewise.

    Attributes:
        used_at: When it was last needed, by the monotonic clock.
    """

    def __init__(self, settings: dict[str, Any], server: dict[str, Any]) -> None:
        self.used_at = time.monotonic()
        self._settings = settings
        self._server = server
        self._told: Declared | None = None
        paths = os.pathsep.join((*filter(None, sys.path), _ROOT))
        self._process = subprocess.Popen(
            (sys.executable, "-P", "-m", "engine.server.heavy_process"),
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with contextlib.suppress(OSError):  # not Linux, or not allowed
            # Where memory is short, the system rather ends what was started for one request.
            Path(f"/proc/{self._process.pid}/oom_score_adj").write_text(str(_OOM_SCORE))

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def do(self, work: Work[Any], body: Body, declared: Declared) -> Outcome | None:
        """Have it do some work; waits for the end. None if it died of it."""
        kind = type(work)
        setup = b""
        if declared is not self._told:
            setup = msgspec.msgpack.encode(_Setup(self._settings, self._server, declared))
        parts = (setup, f"{kind.__module__}:{kind.__qualname__}".encode(), msgspec.msgpack.encode(work), body)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            _send(self._process.stdin, parts)
            answer = _receive(self._process.stdout, 2)
        except (OSError, ValueError):  # the latter: closed meanwhile
            answer = None
        self.used_at = time.monotonic()
        if answer is None:
            return None
        self._told = declared
        is_done, text = bool(answer[0]), answer[1]
        return Done(msgspec.msgpack.decode(text, type=result_of(kind))) if is_done else _read_other(text)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()


def write_settings(settings: Settings | ServerSettings) -> dict[str, Any]:
    """Settings as values that can cross; paths become texts."""
    return msgspec.to_builtins(settings, enc_hook=str)


def _read_settings(values: dict[str, Any], kind: type[_T]) -> _T:
    def read_path(kind: type[Any], value: Any) -> Any:
        return kind(value)

    return msgspec.convert(values, kind, dec_hook=read_path)


# -- parts of bytes --------------------------------------------------------------------------------------------------


def _send(stream: IO[bytes], parts: Sequence[Body]) -> None:
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def _receive(stream: IO[bytes], count: int) -> list[bytearray] | None:
    """So many parts; None if the other side has gone."""
    parts: list[bytearray] = []
    for _ in range(count):
        length = _receive_bytes(stream, _LENGTH.size)
        part = None if length is None else _receive_bytes(stream, _LENGTH.unpack(length)[0])
        if part is None:
            return None
        parts.append(part)
    return parts


def _receive_bytes(stream: IO[bytes], length: int) -> bytearray | None:
    """So many bytes, written straight to where they stay."""
    part = bytearray(length)
    view = memoryview(part)
    while view:
        read = cast(io.BufferedReader, stream).readinto(view)
        if not read:
            return None
        view = view[read:]
    return part


# -- the process -----------------------------------------------------------------------------------------------------


def main() -> None:
    """Work until the server has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the server
    # The pipes are ours alone: whatever anybody prints goes where the server's own messages go.
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    limit_memory(MOST_MEMORY_BYTES)
    with contextlib.suppress(OSError, AttributeError):  # the latter: Windows
        os.nice(_NICENESS)
    known = Known.nothing()
    with contextlib.suppress(BrokenPipeError):
        while (parts := _receive(source, _PARTS)) is not None:
            setup, name, work, body = parts
            del parts
            if setup:
                known = _prepare(msgspec.msgpack.decode(setup, type=_Setup))
            is_done, text = _answer(name.decode(), bytes(work), body, known)
            _send(target, (b"1" if is_done else b"", text))
            del setup, work, body, text
            gc.collect()


def _prepare(setup: _Setup) -> Known:
    from engine.server.listings import Listings

    catalog = Catalog()
    asyncio.run(catalog.adopt(setup.declared))
    assert catalog.registry is not None
    listings = Listings(_read_settings(setup.settings, Settings), catalog)
    return Known(
        settings=listings.settings,
        server=_read_settings(setup.server, ServerSettings),
        registry=catalog.registry,
        asked_in_worker=catalog.asked_in_worker,
        choices=listings.choices,
    )


def _answer(name: str, work: bytes, body: bytearray, known: Known) -> tuple[bool, bytes]:
    """Whether the work was done, and the record of what became of it."""
    gc.disable()  # nothing that is made here refers to itself, and looking for that takes half the time
    try:
        module, _, kind = name.partition(":")
        made = msgspec.msgpack.decode(work, type=cast("type[Work[Any]]", getattr(import_module(module), kind)))
        return True, msgspec.msgpack.encode(made.do(known, body))
    except NeedsWorker as needs:
        return False, msgspec.msgpack.encode(Asking(needs.prompt, needs.targets))
    except MemoryError:
        return False, _refuse(
            too_large(f"This takes more than {MOST_MEMORY_BYTES / 2**30:g} GiB of memory, which no request may take.")
        )
    except EngineError as error:
        return False, _refuse(error)
    except Exception:  # at the edge of a process: the server tells and logs it as it does its own
        return False, msgspec.msgpack.encode(Failed(traceback.format_exc()))
    finally:
        gc.enable()


def _refuse(error: EngineError) -> bytes:
    refusal = as_refusal(error)
    record = Refused(
        message=text_of(refusal),
        status=refusal.status,
        code=refusal.wire_type,
        details=refusal.details,
        extra_info=refusal.extra_info,
        node_errors=refusal.node_errors,
        headers=refusal.headers,
    )
    return msgspec.msgpack.encode(record)


if __name__ == "__main__":
    main()
