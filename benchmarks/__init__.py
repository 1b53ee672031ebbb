"""Benchmarks, one module each: `SUMMARY`, and `main(arguments)`, which prints a table.

`python -m benchmarks` lists them. Each compares with an independent program in the same process and states ratios, as
absolute figures depend on the machine and on what else runs on it.
"""
