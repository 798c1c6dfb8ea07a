"""Our generator on a GPU: whether it draws what the CPU draws, and how many pictures a second beside plain operations.

python benchmarks/gpu_speed.py [--device cuda] [--rounds N] [--json FILE]

At the paper's size, batches of 1, 32 and 256, in float32 (without TF32) and bfloat16: the original's operations written
plainly (`plain.py`), our generator as it is, with its refinement network compiled, and as a CUDA graph, which is
recorded once and has no time in Python. Takes less than five minutes on a large card. ``--device cpu`` tries the script
itself, with small batches and without CUDA graphs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from generator_speed import build, graphs
from plain import plain_pictures
from torch import Tensor

from sg2im_cli.model.generator import Generator

BATCHES = {"cuda": (1, 32, 256), "cpu": (1, 2)}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
Call = Callable[[], Tensor]


def on_device(device: torch.device, dtype: torch.dtype) -> Generator:
    """The generator of all benchmarks, there."""
    generator = build().to(device=device, dtype=dtype)
    generator.refinement_net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return generator


def inputs(n_images: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
    """Ids, triples, owners and noise, there."""
    *ids, noise = graphs(n_images)
    return [*(one.to(device) for one in ids), noise.to(device=device, dtype=dtype)]


def parity(device: torch.device) -> float:
    """The largest difference between this device's pictures and the CPU's, in shares of the largest value."""
    with torch.no_grad():
        found = []
        for where in (torch.device("cpu"), device):
            objs, triples, owners, noise = inputs(8, where, torch.float32)
            generator = build().to(where)
            found.append(generator(objs, triples, owners, noise=noise, n_images=8).images.cpu())
    return float((found[0] - found[1]).abs().max() / found[0].abs().max())


def calls(n_images: int, device: torch.device, dtype: torch.dtype) -> dict[str, Call]:
    """What is timed; none waits for the device."""
    objs, triples, owners, noise = inputs(n_images, device, dtype)
    plain = build().to(device=device, dtype=dtype)
    generator = on_device(device, dtype)
    compiled = on_device(device, dtype)
    compiled.refinement_net.compile()

    def by(model: Generator) -> Call:
        def pictures() -> Tensor:
            with torch.no_grad():
                return model(objs, triples, owners, noise=noise, n_images=n_images).images  # type: ignore[no-any-return]

        return pictures

    found = {
        "plain": lambda: plain_pictures(plain, objs, triples, owners, noise, n_images),
        "generator": by(generator),
        "compiled": by(compiled),
    }
    if device.type == "cuda":
        found["graph"] = recorded(by(generator))
    return found


def recorded(call: Call) -> Call:
    """A call as a CUDA graph; it reads the same memory each time, so new inputs are copied into it."""
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            call()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        images = call()

    def replay() -> Tensor:
        graph.replay()
        return images

    return replay


def seconds(call: Call, device: torch.device, least: float = 0.2) -> float:
    """Of one call: the mean of as many in a row as take ``least`` seconds."""
    wait = torch.cuda.synchronize if device.type == "cuda" else (lambda: None)
    count, taken = 1, 0.0
    while True:
        wait()
        start = time.perf_counter()
        for _ in range(count):
            call()
        wait()
        taken = time.perf_counter() - start
        if taken >= least:
            return taken / count
        count *= 2


def measure(n_images: int, name: str, device: torch.device, rounds: int) -> dict[str, Any]:
    """Pictures a second of each, and ratios to the plain one, medians over the rounds."""
    made = calls(n_images, device, DTYPES[name])
    errors = {}
    reference = made["plain"]().float()
    for kind, call in made.items():
        call()
        errors[kind] = float((call().float() - reference).abs().max() / reference.abs().max())
    taken: dict[str, list[float]] = {kind: [] for kind in made}
    for _ in range(rounds):
        for kind, call in made.items():
            taken[kind].append(seconds(call, device))
    ratios = {k: median(a / b for a, b in zip(taken["plain"], taken[k], strict=True)) for k in made}
    rates = {kind: n_images / median(values) for kind, values in taken.items()}
    return {"batch": n_images, "dtype": name, "pictures_a_second": rates, "ratio": ratios, "error": errors}


def main() -> None:
    """Print a line for each, and write JSON if asked to."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--device", default="cuda")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", type=Path)
    arguments = options.parse_args()
    device = torch.device(arguments.device)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    apart = parity(device)
    print(
        f"torch {torch.__version__} on {device}: {apart:.1e} of the largest value from the CPU's pictures", flush=True
    )
    rows = []
    for n in BATCHES["cuda" if device.type == "cuda" else "cpu"]:
        for name in DTYPES:
            row = measure(n, name, device, arguments.rounds)
            rows.append(row)
            told = (
                f"{kind} {rate:.0f} ({row['ratio'][kind]:.2f} times, error {row['error'][kind]:.0e})"
                for kind, rate in row["pictures_a_second"].items()
            )
            print(f"batch {n}, {name}, pictures a second: {'; '.join(told)}", flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps({"parity": apart, "rows": rows}, indent=1))
    if apart > 1e-3:
        raise SystemExit("The pictures differ by more than 1e-3 of the largest value.")


if __name__ == "__main__":
    main()
