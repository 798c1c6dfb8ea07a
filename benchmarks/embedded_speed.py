"""How much quicker the embedded weights draw than an earlier version does, side by side on one core.

python benchmarks/embedded_speed.py EARLIER [--weights REF] [--rounds N] [--batches 1,8]

EARLIER is a folder in which an earlier version is installed (``pip install --no-deps --target EARLIER ...``) or checked
out. Each version draws in a process of its own, and they take turns. Times are of the processor: of predicting a
layout, composing it and refining the picture, for the same graphs, noise and latents. Pictures are compared, too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("", "parsers", "weights")
"""Where a checkout has its packages."""


def drawing(weights: str, n_images: int) -> Callable[[], Any]:
    """A call that draws a batch of graphs of three to seven objects with what is on the path."""
    import torch

    from sg2im_cli.model.latents import draw_latents_of_pictures, draw_noise, draw_picture_latents
    from sg2im_cli.painter import Painter

    torch.set_num_threads(1)
    painter = Painter.from_pretrained(weights, device="cpu")
    generator, names = painter.generator, painter.vocabulary.objects
    rng = torch.Generator().manual_seed(n_images)
    objs: list[int] = []
    triples: list[list[int]] = []
    owners: list[int] = []
    for image in range(n_images):
        start, count = len(objs), int(torch.randint(3, 8, (), generator=rng))
        objs += [*torch.randint(1, len(names), (count,), generator=rng).tolist(), 0]
        owners += [image] * (count + 1)
        for i in range(count):
            triples += [[start + i, 1 + i % 5, start + (i + 1) % count], [start + i, 0, start + count]]
    ids, edges, whose = torch.tensor(objs), torch.tensor(triples), torch.tensor(owners)
    seeds = list(range(n_images))
    config = generator.config
    latents = draw_latents_of_pictures(config, seeds, whose)
    noise, drawn = draw_noise(config, seeds), draw_picture_latents(config, seeds)

    def draw() -> torch.Tensor:
        with torch.no_grad():
            layout = generator.predict_layout(ids, edges, None, latents)
            canvas = generator.compose(layout.vectors, layout.boxes, layout.masks, whose, n_images, ids)
            made = generator.refine(canvas, noise, drawn)
            if hasattr(generator, "surroundings_of"):  # before they were drawn together
                generator.surroundings_of(canvas, drawn)
            return getattr(made, "images", made)

    return draw


def serve(weights: str, n_images: int) -> None:
    """Draw once for each line that comes, and say how long it took and what came out."""
    draw = drawing(weights, n_images)
    for _ in sys.stdin:
        start = time.process_time()
        images = draw()
        taken = time.process_time() - start
        print(json.dumps({"seconds": taken, "sum": float(images.double().abs().sum())}), flush=True)


class Version:
    """One version in a process of its own."""

    def __init__(self, folder: Path, weights: str, n_images: int) -> None:
        path = os.pathsep.join(str(folder / part) for part in PARTS)
        asked = [str(folder), "--serve", str(n_images), "--weights", weights]
        environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__, *asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=folder,
        )

    def draw(self) -> dict[str, float]:
        """One batch."""
        assert self.process.stdin is not None and self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        found: dict[str, float] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    """Print a line for each batch."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("earlier", type=Path)
    options.add_argument("--weights", default="default")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--batches", default="1,8")
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.serve:
        serve(args.weights, args.serve)
        return
    weights = str(Path(args.weights).resolve()) if Path(args.weights).exists() else args.weights
    print("batch  earlier ms/picture  now ms/picture  earlier/now (least to largest)  pictures differ by")
    for n in map(int, args.batches.split(",")):
        versions = {"earlier": Version(args.earlier.resolve(), weights, n), "now": Version(ROOT, weights, n)}
        found = {name: [version.draw()] for name, version in versions.items()}
        apart = abs(found["earlier"][0]["sum"] / found["now"][0]["sum"] - 1)
        for turn in range(args.rounds):
            for name in sorted(versions, reverse=bool(turn % 2)):
                found[name].append(versions[name].draw())
        for version in versions.values():
            version.close()
        times = {name: [one["seconds"] for one in rows[1:]] for name, rows in found.items()}
        ratios = sorted(a / b for a, b in zip(times["earlier"], times["now"], strict=True))
        before, after = (1000 * median(times[name]) / n for name in ("earlier", "now"))
        print(
            f"{n:5} {before:19.2f} {after:15.2f} {median(ratios):12.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) "
            f"{apart:25.1e}"
        )


if __name__ == "__main__":
    main()
