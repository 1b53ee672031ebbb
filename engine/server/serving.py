"""One server from start to end: bind, print the address, start workers in the background, stop in good order.

The address is bound and printed before anything slow begins, so the page is up at once; what needs a worker waits for
it. SIGTERM or SIGINT ends it: no new jobs, a grace time for runs, then the sockets. A second signal cuts that short.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
import socket
import ssl
import sys
import threading
import webbrowser
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from engine.errors import EngineError, WorkerUnavailable
from engine.jobs.store import Store
from engine.provenance import VERSION
from engine.server.app import make_app
from engine.server.connection import Runner
from engine.server.gate import choose_token, is_loopback
from engine.settings import ServerSettings, Settings
from engine.temporary import PART_AGE_S, TempDirectory, remove_dead_parts
from engine.workers.dispatch import Dispatcher

LOGGER = logging.getLogger(__name__)

_STOP_MARGIN_S = 4.0
"""Beyond the grace time of runs, for workers to end."""
_HURRY_S = 3.0
"""So long the database of jobs may take to be told what is cut short."""
_BACKLOG = 1024
_READY_TIMEOUT_S = 24 * 3600.0
_BUSY_START_S = 30.0
_FULL_COLLECTION_EVERY_S = 600.0
_SWITCH_INTERVAL_S = 0.001
"""So long a thread may go on while another wants the interpreter. A request takes several turns, so Python's own five
milliseconds become tens while a thread reads something large."""
_WILDCARDS = frozenset({"0.0.0.0", "::", ""})


class CannotListen(EngineError):
    """The server cannot listen where it was told to."""

    wire_type = "cannot_listen"


def run_server(settings: Settings, server_settings: ServerSettings) -> int:
    """Serve until told to stop; returns the exit status: 0, or 1 if it was to stop when ready and no worker was.

    Raises:
        EngineError: if it cannot be started: the port is in use, another server has the same data, ...
    """
    return asyncio.run(_serve(settings, server_settings))


async def _serve(settings: Settings, server: ServerSettings) -> int:
    _raise_file_limit()
    _tune_collector()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    signals = _Signals()
    tls = _load_certificate(server)
    store = Store.open(None if server.in_memory else settings.directory("user"), history_limit=server.history_limit)
    try:
        for notice in store.notices:
            LOGGER.warning("%s", notice)
        sockets = _bind(server)
        token = choose_token(server)
        dispatcher = Dispatcher(settings, server, store)
        runner = Runner(make_app(dispatcher, store, settings, server, token=token))
        await runner.setup()
        try:
            async with _working(dispatcher, settings, server, signals):
                # What an earlier server left is in the queue by now, so the first to ask already sees it.
                for bound in sockets:
                    await web.SockSite(runner, bound, ssl_context=tls, backlog=_BACKLOG).start()
                address = _address(server, sockets[0].getsockname()[1])
                _print_address(server, address, token)
                return await _wait_for_end(dispatcher, settings, server, signals, address)
        finally:
            await runner.cleanup()
    finally:
        await asyncio.to_thread(store.close)


@asynccontextmanager
async def _working(
    dispatcher: Dispatcher, settings: Settings, server: ServerSettings, signals: _Signals
) -> AsyncGenerator[None]:
    """Workers start, in the background, and end; the temp directory is emptied before and after."""
    temp = asyncio.create_task(asyncio.to_thread(TempDirectory.open, settings), name="open temp directory")
    try:
        # Together: emptying may take long, and no worker writes anything in its first second.
        await asyncio.gather(temp, dispatcher.start())
        yield
    finally:
        await _stop(dispatcher, server, signals)
        with suppress(OSError, EngineError):
            await asyncio.to_thread((await temp).close)


async def _wait_for_end(
    dispatcher: Dispatcher, settings: Settings, server: ServerSettings, signals: _Signals, address: str
) -> int:
    """Wait until the server is told to stop; returns the exit status."""
    ready = asyncio.create_task(_tell_ready(dispatcher, server, signals), name="tell ready")
    tasks: list[asyncio.Task[Any]] = [ready, asyncio.create_task(_collect_now_and_then(), name="collect")]
    tasks.append(asyncio.create_task(_tidy(settings), name="tidy"))
    if server.opens_browser:
        tasks.append(asyncio.create_task(asyncio.to_thread(webbrowser.open, address)))
    try:
        await signals.stop.wait()
        LOGGER.info("Stopping: no new jobs; what runs has %g seconds to end.", server.shutdown_grace_s)
        return 1 if server.stops_when_ready and ready.done() and not ready.result() else 0
    finally:
        for task in tasks:
            task.cancel()


async def _stop(dispatcher: Dispatcher, server: ServerSettings, signals: _Signals) -> None:
    stop = asyncio.create_task(dispatcher.stop(), name="stop")
    hurry = asyncio.create_task(signals.hurry.wait(), name="hurry")
    await asyncio.wait(
        {stop, hurry}, timeout=server.shutdown_grace_s + _STOP_MARGIN_S, return_when=asyncio.FIRST_COMPLETED
    )
    hurry.cancel()
    if not stop.done():
        LOGGER.warning("Stopping at once; a run that this cuts short begins again at the next start.")
        dispatcher.hurry()
        await asyncio.wait({stop}, timeout=_HURRY_S)
    if not stop.done():
        stop.cancel()
    elif (error := stop.exception()) is not None:
        LOGGER.error("Stopping failed.", exc_info=error)


async def _tell_ready(dispatcher: Dispatcher, server: ServerSettings, signals: _Signals) -> bool:
    """Log that a worker is ready, or why not; says whether one is."""
    try:
        registry = await dispatcher.catalog.ready(_READY_TIMEOUT_S)
    except WorkerUnavailable as error:
        LOGGER.error("%s", error)
        if server.stops_when_ready:
            signals.stop.set()
        return False
    devices = ", ".join(device.name for device in dispatcher.catalog.devices[:1]) or "an unknown device"
    LOGGER.info("Ready: %d node types, computing on %s.", len(registry), devices)
    for note in dispatcher.catalog.notes:
        LOGGER.warning("%s", note)
    if server.stops_when_ready:
        signals.stop.set()
    return True


# -- listening -------------------------------------------------------------------------------------------------------


def _bind(server: ServerSettings) -> list[socket.socket]:
    """Listen on every address. Who connects waits until somebody accepts.

    Raises:
        CannotListen: if a port is in use, or no address can be had.
    """
    port = server.port
    bound: list[socket.socket] = []
    failures: list[str] = []
    for name in server.listen:
        host = name.strip("[]")
        try:
            found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            for family, _, _, _, address in dict.fromkeys(found):
                # Not both families on one socket: that is what the two wildcards are for.
                place = (address[0], port, *address[2:])
                bound.append(socket.create_server(place, family=family, backlog=_BACKLOG))
                port = port or bound[0].getsockname()[1]  # the first free port is taken for all addresses
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                for one in bound:
                    one.close()
                raise CannotListen(
                    f"Port {port} of {name} is in use, perhaps by another server; --port takes another one."
                ) from error
            failures.append(f"Cannot listen on {name}, port {port}: {error.strerror or error}.")
    if not bound:
        raise CannotListen(" ".join(failures) or "There is no address to listen on.")
    for failure in failures:  # a machine without IPv6, told to listen everywhere
        LOGGER.warning("%s", failure)
    return bound


def _load_certificate(server: ServerSettings) -> ssl.SSLContext | None:
    if server.tls_certificate_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(server.tls_certificate_file, server.tls_key_file)
    except (OSError, ssl.SSLError) as error:
        raise CannotListen(f"The certificate or its key cannot be used: {error}.") from error
    return context


def _print_address(server: ServerSettings, address: str, token: str | None) -> None:
    # A token that the user chose is known to the user; printing it would only leave it in logs.
    is_made = token is not None and token != server.token
    if server.prints_address or is_made:
        sys.stdout.write(f"Skein {VERSION} on {address}{f'/?token={token}' if is_made else ''}\n")
        sys.stdout.flush()


def _address(server: ServerSettings, port: int) -> str:
    """Where a browser finds the page."""
    host = server.listen[0].strip("[]")
    if host in _WILDCARDS:
        host = _own_address()
    scheme = "https" if server.tls_certificate_file is not None else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _own_address() -> str:
    """The address of this machine in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        found: str = probe.getsockname()[0]
        return "127.0.0.1" if is_loopback(found) else found
    return "127.0.0.1"


