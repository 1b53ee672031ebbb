"""Figures for Prometheus, in its text format (version 0.0.4), collected for one application.

Written by hand: the official client hooks into the garbage collector and a registry of the whole process as soon as it
is imported. What can be looked up when somebody asks (queue, workers) is; what happens in between is counted.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from aiohttp import web

from engine.errors import StoreError
from engine.jobs.events import JobCancelled, JobEvent, JobFailed, JobQueued, JobSucceeded
from engine.server.api.events import OPEN_STREAMS
from engine.server.api.route import Answer, route
from engine.server.keys import DISPATCHER, HUB, STORE
from engine.server.refusal import Handler
from engine.workers.notices import Notice

_HTTP_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_RUN_BUCKETS_S = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_STATES = ("queued", "running", "succeeded", "failed", "cancelled")
_WORKER_STATES = ("starting", "idle", "busy", "dead")


class Histogram:
    """How many values fell below which bounds."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Metrics:
    """What is counted between two questions."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self.request_seconds: dict[str, Histogram] = {}
        self.run_seconds = Histogram(_RUN_BUCKETS_S)
        self.accepted = 0
        self.ended: Counter[str] = Counter()

    def hear(self, notice: Notice) -> None:
        """Take in a notice of the dispatcher."""
        if not isinstance(notice, JobEvent):
            return
        match notice.event:
            case JobQueued(deaths=0):
                self.accepted += 1
            case JobSucceeded(seconds=seconds):
                self.ended["succeeded"] += 1
                self.run_seconds.add(seconds)
            case JobFailed():
                self.ended["failed"] += 1
            case JobCancelled():
                self.ended["cancelled"] += 1
            case _:
                pass

    def count(self, method: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self.requests[method, str(status)] += 1
        if method not in self.request_seconds:
            self.request_seconds[method] = Histogram(_HTTP_BUCKETS_S)
        self.request_seconds[method].add(seconds)


METRICS: web.AppKey[Metrics] = web.AppKey("metrics")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count each answer and the time it took; streams and websockets, which last, are counted without a time."""
    metrics = request.app[METRICS]
    began = time.perf_counter()
    method = request.method if request.method in _METHODS else "other"
    status = 499  # the client has gone
    lasts = False
    try:
        response = await handler(request)
        status = response.status
        lasts = status == 101 or response.content_type == "text/event-stream"
        return response
    except web.HTTPException as answer:
        status = answer.status
        raise
    except asyncio.CancelledError:
        lasts = True
        raise
    finally:
        if lasts:
            metrics.requests[method, str(status)] += 1
        else:
            metrics.count(method, status, time.perf_counter() - began)


@route(
    "GET",
    "/metrics",
    tag="server",
    answers=(Answer(200, {"type": "string"}, "Figures in the text format of Prometheus.", "text/plain"),),
)
async def show_metrics(request: web.Request) -> web.Response:
    """Figures for Prometheus: jobs, queue, runs, workers, clients, requests."""
    lines = [*await _describe_jobs(request), *_describe_workers(request), *_describe_requests(request)]
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")


async def _describe_jobs(request: web.Request) -> list[str]:
    metrics, dispatcher = request.app[METRICS], request.app[DISPATCHER]
    lines: list[str] = []
    try:
        counts = await request.app[STORE].counts()
    except StoreError:
        store_is_fine = 0
    else:
        store_is_fine = 1
        rows = [({"state": state}, counts.get(state, 0)) for state in _STATES]
        lines += _family("skein_jobs", "gauge", "Jobs that are known, by state.", rows)
    running = len(dispatcher.running())
    lines += _one("skein_store_up", "gauge", "Whether the database of jobs can be read.", store_is_fine)
    lines += _one("skein_queue_length", "gauge", "Jobs that wait.", dispatcher.remaining - running)
    lines += _one("skein_queue_paused", "gauge", "Whether no more jobs are started.", int(dispatcher.paused))
    lines += _one("skein_jobs_accepted_total", "counter", "Jobs accepted since the start.", metrics.accepted)
    ended = [({"state": state}, metrics.ended[state]) for state in _STATES[2:]]
    lines += _family("skein_jobs_ended_total", "counter", "Jobs ended since the start, by how.", ended)
    lines += _head("skein_run_seconds", "histogram", "How long runs that succeeded took.")
    return lines + _histogram("skein_run_seconds", {}, metrics.run_seconds)


def _describe_workers(request: web.Request) -> list[str]:
    workers = request.app[DISPATCHER].workers()
    states = Counter(worker.state for worker in workers)
    named = [({"worker": str(worker.number)}, worker) for worker in workers]
    memory = [(labels, worker.memory_bytes) for labels, worker in named]
    deaths = [(labels, worker.deaths) for labels, worker in named]
    sockets = len(request.app[HUB]) if HUB in request.app else 0
    clients = [({"kind": "websocket"}, sockets), ({"kind": "events"}, len(request.app[OPEN_STREAMS]))]
    return [
        *_family("skein_workers", "gauge", "Workers by state.", [({"state": s}, states[s]) for s in _WORKER_STATES]),
        *_family("skein_worker_deaths_total", "counter", "Worker processes that died.", deaths),
        *_family("skein_worker_memory_bytes", "gauge", "Memory that workers have.", memory),
        *_family("skein_clients", "gauge", "Clients that are told what happens.", clients),
    ]


def _describe_requests(request: web.Request) -> list[str]:
    metrics = request.app[METRICS]
    counted = [({"method": m, "status": s}, count) for (m, s), count in sorted(metrics.requests.items())]
    lines = _family("skein_http_requests_total", "counter", "Requests answered.", counted)
    lines += _head("skein_http_request_seconds", "histogram", "How long answers took.")
    for method, histogram in sorted(metrics.request_seconds.items()):
        lines += _histogram("skein_http_request_seconds", {"method": method}, histogram)
    return lines


# -- the text format -------------------------------------------------------------------------------------------------


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]


def _one(name: str, kind: str, text: str, value: float) -> list[str]:
    return _family(name, kind, text, [({}, value)])


def _family(name: str, kind: str, text: str, rows: Iterable[tuple[Mapping[str, str], float]]) -> list[str]:
    return [*_head(name, kind, text), *(_row(name, labels, value) for labels, value in rows)]


def _row(name: str, labels: Mapping[str, str], value: float) -> str:
    named = ",".join(f'{label}="{text}"' for label, text in labels.items())  # labels of ours need no escapes
    return f"{name}{{{named}}} {value:.16g}" if named else f"{name} {value:.16g}"


def _histogram(name: str, labels: Mapping[str, str], histogram: Histogram) -> list[str]:
    bounds = [*(f"{bound:g}" for bound in histogram.bounds), "+Inf"]
    totals = list(accumulate(histogram.counts))
    rows = [_row(f"{name}_bucket", {**labels, "le": bound}, total) for bound, total in zip(bounds, totals, strict=True)]
    return [*rows, _row(f"{name}_sum", labels, histogram.sum), _row(f"{name}_count", labels, totals[-1])]
