"""The index of the output directory for those who ask: what costs much is asked once, until something changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from engine.server.canvas.database import Database
from engine.server.canvas.facets import Facet, count_facets
from engine.server.canvas.finding import Found, Order, find_files, ids_of
from engine.server.canvas.gallery import Item, files_of, mark_files

_MOST_SEARCHES = 4
"""So many searches are remembered: each takes some megabytes where there are 100,000 files."""


class Index:
    """The index of the output directory. Used from one event loop.

    Args:
        database: Holds it. Only the server writes to it, and calls `changed` after that.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._change = 0
        self._found: OrderedDict[str, tuple[int, Found]] = OrderedDict()
        self._facets: tuple[int, dict[str, Facet]] | None = None

    def changed(self) -> None:
        """What was known is known no more. Called once the change is committed."""
        self._change += 1

    async def find(self, search: str) -> Found:
        """The files that a search finds.

        Raises:
            BadSearch: It cannot be understood.
        """
        kept = self._found.get(search)
        if kept is not None and kept[0] == self._change:
            self._found.move_to_end(search)
            return kept[1]
        # What changes meanwhile makes this outdated: the number is that from before.
        change = self._change
        found = await self.database.ask(partial(find_files, search=search))
        self._found[search] = change, found
        self._found.move_to_end(search)
        while len(self._found) > _MOST_SEARCHES:
            self._found.popitem(last=False)
        return found

    async def ids(self, found: Found, *, order: Order, descending: bool, offset: int, limit: int) -> list[int]:
        """The ids of some files that were found, in order."""
        return await self.database.ask(
            partial(ids_of, found=found, order=order, descending=descending, offset=offset, limit=limit)
        )

    async def items(self, ids: Sequence[int]) -> list[Item]:
        """Files by id, in this order; those that are not there are left out."""
        return await self.database.ask(partial(files_of, ids=ids))

    async def facets(self) -> dict[str, Facet]:
        """By what the files can be told apart: see `count_facets`."""
        if self._facets is None or self._facets[0] != self._change:
            change = self._change
            self._facets = change, await self.database.ask(count_facets)
        return self._facets[1]

    async def mark(
        self,
        ids: Sequence[int],
        *,
        star: bool | None = None,
        rejected: bool | None = None,
        rating: int | None = None,
        added: Sequence[str] = (),
        removed: Sequence[str] = (),
    ) -> list[Item]:
        """Record what the user says of files; None leaves it as it is. Returns them."""
        try:
            return await self.database.run(
                partial(mark_files, ids=ids, star=star, rejected=rejected, rating=rating, added=added, removed=removed)
            )
        finally:
            self.changed()