# -- the process -----------------------------------------------------------------------------------------------------


class _Signals:
    """What the process was told to do: end, and, the second time, at once. Made on the event loop."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.hurry = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(number, self._take)
            except NotImplementedError:  # Windows
                signal.signal(number, _in_loop(loop, self._take))

    def _take(self) -> None:
        (self.hurry if self.stop.is_set() else self.stop).set()


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> Callable[..., None]:
    return lambda *_: loop.call_soon_threadsafe(call) and None


def _raise_file_limit() -> None:
    """A thousand websockets need a thousand files, which is where many systems stop by default."""
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _tune_collector() -> None:
    """Look for garbage a little at a time.

    Reference counts free nearly everything, and cycles that live long are left to `_collect_now_and_then`. What is
    looked at together grows with the thresholds: with ten times these, a run of 100,000 nodes holds up every request
    for 50 ms again and again. What is large is read elsewhere (`engine.server.heavy`), which looks for no garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 1_000_000)


async def _tidy(settings: Settings) -> None:
    """Remove what saves left that the end of an earlier server cut short; late enough that it is old by then."""
    await asyncio.sleep(PART_AGE_S + _BUSY_START_S)
    is_over = threading.Event()
    try:
        for folder in ("output", "user"):
            await asyncio.to_thread(remove_dead_parts, settings.directory(folder), is_over=is_over.is_set)
    finally:
        is_over.set()


async def _collect_now_and_then() -> None:
    while True:
        await asyncio.sleep(_FULL_COLLECTION_EVERY_S)
        gc.collect()
