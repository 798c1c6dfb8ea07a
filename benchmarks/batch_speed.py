"""What a picture of ``sg2im --file`` takes beside drawing it, by stages, and whether memory grows with their number.

python benchmarks/batch_speed.py CAPTIONS [--count N] [--weights REF] [--batch-size N] [--rounds N] [--threads N]
                                          [--out DIR]

CAPTIONS is a text file with a caption a line, or a CSV file with a column "caption". Some of them are painted alone
(graphs that were read before, nothing written) and made by what ``--file`` runs, by turns, in one process; figures are
of processor time, medians of the rounds, with the spread from the least to the most. How much memory a process has to
ask the system for again changes drawing by 2 ms from process to process, and alone or not: what ``--file`` takes is
compared with the painting in it, too. Then the command itself makes all of them in a process of its own, with the peak
of its memory after so many pictures and at its end.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import torch
from parse_speed import read_captions
from stages import Stages

from sg2im_cli.output.batch import runner
from sg2im_cli.output.batch.lines import Kind, read_groups
from sg2im_cli.output.batch.manifest import Manifest
from sg2im_cli.output.batch.naming import Names
from sg2im_cli.painter import Painter, batching
from sg2im_cli.painter.batching import Job, in_batches, paint_together
from sg2im_cli.painter.painting_model import PaintingModel
from sg2im_cli.provenance.record import Options, Record
from sg2im_cli.provenance.recorder import Recorder, mark
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground
from sg2im_weights import Bundle, resolve

SAMPLE = 256
EARLY = 1000

PAINTING = ("layout", "drawing", "checking", "pixels", "painting, the rest")
WATCHED = (
    (batching, "lay_out", "layout"),
    (PaintingModel, "refine", "drawing"),
    (batching, "layout_of", "checking"),
    (PaintingModel, "picture", "pixels"),
    (runner, "paint_together", "painting, the rest"),
    (SceneGraphParser, "pipe", "reading"),
    (PaintingModel, "ground", "a model's words"),
    (runner.Maker, "_wanted", "lines and names"),
    (Recorder, "record", "record"),
    (Record, "png_info", "record"),
    (runner, "encode", "PNG"),
    (runner.Maker, "_encode", "rows"),
    (Manifest, "add", "manifest"),
    (runner, "write_file", "files"),
)


def read_all(painter: Painter, parser: SceneGraphParser, captions: Sequence[str]) -> list[Job]:
    """Read captions; those without a known object are left out."""
    found = ((parsed.text, ground(parsed, painter.vocabulary)) for parsed in parser.pipe(captions))
    jobs = (Job(graph=g.graph, seed=i, account=g.account, text=text) for i, (text, g) in enumerate(found))
    return [job for job in jobs if job.graph.objects]


def paint_all(painter: Painter, jobs: Sequence[Job], size: int) -> None:
    """Paint and forget."""
    deque((paint_together(painter, batch) for batch in in_batches(jobs, size)), maxlen=0)


def make_all(painter: Painter, bundle: Bundle, captions: Sequence[str], size: int) -> None:
    """What ``--file`` does, in a directory that is deleted."""
    lines = "\n".join(captions).encode() + b"\n"
    with tempfile.TemporaryDirectory() as place, Manifest(Path(place) / "manifest.jsonl") as manifest:
        maker = runner.Maker(
            painter=painter,
            recorder=Recorder(mark(bundle), Options()),
            metadata=True,
            names=Names(f"{place}/", 0, 1),
            manifest=manifest,
            taken=None,
            overwrite=False,
            batch_size=size,
        )
        deque(maker.make(read_groups(io.BytesIO(lines)), Kind.TEXT), maxlen=0)


def milliseconds(count: int, act: Callable[[], object]) -> float:
    """Processor time of an action for each of so many things."""
    start = time.process_time()
    act()
    return 1000 * (time.process_time() - start) / count


def told(values: Sequence[float]) -> str:
    """The median, and the spread."""
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def compare(painter: Painter, bundle: Bundle, captions: Sequence[str], jobs: Sequence[Job], size: int, n: int) -> None:
    """Print what painting takes alone, what ``--file`` takes, and its stages."""
    rounds: list[tuple[float, float, Mapping[str, float]]] = []
    for _ in range(n + 1):
        alone = milliseconds(len(jobs), lambda: paint_all(painter, jobs, size))
        with Stages(WATCHED) as stages:
            whole = milliseconds(len(jobs), lambda: make_all(painter, bundle, captions, size))
        rounds.append((alone, whole, {name: 1000 * s / len(jobs) for name, s in stages.seconds.items()}))
    del rounds[0]
    print(f"painting alone, batches of {size}: {told([alone for alone, _, _ in rounds])} ms a picture")
    print(f"--file: {told([whole for _, whole, _ in rounds])} ms a picture")
    print(f"times painting alone: {told([whole / alone for alone, whole, _ in rounds])}")
    within = [whole / sum(found.get(name, 0.0) for name in PAINTING) for _, whole, found in rounds]
    print(f"times the painting in it: {told(within)}")
    every = {name: [found.get(name, 0.0) for _, _, found in rounds] for _, _, name in WATCHED}
    every["not watched"] = [whole - sum(found.values()) for _, whole, found in rounds]
    for name, taken in sorted(every.items(), key=lambda item: -median(item[1])):
        print(f"  {name}{' (painting)' if name in PAINTING else ''}: {told(taken)} ms")


def peak(pid: int) -> str:
    """The most memory that a process has had, where the system says it."""
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return f"{int(found[1]) / 1024:.0f} MiB" if found else "not known"


def run_command(captions: Sequence[str], weights: str, threads: int, folder: Path) -> None:
    """Run the command on all captions, and watch it."""
    file = folder / "captions.txt"
    file.write_text("\n".join(captions) + "\n", encoding="utf8")
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
    print(f"{size / 1e6:.1f} MB written, {size / max(made, 1):.0f} bytes a picture with its row")


def main() -> None:
    """Print all figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--weights", default="default")
    options.add_argument("--batch-size", type=int, default=8)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--out", type=Path, help="keep the pictures in this directory")
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    captions = [" ".join(caption.split()) or "-" for caption in read_captions(args.captions)[: args.count]]
    parser, bundle = SceneGraphParser(load_pipeline()), resolve(args.weights)
    painter = Painter.from_pretrained(bundle, device="cpu", parser=parser)
    print(f"{args.threads} thread(s)", flush=True)
    some = captions[:SAMPLE]
    compare(painter, bundle, some, read_all(painter, parser, some), args.batch_size, args.rounds)
    with tempfile.TemporaryDirectory() as place:
        folder = args.out or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        run_command(captions, args.weights, args.threads, folder)


if __name__ == "__main__":
    main()
