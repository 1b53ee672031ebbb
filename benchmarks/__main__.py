"""`python -m benchmarks` lists the benchmarks, `python -m benchmarks NAME` runs one."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import benchmarks


def main(arguments: list[str]) -> int:
    """Run the benchmark that the first argument names; the rest is for the benchmark. Returns the exit status."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )
    if not arguments or arguments[0] not in names:
        print("usage: python -m benchmarks NAME", file=sys.stderr)
        for name in names:
            print(f"  {name:20} {import_module(f'benchmarks.{name}').SUMMARY}", file=sys.stderr)
        return 0 if not arguments else 2
    return import_module(f"benchmarks.{arguments[0]}").main(arguments[1:]) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
