"""Prints without end, to both ends, and logs; its import does, too."""

import logging
import sys

print("hello " * 100)
sys.stderr.write("\x1b[31mred\x1b[0m \udcff no newline".encode("utf-8", "replace").decode())
logging.error("an error that is none")


class Prints:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"lines": ("INT", {"max": 10**6})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"

    def go(self, lines):
        for line in range(lines):
            print("line", line, "x" * 100)
        return (lines,)


NODE_CLASS_MAPPINGS = {"Prints": Prints}
