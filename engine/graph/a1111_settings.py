"""The settings of a `parameters` text as values, and the names in it as files that are there; with notes of what was
guessed, and in the end of what nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.graph.a1111_names import MODEL_UPSCALERS, name_sampler
from engine.graph.a1111_text import Parameters, to_number
from engine.graph.json_values import show
from engine.graph.workflow import Note, NoteKind

_MOST_NOTED = 100
_SILENT = frozenset({"version", "lora hashes", "ti hashes", "vae hash", "batch pos", "batch size", "hashes"})
"""Settings that say nothing about how to make the picture again, or that something else says as well."""
_ENDING = re.compile(r"\.(safetensors|sft|ckpt|pt|pt2|bin|pth|pkl)$", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{8,64}")
_MOST_EMBEDDINGS = 5_000
_LONGEST_MARKED = 50_000
"""Longer texts are not searched for names of embeddings."""

Files = Callable[[str], Sequence[str]]
Hashes = Callable[[], Mapping[str, tuple[str, str]]]


@dataclass(slots=True)
class SettingsReader:
    """Reads settings one by one.

    Attributes:
        parameters: The text, taken apart.
        files: The model files of a kind.
        hashes: Gives (folder, name) of files by SHA-256, where it is asked for.
        notes: What was guessed, filled in or dropped so far.
    """

    parameters: Parameters
    files: Files
    hashes: Hashes
    notes: list[Note] = field(default_factory=list[Note])
    _used: set[str] = field(default_factory=set[str])

    # -- values ------------------------------------------------------------------------------------------------------

    def take(self, name: str) -> str | None:
        """A setting as written; None if there is none, or it is empty."""
        self._used.add(name)
        return self.parameters.settings.get(name) or None

    def take_number(self, name: str, default: float, least: float, most: float) -> float:
        """A number within bounds; the default, with a note, for anything else."""
        text = self.take(name)
        number = None if text is None else to_number(text)
        if number is not None and least <= number <= most:
            return number
        if text is not None:
            self.note(
                f"{name!r} should be a number from {least:g} to {most:g}, not {show(text)}; {default:g} was taken"
            )
        return default

    def take_integer(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds, of any size; the default, with a note, for anything else."""
        text = self.take(name)
        if text is not None and re.fullmatch(r"\d{1,20}", text) and least <= int(text) <= most:
            return int(text)
        if text is not None:
            self.note(
                f"{name!r} should be a whole number from {least} to {most}, not {show(text)}; {default} was taken"
            )
        return default

    def take_sampler(self, name: str, schedule: str, default: tuple[str, str]) -> tuple[str, str]:
        """Sampler and scheduler by their names here."""
        label, wanted = self.take(name), self.take(schedule)
        if label is None or label.lower() == "use same sampler":
            if wanted is None or wanted.lower() == "use same scheduler":
                return default
            _, scheduler, _ = name_sampler(default[0], wanted)
            return default[0], scheduler or default[1]
        found = name_sampler(label, wanted)
        if found.sampler is None:
            self.note(f"the sampler {show(label)} is not known; {default[0]!r} was taken")
        elif not found.is_exact:
            self.note(f"there is no sampler {show(label)}; {found.sampler!r} comes nearest and was taken")
        if found.scheduler is None:
            self.note(f"the schedule {show(wanted)} is not known; 'normal' was taken")
        return found.sampler or default[0], found.scheduler or "normal"

    # -- files -------------------------------------------------------------------------------------------------------

    def find_file(self, name: str, folder: str) -> str:
        """The file that is meant: of this name without folder and ending; else the name as a file's."""
        wanted = _ENDING.sub("", MODEL_UPSCALERS.get(name.lower(), name) if folder == "upscale_models" else name)
        choices = self.files(folder)
        for key in (_whole_name, _base_name):
            found = [choice for choice in choices if key(choice) == key(wanted)]
            if len(found) == 1 or (found and key is _whole_name):
                return found[0]
        return name if _ENDING.search(name) else f"{wanted}.{'pth' if folder == 'upscale_models' else 'safetensors'}"

    def find_by_hash(self, digest: str | None, folder: str) -> str | None:
        """The file whose SHA-256 begins like this; None if none is known to."""
        digest = (digest or "").lower()
        if _HASH.fullmatch(digest):
            for sha256, (kind, name) in self.hashes().items():
                if kind == folder and sha256.startswith(digest):
                    return name
        return None

    def with_embeddings(self, text: str) -> str:
        """The text with `embedding:` before the names of embeddings, which stood there as plain words."""
        names = {_base_name(name): _ENDING.sub("", name) for name in self.files("embeddings")[:_MOST_EMBEDDINGS]}
        if not names or len(text) > _LONGEST_MARKED:
            return text
        found: dict[str, None] = {}

        def mark(word: re.Match[str]) -> str:
            name = names.get(word[0].lower())
            if name is None:
                return word[0]
            found[word[0]] = None
            return f"embedding:{name}"

        alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        marked = re.sub(rf"(?<![\w:/\\-])(?:{alternatives})(?![\w-])", mark, text, flags=re.IGNORECASE)
        if found:
            self.note(f"the words {', '.join(map(show, found))} are names of embeddings, and marked as such", "by_name")
        return marked

    # -- notes -------------------------------------------------------------------------------------------------------

    def note(self, message: str, kind: NoteKind = "guessed", node_id: str = "", input_name: str | None = None) -> None:
        """Tell the user something."""
        self.notes.append(Note(node_id, message, input_name, kind))

    def note_rest(self) -> None:
        """Tell which settings were not asked for."""
        left = [name for name in self.parameters.settings if name not in self._used | _SILENT]
        for name in left[:_MOST_NOTED]:
            written, value = self.parameters.names[name], self.parameters.settings[name]
            self.note(f"the setting {show(written)} ({show(value)}) was not understood", "dropped")
        if len(left) > _MOST_NOTED:
            self.note(f"{len(left) - _MOST_NOTED} more settings were not understood", "dropped")
        if self.parameters.rest:
            self.note(f"the text after the settings ({show(self.parameters.rest)}) was not understood", "dropped")


def _whole_name(name: str) -> str:
    """With folders; A1111 writes them with `_` in a model's name."""
    return _ENDING.sub("", name).replace("\\", "/").replace("/", "_").lower()


def _base_name(name: str) -> str:
    return _ENDING.sub("", name).replace("\\", "/").rpartition("/")[2].lower()
