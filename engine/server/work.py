"""Work on what clients send and see: functions of bytes that touch neither the network nor the database.

A `Work` is a record of what to do; `do` does it, in whichever thread or process `engine.server.heavy` chooses by its
weight. That is why it is given all that it may look at (`Known`), and why what it returns is small, or is bytes that
nobody here has to read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final, Generic, TypeVar, get_type_hints

from msgspec import Struct

from engine.graph.registry import Registry
from engine.settings import ServerSettings, Settings
from engine.workers.messages import Validation

T = TypeVar("T", covariant=True)
Body = bytes | bytearray

INLINE_BYTES: Final = 16 * 1024
"""What is no larger takes less time than a thread needs to begin."""
THREAD_BYTES: Final = 2**20
"""What is larger goes to another process. Whatever a body of this size holds, no single step of reading, checking,
writing and freeing it holds the interpreter for more than some 5 ms."""
MUCH: Final = 2**62
"""The weight of what only reading it would tell: what is packed may be a thousand times as large."""


@dataclass(frozen=True, slots=True)
class Known:
    """What work may look at.

    Attributes:
        settings: With the directories of model files that packs added.
        server: Limits, above all.
        registry: The node types; none if no worker has declared any.
        asked_in_worker: Types whose nodes have a say in validation, which only a worker can ask for.
        choices: The choices of a `ModelFile(folder)` input, by folder.
    """

    settings: Settings
    server: ServerSettings
    registry: Registry
    asked_in_worker: frozenset[str]
    choices: Callable[[str], Sequence[str]]

    @classmethod
    def nothing(cls) -> Known:
        """As it is where nobody has told anything."""
        return cls(Settings(), ServerSettings(), Registry(()), frozenset(), lambda _: ())


class Work(Struct, Generic[T], frozen=True, kw_only=True):
    """Something to do. Subclasses stand at the top of a module and have fields that can be written as MessagePack.

    Attributes:
        uses_files: It waits for a disk, so that it is never done at once, however little it is.
    """

    uses_files: ClassVar[bool] = False

    def weigh(self, body: Body) -> int:
        """How much it is: bytes to be read or made, a pixel counting as one of them; `MUCH` if nobody can tell."""
        return len(body)

    def do(self, known: Known, body: Body) -> T:
        """Do it. What the return annotation says must be readable from MessagePack, too.

        Raises:
            EngineError: Why not, for the client.
            NeedsWorker: A worker has to validate something first.
        """
        raise NotImplementedError


class NeedsWorker(Exception):
    """Nodes of packs have a say in whether a workflow is valid: a worker must be asked, then the work done again.

    Attributes:
        prompt: The workflow in API format, JSON text.
        targets: Ids of the wanted nodes; None means every output node.
    """

    def __init__(self, prompt: bytes, targets: tuple[str, ...] | None) -> None:
        super().__init__(prompt, targets)
        self.prompt = prompt
        self.targets = targets


class Checking(Work[T], Generic[T], frozen=True, kw_only=True):
    """Work in which a workflow is validated.

    Attributes:
        told: What the worker said that had to be asked; None if none was.
    """

    uses_files: ClassVar[bool] = True
    """What an input may be stands in folders, and a disk may be slow."""
    told: Validation | None = None


@cache
def result_of(kind: type[Work[Any]]) -> Any:
    """The type of what this work returns."""
    return get_type_hints(kind.do)["return"]
