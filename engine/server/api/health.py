"""Whether the server lives, and whether it can work: for those who watch it."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.errors import StoreError
from engine.server.api.route import Refused, route
from engine.server.keys import DISPATCHER, SERVER_SETTINGS, STORE
from engine.server.refusal import Refusal


class BodyLimits(Struct, frozen=True, kw_only=True):
    """What bodies may be at most; flags of the command line set it.

    Attributes:
        json_bytes: Of JSON, unpacked (`--max-json-size`).
        json_depth: Levels of objects and lists in each other (`--max-json-depth`).
        upload_bytes: Of everything else (`--max-upload-size`).
    """

    json_bytes: int
    json_depth: int
    upload_bytes: int


class Health(Struct, frozen=True, kw_only=True):
    """The server lives.

    Attributes:
        status: Always `ok`.
        limits: What is refused for its size alone.
    """

    status: str
    limits: BodyLimits


class Readiness(Struct, frozen=True, kw_only=True):
    """The server can work.

    Attributes:
        ready: Always true; what is missing is the message of the refusal.
        workers: How many workers can run jobs.
        node_types: How many node types there are.
    """

    ready: bool
    workers: int
    node_types: int


@route("GET", "/health", tag="server", is_open=True)
async def show_health(request: web.Request) -> Health:
    """Whether the server answers, and how large what it is sent may be. Needs no token."""
    settings = request.app[SERVER_SETTINGS]
    limits = BodyLimits(
        # What is larger than an upload is refused as one, be it JSON or not.
        json_bytes=min(settings.max_json_bytes, settings.max_upload_bytes),
        json_depth=settings.max_json_depth,
        upload_bytes=settings.max_upload_bytes,
    )
    return Health(status="ok", limits=limits)


@route(
    "GET",
    "/ready",
    tag="server",
    is_open=True,
    refusals=(Refused(503, "Something is missing; the message says what."),),
)
async def show_readiness(request: web.Request) -> Readiness:
    """Whether jobs can be accepted and run. Needs no token."""
    dispatcher = request.app[DISPATCHER]
    catalog = dispatcher.catalog
    missing: list[str] = []
    try:
        await request.app[STORE].check()
    except StoreError as error:
        missing.append(str(error))
    workers = sum(worker.state in ("idle", "busy") for worker in dispatcher.workers())
    if not workers:
        missing.append(catalog.failure or "No worker is ready yet.")
    if catalog.registry is None:
        missing.append("The node types are not known yet.")
    if missing:
        raise Refusal(
            " ".join(missing),
            status=503,
            code="not_ready",
            extra_info={"missing": missing},
            headers={"Retry-After": "2"},
        )
    return Readiness(ready=True, workers=workers, node_types=len(catalog.registry or ()))
