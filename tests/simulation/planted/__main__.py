"""Which seed is the first to notice each planted bug.

usage: python -m tests.simulation.planted [NAME ...] [--seeds N] [--jobs N]: the table of docs/simulation.md.
The exit status is the number of bugs that no seed noticed.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.campaign import settle
from tests.simulation.days import workshop
from tests.simulation.planted.search import BUGS, SEEDS, look_in_worker


def main(arguments: list[str]) -> int:
    """Print the table, as the bugs are found."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.planted")
    parser.add_argument("names", nargs="*", choices=[*BUGS, []], default=list(BUGS))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    unnoticed = 0
    with workshop() as folder, ProcessPoolExecutor(asked.jobs, get_context("spawn"), settle, (folder,)) as pool:
        for ended in as_completed([pool.submit(look_in_worker, name, asked.seeds, folder) for name in asked.names]):
            found = ended.result()
            unnoticed += found.seed is None
            print(found.row(), flush=True)
    return unnoticed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
