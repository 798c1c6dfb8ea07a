"""Give damaged documents to the commands that read them, and tell what is wrong with how these end.

    python -m tests.fuzz --seconds 120 --seed 0
    python -m tests.fuzz --inputs 100000 --seed "$RANDOM" --kinds coco,vg    # for hours
    python -m tests.fuzz --kinds story --seed 7 --only 311                   # one of them again

A table says how many inputs of each kind were taken and refused. A failing input stays, with its command and what came
of it, in a directory of its own below ``--keep``. The calls run in a process of their own, whose memory is bounded; one
that dies is counted, and another goes on after its input. The exit code is 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.campaign import Campaign
from tests.fuzz.inputs import KINDS


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--inputs", type=int, default=10**9, help="stop after so many")
    parser.add_argument("--seed", default="0", help="of all inputs")
    parser.add_argument("--kinds", default=",".join(KINDS), help="which, with commas")
    parser.add_argument("--only", type=int, help="the one input of this number, of each kind")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="where failing inputs go")
    asked = parser.parse_args()
    if asked.seconds == float("inf") and asked.inputs == 10**9 and asked.only is None:
        parser.error("give --seconds, --inputs or --only")
    kinds = tuple(asked.kinds.split(","))
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}; known are {', '.join(KINDS)}")
    start, count = (0, asked.inputs) if asked.only is None else (asked.only * len(kinds), len(kinds))
    campaign = Campaign(asked.seed, kinds, asked.keep.absolute(), start, count, asked.seconds)
    sys.exit(campaign.run())


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    main()
