"""Our generator beside a plain one, at the paper's size on the CPU: time and memory for batches of 1, 8 and 32.

python benchmarks/generator_speed.py [--rounds N] [--threads N] [--json]

Both run on the same parameters and give the same pictures (checked first). They take turns, now one first and now the
other; times are medians, and so is the ratio of the two runs of each turn, which a busy machine slows alike. Memory is
the highest resident memory of a process that does nothing else, above what it had before the first batch (read from
/proc, so on Linux).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from plain import plain_pictures
from torch import Tensor

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator

BATCHES = (1, 8, 32)
OBJECTS, RELATIONS = 184, 7
KINDS = ("ours", "plain")
MEGABYTE = 1024**2


def build() -> Generator:
    """The paper's 64-pixel generator for COCO-Stuff, with random parameters and boxes that have a size."""
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig(), OBJECTS, RELATIONS)
    layer = generator.box_net[2]
    assert isinstance(layer, torch.nn.Linear)
    layer.bias.data.copy_(torch.tensor([0.1, 0.2, 0.7, 0.8]))
    return generator.eval()


def graphs(n_images: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ids, triples, owners and noise of graphs with 3 to 8 objects, a relationship for each object."""
    rng = torch.Generator().manual_seed(n_images)
    objs: list[int] = []
    triples: list[list[int]] = []
    owners: list[int] = []
    for image in range(n_images):
        start, count = len(objs), int(torch.randint(3, 9, (), generator=rng))
        objs += [*torch.randint(1, OBJECTS, (count,), generator=rng).tolist(), 0]
        owners += [image] * (count + 1)
        for i in range(count):
            other = int(torch.randint(0, count, (), generator=rng))
            triples.append([start + i, int(torch.randint(1, RELATIONS, (), generator=rng)), start + other])
            triples.append([start + i, 0, start + count])
    noise = torch.randn(n_images, GeneratorConfig().layout_noise_dim, 64, 64, generator=rng)
    return torch.tensor(objs), torch.tensor(triples), torch.tensor(owners), noise


def painter(kind: str, n_images: int) -> Callable[[], Tensor]:
    """A call that makes one batch of pictures."""
    generator, (objs, triples, owners, noise) = build(), graphs(n_images)
    if kind == "plain":
        return lambda: plain_pictures(generator, objs, triples, owners, noise, n_images)

    def ours() -> Tensor:
        with torch.no_grad():
            return generator(objs, triples, owners, noise=noise, n_images=n_images).images

    return ours


def seconds(n_images: int, rounds: int) -> tuple[dict[str, float], float]:
    """Median seconds of a batch for both, and the median ratio of plain to ours."""
    calls = {kind: painter(kind, n_images) for kind in KINDS}
    pictures = [calls[kind]() for kind in KINDS]
    error = float((pictures[0] - pictures[1]).abs().max() / pictures[1].abs().max())
    if error > 1e-4:
        raise SystemExit(f"The two give different pictures: {error:.1e} of the largest value.")
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for turn in range(rounds):
        for kind in KINDS if turn % 2 else reversed(KINDS):
            start = time.perf_counter()
            calls[kind]()
            taken[kind].append(time.perf_counter() - start)
    ratio = median(plain / ours for plain, ours in zip(taken["plain"], taken["ours"], strict=True))
    return {kind: median(values) for kind, values in taken.items()}, ratio


def peak_memory(kind: str, n_images: int) -> float:
    """Bytes that the batches of a fresh process need above what it had before: the median of three."""
    command = [sys.executable, str(Path(__file__)), "--peak", kind, str(n_images)]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(3)]
    return median(float(run.stdout) for run in runs)


def print_peak(kind: str, n_images: int) -> None:
    """What `peak_memory` runs."""
    call = painter(kind, n_images)
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is what it is now
    before = resident()
    for _ in range(3):
        call()
    print(resident("VmHWM") - before)


def resident(kind: str = "VmRSS") -> int:
    """Bytes of this process in memory, now or (``VmHWM``) at the most; Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def main() -> None:
    """Measure and print a table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--threads", type=int)
    options.add_argument("--json", action="store_true")
    options.add_argument("--peak", nargs=2, metavar=("KIND", "N"), help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.peak:
        print_peak(arguments.peak[0], int(arguments.peak[1]))
        return
    rows = []
    for n in BATCHES:
        took, ratio = seconds(n, arguments.rounds)
        memory = {kind: peak_memory(kind, n) / MEGABYTE for kind in KINDS}
        rows.append({"batch": n, "seconds": took, "ratio": ratio, "megabytes": memory})
    if arguments.json:
        print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "rows": rows}))
        return
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    print("batch   ours ms/picture   plain ms/picture   plain/ours   ours MB   plain MB")
    for row in rows:
        n, took, ratio, memory = row["batch"], row["seconds"], row["ratio"], row["megabytes"]
        ours, plain = (1000 * took[kind] / n for kind in KINDS)
        print(f"{n:5} {ours:17.1f} {plain:18.1f} {ratio:12.2f} {memory['ours']:9.0f} {memory['plain']:10.0f}")


if __name__ == "__main__":
    main()
