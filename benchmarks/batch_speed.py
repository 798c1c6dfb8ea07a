"""How many captions a second ``sg2im --file`` reads and draws, and whether its memory grows with their number.

python benchmarks/batch_speed.py CAPTIONS [--count N] [--weights REF] [--batch-sizes 1,2,8] [--threads N] [--out DIR]

CAPTIONS is a text file with a caption a line, or a CSV file with a column "caption". Three things are measured: reading
alone (parser, and words to the model's words), drawing alone for each batch size (a sample of the captions, nothing
written), and the command itself on all of them, in a process of its own, with the peak of its memory after so many
pictures and at its end. Rates are given for wall time and, as other programs may want the processor too, for processor
time.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import torch
from parse_speed import read_captions

from sg2im_cli.painter import Painter
from sg2im_cli.painter.batching import Job, in_batches, paint_together
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground

SAMPLE = 256
EARLY = 1000


def rates(count: int, act: Callable[[], object]) -> str:
    """Time an action on so many things."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return f"{count / wall:.1f} a second, {count / cpu:.1f} a processor second"


def read_all(painter: Painter, parser: SceneGraphParser, captions: list[str]) -> list[Job]:
    """Read captions; those without a known object are left out."""
    found = ((parsed.text, ground(parsed, painter.vocabulary)) for parsed in parser.pipe(captions))
    jobs = (Job(graph=g.graph, seed=i, account=g.account, text=text) for i, (text, g) in enumerate(found))
    return [job for job in jobs if job.graph.objects]


def draw_all(painter: Painter, jobs: list[Job], size: int) -> None:
    """Draw and forget."""
    deque((paint_together(painter, batch) for batch in in_batches(jobs, size)), maxlen=0)


def peak(pid: int) -> str:
    """The most memory that a process has had, where the system says it."""
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return f"{int(found[1]) / 1024:.0f} MiB" if found else "not known"


def run_command(captions: list[str], weights: str, threads: int, folder: Path) -> None:
    """Run the command on all captions, and watch it."""
    file = folder / "captions.txt"
    file.write_text("\n".join(" ".join(caption.split()) or "-" for caption in captions) + "\n", encoding="utf8")
    command = [sys.executable, "-m", "sg2im_cli", "--file", str(file), "--output", f"{folder}/pictures/", "--quiet"]
    start, early, late, made = time.perf_counter(), "not known", "not known", 0
    with subprocess.Popen(
        [*command, "--weights", weights],
        stdout=subprocess.PIPE,
        stderr=(folder / "failures.txt").open("wb"),
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
    ) as process:
        assert process.stdout is not None
        for _ in process.stdout:
            made += 1
            late = peak(process.pid) if made % 100 == 0 else late
            early = late if made == EARLY else early
        process.wait()
    wall, times = time.perf_counter() - start, os.times()
    cpu = times.children_user + times.children_system
    print(f"command: {made} pictures of {len(captions)} captions in {wall:.0f} s ({cpu:.0f} s of processor), ", end="")
    print(
        f"{made / wall:.1f} a second, {made / cpu:.1f} a processor second, all with loading; exit {process.returncode}"
    )
    print(f"peak memory after {EARLY} pictures {early}, at the end {late}")
    size = sum(path.stat().st_size for path in (folder / "pictures").iterdir())
    print(f"{size / 1e6:.0f} MB written")


def main() -> None:
    """Print all rates."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--weights", default="default")
    options.add_argument("--batch-sizes", default="1,2,4,8,16")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--out", type=Path, help="keep the pictures in this directory")
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    captions = read_captions(args.captions)[: args.count]
    parser = SceneGraphParser(load_pipeline())
    painter = Painter.from_pretrained(args.weights, device="cpu", parser=parser)
    jobs = read_all(painter, parser, captions[:SAMPLE])  # once before it counts
    some = captions[:2000]
    print(f"{args.threads} thread(s); reading: {rates(len(some), lambda: read_all(painter, parser, some))}", flush=True)
    for size in map(int, args.batch_sizes.split(",")):
        rate = rates(len(jobs), lambda size=size: draw_all(painter, jobs, size))  # type: ignore[misc]
        print(f"drawing, batches of {size}: {rate}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = args.out or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        run_command(captions, args.weights, args.threads, folder)


if __name__ == "__main__":
    main()
