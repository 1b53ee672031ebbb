"""`packs`: which node packs there are, what stands in their source, and whether their nodes run."""

from __future__ import annotations

import argparse
import itertools
from typing import TYPE_CHECKING

from engine.commands import DONE, RUN_FAILED
from engine.errors import PackError
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.compat.packs import Pack, Trust
    from engine.compat.source import Source

SUMMARY = "list node packs, allow one, or try its nodes"
_MOST_PLACES = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's own arguments."""
    parser.add_argument(
        "action",
        choices=("list", "allow", "test"),
        help="list: each pack with what it imports, opens and runs, read from its source; allow: let a pack be loaded"
        " that is new, or that ended its process; test: run the nodes of a pack on sample inputs",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the pack; list: only this one, with every place")


def execute(options: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for.

    Raises:
        PackError: if there is no pack of that name; names those that there are.
    """
    from engine.compat.packs import Trust

    trust = Trust.read(settings)
    if options.action == "list":
        return _list(options.name, settings, trust)
    if options.name is None:
        raise PackError(f"packs {options.action} needs the name of a pack.")
    pack = _require(options.name, settings)
    if options.action == "allow":
        trust.allow(pack.name).write()
        print(f"{pack.name}: allowed; it is loaded at the next start")
        return DONE
    return _test(pack, settings)


def _require(name: str, settings: Settings) -> Pack:
    from engine.compat.packs import find_packs

    packs = {pack.name: pack for pack in find_packs(settings)}
    if name not in packs:
        raise PackError(f"There is no pack {name!r}. There are: {', '.join(packs) or 'none'}.")
    return packs[name]


def _list(name: str | None, settings: Settings, trust: Trust) -> int:
    from engine.compat.packs import find_packs, standing_of
    from engine.compat.source import read_source

    packs = [_require(name, settings)] if name else find_packs(settings)
    for pack in packs:
        source = read_source(pack)
        files = "1 file" if source.file_count == 1 else f"{source.file_count} files"
        print(f"{pack.name}  ({standing_of(pack, settings, trust)}; {files})")
        _describe(source, _MOST_PLACES if name is None else None)
    if not packs:
        print("There are no packs.")
    return DONE


def _describe(source: Source, most: int | None) -> None:
    if source.imports:
        print(f"  imports: {', '.join(source.imports)}")
    for kind, found in itertools.groupby(sorted(source.findings), key=lambda finding: finding.kind):
        places = [f"{each.what} ({each.file}:{each.line})" for each in found]
        more = f" and {len(places) - most} more" if most is not None and len(places) > most else ""
        print(f"  {kind}: {', '.join(places[:most])}{more}")
    for reason in source.unreadable:
        print(f"  cannot be read: {reason}")


def _test(pack: Pack, settings: Settings) -> int:
    """Load this pack alone and try each of its nodes."""
    from dataclasses import replace

    from engine import Engine
    from engine.compat.trial import try_nodes

    engine = Engine(replace(settings, loads_packs=False, allowed_packs=(pack.name,)))
    reports = [report for report in engine.load_packs() if report.name == pack.name]
    for report in reports:
        print(report)
    failed = any(report.error or report.notes or report.standing != "loads" for report in reports)
    for trial in try_nodes(engine, tuple(name for report in reports for name in report.node_types)):
        failed = failed or trial.outcome == "failed"
        print(f"  {trial.outcome:8} {trial.node_type}: {trial.detail} ({trial.seconds:.2f} s)")
    return RUN_FAILED if failed else DONE
