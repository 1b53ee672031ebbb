"""`/api/v1`: our own interface, typed and documented by the code itself.

A route is one function with a decorator (`route`); its types are msgspec Structs, from which requests are read, replies
written and the OpenAPI document made (`openapi`). Adding one is writing one, in a module that stands in `ROUTES`.

submit, jobs, queue, events, values, assets, workflows, scripts, templates, workflow_files, workflow_folders,
workflow_trash, drafts, files, gallery, gallery_changes, gallery_lineage, nodes, models, packs, workers, load, health,
metrics, docs: the routes
route, reading, writing, openapi: how they are declared, read, written and described
receiving, submission, views, lineage, feed, told: what several of them do · records, job_records, gallery_records: what
several of them show
"""

from __future__ import annotations

from collections import Counter

from aiohttp import web

from engine.graph.json_values import show
from engine.server.api import (
    assets,
    docs,
    drafts,
    events,
    files,
    gallery,
    gallery_changes,
    gallery_lineage,
    health,
    jobs,
    load,
    metrics,
    models,
    nodes,
    packs,
    queue,
    scripts,
    submit,
    templates,
    values,
    workers,
    workflow_files,
    workflow_folders,
    workflow_trash,
    workflows,
)
from engine.server.api.openapi import make_document
from engine.server.api.route import PREFIX, Route, collect_routes
from engine.server.canvas import state
from engine.server.keys import DISPATCHER, LISTINGS, SERVER_SETTINGS, SETTINGS
from engine.server.listings import Listings
from engine.server.refusal import Handler, not_found

VERSION = "1"
ROUTES: tuple[Route, ...] = collect_routes(
    submit,
    jobs,
    queue,
    events,
    values,
    assets,
    workflows,
    scripts,
    templates,
    workflow_files,
    workflow_folders,
    workflow_trash,
    drafts,
    files,
    gallery,
    gallery_changes,
    gallery_lineage,
    nodes,
    models,
    packs,
    workers,
    load,
    health,
    metrics,
    docs,
)


def _table() -> web.RouteTableDef:
    table = web.RouteTableDef()
    # Paths without parameters first: `/jobs/cancel` is no job.
    methods: dict[str, list[str]] = {}
    for one in sorted(ROUTES, key=lambda one: "{" in one.path):
        table.route(one.method, PREFIX + one.path)(one.answer)
        methods.setdefault(one.path, []).append(one.method)
        if one.method == "GET":
            methods[one.path].append("HEAD")
    for path, allowed in methods.items():
        table.route("*", PREFIX + path)(_refuse_method(sorted(allowed)))
    table.route("*", PREFIX + "{rest:(/.*)?}")(_refuse_path)
    return table


def _refuse_method(allowed: list[str]) -> Handler:
    """What answers for a path when none of its methods was meant: no other path that also fits has a say."""

    async def refuse(request: web.Request) -> web.StreamResponse:
        raise web.HTTPMethodNotAllowed(request.method, allowed)

    return refuse


async def _refuse_path(request: web.Request) -> web.StreamResponse:
    raise not_found(f"There is nothing at {show(request.path)}; {PREFIX}/docs shows what there is.")


routes = _table()


def set_up(app: web.Application) -> None:
    """Give the application what the routes need besides what it has."""
    app[docs.DOCUMENT] = make_document(ROUTES, VERSION)
    app[events.OPEN_STREAMS] = set()
    app[events.OPEN_WINDOWS] = Counter()
    app[events.FRAMES] = events.Frames(app[SERVER_SETTINGS])
    app[metrics.METRICS] = metrics.Metrics()
    app[load.GAUGE] = load.Gauge()
    if LISTINGS not in app:
        app[LISTINGS] = Listings(app[SETTINGS], app[DISPATCHER].catalog)
    state.set_up(app)
    app.middlewares.insert(0, metrics.measure)  # the first one sees what the others refuse
    app.on_startup.append(_listen)
    app[submit.WAITS] = set()
    app.on_shutdown.append(events.close_streams)
    app.on_shutdown.append(submit.end_waits)


async def _listen(app: web.Application) -> None:
    app[DISPATCHER].subscribe(app[metrics.METRICS].hear)
