"""The node types that can be used, as the workers declared them: what the server validates with and shows.

The server has no code of nodes. Until the first worker is ready there is no catalog, and who needs it waits; once there
is one it stays, whatever becomes of workers, until a later worker declares something else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from engine.errors import EngineError, WorkerUnavailable
from engine.graph.declaration import read_declaration
from engine.graph.object_info import object_info
from engine.graph.registry import Registry
from engine.workers.messages import DeviceInfo, ModelDirectories, PackInfo, PackSite, Ready

_READ_AT_ONCE = 25


class Declared(msgspec.Struct, frozen=True):
    """What a catalog was told of node types, for another process that shall know them too."""

    declarations: tuple[dict[str, Any], ...]
    model_directories: ModelDirectories | None


class Catalog:
    """Node types and what else a worker says of itself.

    Attributes:
        registry: The node types; None until a worker was ready. Their code raises when it is called.
        asked_in_worker: Types whose nodes have a say in validation, which only a worker can ask for.
        versions: By package.
        devices: The first worker's own device first, then the others of the machine.
        notes: What could not be loaded, in sentences.
        packs: What became of each pack.
        site: Where the routes of packs are answered; None if there are none, or the worker that did has died.
        filters_prompts: Packs want to see submissions before anybody else.
        model_directories: Where model files lie if packs added directories; None if the settings tell.
        renews: Some types have choices that change with the world; see `Dispatcher.renew_catalog`.
        etag: Changes with the declarations.
        failure: Why there is no worker at the moment; None if one is ready or on its way for the first time.
    """

    def __init__(self) -> None:
        self.registry: Registry | None = None
        self.asked_in_worker: frozenset[str] = frozenset()
        self.versions: dict[str, str] = {}
        self.devices: tuple[DeviceInfo, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.packs: tuple[PackInfo, ...] = ()
        self.site: PackSite | None = None
        self.filters_prompts = False
        self.model_directories: ModelDirectories | None = None
        self.renews = False
        self._declarations: dict[str, dict[str, Any]] = {}
        self._declared: Declared | None = None
        self.etag = ""
        self.failure: str | None = None
        self._changed = asyncio.Event()

    async def ready(self, timeout_s: float) -> Registry:
        """The node types, as soon as there are any.

        Raises:
            WorkerUnavailable: if no worker was ready in this time, or none could be started; says why.
        """
        if self.registry is None and self.failure is None:
            try:
                await asyncio.wait_for(self._changed.wait(), timeout_s)
            except TimeoutError:
                raise WorkerUnavailable(
                    f"The worker that knows the nodes is still starting after {timeout_s:g} seconds; try again soon."
                ) from None
        if self.registry is None:
            raise WorkerUnavailable(self.failure or "The worker that knows the nodes could not be started.")
        return self.registry

    async def update(self, ready: Ready) -> None:
        """Take over what a worker declares. Cheap if nothing changed."""
        await self._declare(ready.declarations, ready.notes)
        self.packs, self.site, self.filters_prompts = ready.packs, ready.site, ready.filters_prompts
        self.model_directories = ready.model_directories
        self.versions = dict(ready.versions)
        self.devices = ready.devices
        self.failure = None
        self._changed.set()

    async def renew(self, declarations: Iterable[dict[str, Any]]) -> None:
        """Take over declarations that were read again."""
        merged = {**self._declarations, **{str(each.get("type")): each for each in declarations}}
        await self._declare(tuple(merged.values()), self.notes)

    def declared(self) -> Declared:
        """What `adopt` takes; the same object until something changes. From any thread."""
        known, directories = self._declared, self.model_directories
        if known is None or known.model_directories is not directories:
            self._declared = known = Declared(tuple(self._declarations.values()), directories)
        return known

    async def adopt(self, declared: Declared) -> None:
        """Know what another catalog knows."""
        await self._declare(declared.declarations, ())
        self.model_directories = declared.model_directories

    async def _declare(self, declarations: Sequence[dict[str, Any]], given_notes: Sequence[str]) -> None:
        etag = blake2b(msgspec.json.encode(declarations), digest_size=16).hexdigest()
        if etag != self.etag:
            definitions: list[Any] = []
            notes = list(given_notes)
            for place, declaration in enumerate(declarations):
                try:
                    definitions.append(read_declaration(declaration))
                except EngineError as error:
                    notes.append(str(error))
                if place % _READ_AT_ONCE == 0:
                    await asyncio.sleep(0)  # others get a word in: there may be thousands of node types
            self.registry = Registry(definitions)
            self.asked_in_worker = frozenset(
                definition.type for definition in definitions if definition.validate or definition.renew
            )
            self.renews = any(definition.renew is not None for definition in definitions)
            self._declarations = {str(each.get("type")): each for each in declarations}
            self._declared = None
            self.notes, self.etag = tuple(notes), etag

    def fail(self, reason: str) -> None:
        """No worker could be started; whoever waits is told. What is known stays usable."""
        self.failure = reason
        self._changed.set()

    def object_info(self, type_name: str | None, files: Callable[[str], Sequence[str]]) -> dict[str, dict[str, Any]]:
        """The records of one node type or of all, by type name, as `GET /object_info` shows them.

        Args:
            type_name: None for all; an unknown one gives nothing.
            files: The choices of `ModelFile(folder)`, by folder; asked once a folder.
        """
        if self.registry is None:
            return {}
        definitions = self.registry if type_name is None else filter(None, [self.registry.get(type_name)])
        known: dict[str, Sequence[str]] = {}

        def listed(folder: str) -> Sequence[str]:
            if folder not in known:
                known[folder] = files(folder)
            return known[folder]

        return {definition.type: object_info(definition, listed) for definition in definitions}
