"""How soon the gallery answers: searches, pages, facets, and how many files it takes in per second.

Everything is measured below HTTP, in the database that the server uses, on a disk, with files that nobody has drawn: a
prompt of 37 words, a model out of 120, a seed, sampler, steps, one of seven sizes, a hundred folders. "found" is with
nothing kept from before; another page of the same search costs no more than "page" or, of the last files, "last".
All figures are time of the processor, so that other programs do not show in them; waiting for the disk is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from engine.server.canvas.database import Database
from engine.server.canvas.facts import Facts
from engine.server.canvas.gallery import Seen, store_files
from engine.server.canvas.index import Index

SUMMARY = "searches, pages and facets among many files, and how fast files are taken in"
SEARCHES = (
    "",
    "fox",
    "red fox",
    '"red fox"',
    "-fox",
    "model:flux",
    "seed:42",
    "sampler:euler",
    "steps:20",
    "cfg:>=7",
    "size:>=1024",
    "size:512x768",
    "after:2024-01",
    "date:2024-05",
    "folder:2023",
    "name:png",
    "kind:picture",
    "rating:>=3",
    "star",
    "-rejected",
    "tag:best",
    "model:flux fox size:>=1024 -star",
)
_COMMON = ("a", "the", "red", "fox", "blue", "whale", "portrait", "photo", "detailed", "sky", "night", "light")
_RARE = tuple(f"word{number}" for number in range(3000))
_SIZES = ((512, 512), (512, 768), (768, 512), (1024, 1024), (832, 1216), (1216, 832), (64, 64))
_AT_ONCE = 500


def main(arguments: list[str]) -> None:
    """Fill a database, measure, and print the table: milliseconds, the median of `--rounds`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gallery", description=SUMMARY)
    parser.add_argument("--files", type=int, default=100_000, help="how many files there are (default: 100000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each figure is measured (default: 5)")
    parser.add_argument("--directory", type=Path, help="keep the database here, and use it again")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_measure(options.directory or Path(name), options.files, options.rounds))


async def _measure(directory: Path, files: int, rounds: int) -> None:
    database = Database.open(directory)
    try:
        index = Index(database)
        (there,) = await database.ask(lambda connection: connection.execute("SELECT COUNT(*) FROM gallery").fetchone())
        if there < files:
            await _fill(database, files)
        print(f"{'search':42}{'files':>10}{'found, ms':>12}{'page, ms':>12}{'last, ms':>12}")
        for search in SEARCHES:
            await _measure_search(index, search, rounds)
        await _print("facets", rounds, lambda: _new_facets(index))
        await _print("facets, when nothing changed", rounds, index.facets)
        found = await index.find("")
        await _print(
            "the ids of all",
            rounds,
            lambda: index.ids(found, order="modified", descending=True, offset=0, limit=files),
        )
        some = await index.ids(found, order="modified", descending=True, offset=0, limit=1000)
        await _print("a rating for 1000 files", rounds, lambda: index.mark(some, rating=3))
    finally:
        database.close()


async def _measure_search(index: Index, search: str, rounds: int) -> None:
    """How long it takes to find, then to show the first and the last page of what was found."""
    finding, first, last = list[float](), list[float](), list[float]()
    total = 0
    for _ in range(rounds):
        index.changed()
        began = time.process_time()
        found = await index.find(search)
        finding.append(time.process_time() - began)
        total = found.total
        for times, offset in ((first, 0), (last, max(0, total - 100))):
            began = time.process_time()
            ids = await index.ids(found, order="modified", descending=True, offset=offset, limit=100)
            await index.items(ids)
            times.append(time.process_time() - began)
    cells = "".join(f"{statistics.median(times) * 1000:>12.1f}" for times in (finding, first, last))
    print(f"{search or '(all)':42}{total:>10}{cells}", flush=True)


async def _new_facets(index: Index) -> object:
    index.changed()
    return await index.facets()


async def _print(what: str, rounds: int, act: Callable[[], Awaitable[object]]) -> None:
    times = list[float]()
    for _ in range(rounds):
        began = time.process_time()
        await act()
        times.append(time.process_time() - began)
    print(f"{what:52}{statistics.median(times) * 1000:>12.1f}", flush=True)


async def _fill(database: Database, count: int) -> None:
    began = time.process_time()
    batch: list[tuple[Seen, Facts]] = []
    for one in _invent(count):
        batch.append(one)
        if len(batch) == _AT_ONCE:
            await _store(database, batch)
            batch = []
    await _store(database, batch)
    print(f"{'files taken in per second':52}{count / (time.process_time() - began):>12.0f}", flush=True)
    await database.run(_mark)


def _mark(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE gallery SET star = 1 WHERE id % 50 = 0")
    connection.execute("UPDATE gallery SET rejected = 1 WHERE id % 90 = 0")
    connection.execute("UPDATE gallery SET rating = 1 + id % 5 WHERE id % 7 = 0")
    connection.execute("INSERT INTO facts SELECT 'tag', 'best', id, NULL FROM gallery WHERE id % 20 = 0")


async def _store(database: Database, batch: list[tuple[Seen, Facts]]) -> None:
    await database.run(lambda connection: store_files(connection, batch))


def _invent(count: int) -> Iterator[tuple[Seen, Facts]]:
    chance = random.Random(1)
    for number in range(count):
        words = chance.choices(_COMMON, k=12) + chance.choices(_RARE, k=25)
        model = f"{chance.choice(('sd15', 'xl', 'flux'))}/model_{chance.randrange(40)}.safetensors"
        found = (
            ("model", model),
            ("seed", str(chance.getrandbits(53))),
            ("sampler", chance.choice(("euler", "dpmpp_2m", "uni_pc"))),
            ("scheduler", chance.choice(("normal", "karras"))),
            ("steps", chance.choice(("8", "20", "30"))),
            ("cfg", chance.choice(("1.0", "7.0", "8.0"))),
        )
        facts = Facts(*chance.choice(_SIZES), " ".join(words), "ugly, blurry, low quality", found)
        folder = f"{2023 + number // 50_000}/{number // 1000 % 50:02}"
        modified_ns = (1_700_000_000 + number * 300) * 10**9
        yield Seen(f"{folder}/img_{number:06}.png", chance.randrange(10_000, 3_000_000), modified_ns, "picture"), facts
