"""A process for heavy work (`engine.server.heavy`), and the server's handle on it.

`python -m engine.server.heavy_process` reads jobs from its standard input, one after another, and writes what became
of each to its standard output. Either is a few parts of bytes, each after its length and all after their number; the
records are made by `engine.server.crossing`. It ends when its input does: with the server, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
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
from engine.server.crossing import pack, unpack
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
        parts = (setup, f"{kind.__module__}:{kind.__qualname__}".encode(), body, *pack(work))
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            _send(self._process.stdin, parts)
            answer = _receive(self._process.stdout)
        except (OSError, ValueError):  # the latter: closed meanwhile
            answer = None
        self.used_at = time.monotonic()
        if answer is None:
            return None
        self._told = declared
        is_done, *record = answer
        other: Any = Refused | Asking | Failed
        return Done(unpack(record, result_of(kind))) if is_done else unpack(record, other)

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
    stream.write(_LENGTH.pack(len(parts)))
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def _receive(stream: IO[bytes]) -> list[bytes] | None:
    """The parts that were sent together; None if the other side has gone."""
    parts: list[bytes] = []
    count = _receive_number(stream)
    for _ in range(count or 0):
        length = _receive_number(stream)
        # Read straight to where it stays, as much at a time as a pipe holds: others have their turn in between.
        part = None if length is None else stream.read(length)
        if part is None or len(part) != length:
            return None
        parts.append(part)
    return None if count is None else parts


def _receive_number(stream: IO[bytes]) -> int | None:
    number = stream.read(_LENGTH.size)
    return _LENGTH.unpack(number)[0] if len(number) == _LENGTH.size else None


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
        while (parts := _receive(source)) is not None:
            setup, name, body, *work = parts
            del parts
            if setup:
                known = _prepare(msgspec.msgpack.decode(setup, type=_Setup))
            answer = _answer(name.decode(), work, body, known)
            _send(target, answer)
            del setup, work, body, answer
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


def _answer(name: str, work: Sequence[bytes], body: bytes, known: Known) -> Sequence[Body]:
    """Something if the work was done, else nothing; and the record of what became of it, in one part or several."""
    gc.disable()  # nothing that is made here refers to itself, and looking for that takes half the time
    try:
        module, _, kind = name.partition(":")
        made = unpack(work, cast("type[Work[Any]]", getattr(import_module(module), kind)))
        return b"1", *pack(made.do(known, body))
    except NeedsWorker as needs:
        return b"", *pack(Asking(needs.prompt, needs.targets))
    except MemoryError:
        return b"", _refuse(
            too_large(f"This takes more than {MOST_MEMORY_BYTES / 2**30:g} GiB of memory, which no request may take.")
        )
    except EngineError as error:
        return b"", _refuse(error)
    except Exception:  # at the edge of a process: the server tells and logs it as it does its own
        return b"", msgspec.msgpack.encode(Failed(traceback.format_exc()))
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
