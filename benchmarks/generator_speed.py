"""Our generator beside a plain one, at the paper's size on the CPU: time and memory for batches of 1, 8 and 32.

python benchmarks/generator_speed.py [--rounds N] [--threads N] [--json]

All draw the same pictures with the same parameters (checked first): the original's operations written plainly
(`plain.py`), our `Generator`, and what `prepare` makes of it, in float32 and in bfloat16. They take turns, now in one
order and now in the other. Times are of the processor, medians over the rounds, and so are the ratios of the plain one
to each within a round, which a busy machine slows alike; behind them stand the least and the largest. Memory is the
highest resident memory of a process that does nothing else, above what it had before the first batch, with the
generator in it (read from /proc, so on Linux).
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
from typing import Any

import torch
from plain import plain_pictures
from torch import Tensor

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.prepared import prepare

BATCHES = (1, 8, 32)
OBJECTS, RELATIONS = 184, 7
KINDS = ("plain", "generator", "prepared", "bfloat16")
MOST_ERROR = {"generator": 1e-4, "prepared": 1e-4, "bfloat16": 0.1}
"""Of the largest value."""

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
    if kind == "generator":
        return lambda: generator_pictures(generator, objs, triples, owners, noise, n_images)
    prepared = prepare(generator, torch.bfloat16 if kind == "bfloat16" else torch.float32)

    def pictures() -> Tensor:
        layout = prepared.predict_layout(objs, triples)
        canvas = prepared.compose(layout.vectors, layout.boxes, layout.masks, owners, n_images, objs)
        return prepared.refine(canvas, noise).images

    return pictures


@torch.no_grad()
def generator_pictures(
    generator: Generator, objs: Tensor, triples: Tensor, owners: Tensor, noise: Tensor, n_images: int
) -> Tensor:
    """Pictures by the generator that is trained."""
    return generator(objs, triples, owners, noise=noise, n_images=n_images).images  # type: ignore[no-any-return]


def measure(n_images: int, rounds: int) -> dict[str, Any]:
    """Seconds of a batch, ratios of the plain one to each, and what each differs from it."""
    calls = {kind: painter(kind, n_images) for kind in KINDS}
    pictures = {kind: calls[kind]() for kind in KINDS}
    errors = {kind: (pictures[kind] - pictures["plain"]).abs() for kind in KINDS[1:]}
    largest = pictures["plain"].abs().max()
    for kind, error in errors.items():
        if error.max() > MOST_ERROR[kind] * largest:
            raise SystemExit(
                f"The pictures of {kind} differ by {float(error.max() / largest):.1e} of the largest value."
            )
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for turn in range(rounds):
        for kind in KINDS if turn % 2 else reversed(KINDS):
            start = time.process_time()
            calls[kind]()
            taken[kind].append(time.process_time() - start)
    ratios = {kind: sorted(a / b for a, b in zip(taken["plain"], taken[kind], strict=True)) for kind in KINDS}
    return {
        "batch": n_images,
        "seconds": {kind: median(values) for kind, values in taken.items()},
        "ratio": {kind: (median(values), values[0], values[-1]) for kind, values in ratios.items()},
        "largest_error": {kind: float(error.max() / largest) for kind, error in errors.items()},
        "mean_error_levels": {kind: 255 * float(error.mean()) * mean_std() for kind, error in errors.items()},
    }


def mean_std() -> float:
    """Of pixels in [0, 1], by which model units are multiplied."""
    return sum(GeneratorConfig().pixel_std) / 3


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
        row = measure(n, arguments.rounds)
        row["megabytes"] = {kind: peak_memory(kind, n) / MEGABYTE for kind in KINDS}
        rows.append(row)
    if arguments.json:
        print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "rows": rows}))
        return
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    print("batch what       ms/picture  plain/it (least to largest)  error, of 255  largest, of the most    MB")
    for row in rows:
        for kind in KINDS:
            ratio, least, most = row["ratio"][kind]
            mean, error = (row[name].get(kind, 0.0) for name in ("mean_error_levels", "largest_error"))
            print(
                f"{row['batch']:5} {kind:9} {1000 * row['seconds'][kind] / row['batch']:11.1f} "
                f"{ratio:9.2f} ({least:.2f} to {most:.2f}) {mean:21.5f} {error:22.1e} {row['megabytes'][kind]:5.0f}"
            )


if __name__ == "__main__":
    main()
