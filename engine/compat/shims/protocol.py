"""`protocol`: numbers of binary messages."""

from engine.compat.pack_server import BinaryEventTypes

__all__ = ["BinaryEventTypes"]
