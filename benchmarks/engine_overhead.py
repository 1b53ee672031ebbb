"""What the engine costs beside the nodes: microseconds for each node that does next to nothing.

Two shapes: a chain, each node taking the one before, and a fan, all nodes taking one source and each being an output.
*Cold*: `Engine.run` with an empty cache: validation, keys, plan, calls, cache. *Cached*: the same once more. Peers on
the same graph: `dask.get`, dask's synchronous scheduler (BSD-3-Clause), which has no cache; and the floor, `graphlib`'s
order and a plain loop. Times are the least of several repeats, as wall time and as CPU time of the process: on a
machine that does other work, the least comes nearest to what the program itself needs.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from importlib import import_module
from typing import Annotated, Any

from engine.graph.node import node
from engine.graph.registry import Registry
from engine.graph.schema import NodeResult, Socket
from engine.runtime import Engine

SUMMARY = "microseconds of overhead for each node, cold and cached, against dask and a plain loop"

Count = Annotated[int, Socket("COUNT")]


@node("Start", category="benchmark")
def start(*, value: int = 0) -> Count:
    """Give a number."""
    return value


@node("Step", category="benchmark")
def step(*, count: Count) -> Count:
    """Give the next number."""
    return count + 1


@node("End", category="benchmark", is_output=True)
def end(*, count: Count, offset: int = 0) -> NodeResult[Count]:
    """Give another number, as an output. The offset makes it differ from its neighbours, which would share a result."""
    return NodeResult(outputs=count + offset)


@dataclass(frozen=True, slots=True)
class Seconds:
    """The least that something took."""

    wall: float
    cpu: float


def make_chain(length: int) -> dict[str, Any]:
    """A chain in API format."""
    graph: dict[str, Any] = {"0": {"class_type": "Start", "inputs": {"value": 0}}}
    for index in range(1, length):
        kind = "End" if index == length - 1 else "Step"
        graph[str(index)] = {"class_type": kind, "inputs": {"count": [str(index - 1), 0]}}
    return graph


def make_fan(length: int) -> dict[str, Any]:
    """One source and many outputs in API format."""
    graph: dict[str, Any] = {"0": {"class_type": "Start", "inputs": {"value": 0}}}
    for index in range(1, length):
        graph[str(index)] = {"class_type": "End", "inputs": {"count": ["0", 0], "offset": index}}
    return graph


def measure(work: Callable[[], object], repeats: int, prepare: Callable[[], object] = lambda: None) -> Seconds:
    """The least wall time and the least CPU time of several repeats."""
    walls: list[float] = []
    cpus: list[float] = []
    for _ in range(repeats):
        prepare()
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Seconds(min(walls), min(cpus))


def measure_engine(graph: dict[str, Any], repeats: int) -> tuple[Seconds, Seconds]:
    """Cold and cached."""
    engine = Engine(registry=Registry([start, step, end]))
    workflow = engine.load(graph)
    assert len(engine.run(workflow).executed) == len(graph), "the first run did not run every node"
    assert len(engine.run(workflow).cached) == len(graph), "the second run was not cached"
    cold = measure(lambda: engine.run(workflow), repeats, prepare=engine.cache.clear)
    return cold, measure(lambda: engine.run(workflow), repeats)


def measure_plain_loop(graph: dict[str, Any], repeats: int) -> Seconds:
    """The floor: a topological order and a call for each node."""

    def work() -> None:
        sources: dict[str, list[str]] = {
            node_id: [value[0] for value in record["inputs"].values() if isinstance(value, list)]
            for node_id, record in graph.items()
        }
        values: dict[str, int] = {}
        for node_id in TopologicalSorter(sources).static_order():
            values[node_id] = step(count=values[sources[node_id][0]]) if sources[node_id] else start(value=0)

    return measure(work, repeats)


def measure_dask(graph: dict[str, Any], repeats: int) -> Seconds | None:
    """dask's synchronous scheduler; None if dask is not installed."""
    try:
        get_sync: Callable[..., Any] = import_module("dask.local").get_sync
    except ImportError:
        return None
    tasks: dict[str, Any] = {}
    for node_id, record in graph.items():
        source = record["inputs"].get("count")
        tasks[node_id] = (_next, source[0]) if source else (int,)
    wanted = [node_id for node_id, record in graph.items() if record["class_type"] == "End"]
    return measure(partial(get_sync, tasks, wanted), repeats)


def _next(count: int) -> int:
    return count + 1


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine_overhead", description=SUMMARY)
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1_000, 10_000], help="sizes of the graphs")
    parser.add_argument("--seconds", type=float, default=1.0, help="about how long to repeat each measurement")
    options = parser.parse_args(arguments)
    print("microseconds for each node: wall time (CPU time), least of several repeats; x: CPU time against cold")
    print(f"{'shape':6} {'nodes':>6} {'cold':>16} {'cached':>16} {'dask.get':>24} {'plain loop':>16}")
    for shape, make in (("chain", make_chain), ("fan", make_fan)):
        for nodes in options.nodes:
            graph = make(nodes)
            repeats = max(3, min(200, int(options.seconds / (nodes * 60e-6))))
            cold, cached = measure_engine(graph, repeats)
            dask_time, plain = measure_dask(graph, max(3, repeats // 4)), measure_plain_loop(graph, repeats)
            ratio = f" x{dask_time.cpu / cold.cpu:.1f}" if dask_time else ""
            columns = f"{_show(cold, nodes):>16} {_show(cached, nodes):>16} {_show(dask_time, nodes) + ratio:>24}"
            print(f"{shape:6} {nodes:6} {columns} {_show(plain, nodes):>16}", flush=True)


def _show(seconds: Seconds | None, nodes: int) -> str:
    return f"{seconds.wall / nodes * 1e6:.1f} ({seconds.cpu / nodes * 1e6:.1f})" if seconds else "not installed"
