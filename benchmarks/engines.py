"""The whole picture by other programs than torch: time and error beside torch's, on one core.

OMP_NUM_THREADS=1 python benchmarks/engines.py [--rounds N] [--json]

Needs pip install 'sg2im-cli[onnx]' openvino. Two models: the paper's at 64 pixels with random parameters, whose last
layer is scaled so that its pictures are as lively as real ones, and the embedded weights. Each is exported as by
`sg2im weights export`, and every engine gets the same graphs and noise. They take turns, forwards and backwards; times
are processor time of all threads, of which each engine is given one. Ratios are of the two runs of one turn: the
median, and in brackets the lowest and the highest. Errors are of 8-bit pictures, in levels of 255, against torch in
float32. "original" is the paper's model in stock operations (`plain.py`), "generator" ours as it is trained, "prepared"
what draws.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnxruntime
import openvino
import torch
from generator_speed import OBJECTS, RELATIONS, build
from numpy.typing import NDArray
from plain import plain_pictures
from torch import Tensor

from sg2im_cli.checkpoint import Checkpoint, load_generator
from sg2im_cli.export.onnx_file import export_onnx
from sg2im_cli.export.picture_model import PictureModel, example_inputs
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.prepared import prepare
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

BATCHES = (1, 8)
OBJECTS_A_PICTURE = (6, 3, 8, 5, 7, 4, 8, 3)
Pictures = NDArray[np.float32]
Call = Callable[[], Pictures]


@dataclass(frozen=True)
class Row:
    """One engine at one batch size.

    Attributes:
        model: whose pictures.
        engine: by what.
        batch: pictures at once.
        milliseconds: a picture, the median.
        ratio: of the first engine's time to this one's: median, lowest, highest.
        mean_error: in levels.
        largest_error: likewise.
    """

    model: str
    engine: str
    batch: int
    milliseconds: float
    ratio: tuple[float, float, float]
    mean_error: float
    largest_error: float


def paper() -> Checkpoint:
    """The model of `generator_speed.py`, with pictures of unit deviation in model units."""
    generator = build()
    with torch.no_grad():
        made = generator(**example_inputs(generator, OBJECTS_A_PICTURE)).images
        last = generator.refinement_net.output_conv[2]
        last.weight /= made.std()
        last.bias.copy_((last.bias - made.mean()) / made.std())
    names = [f"object {i}" for i in range(1, OBJECTS)], [f"relation {i}" for i in range(1, RELATIONS)]
    return Checkpoint(generator.requires_grad_(False), Vocabulary.from_names(*names))


def torch_engines(generator: Generator, given: dict[str, Tensor], is_paper: bool) -> dict[str, Call]:
    """Calls that make one batch of pictures in [0, 1]."""
    model = PictureModel(generator).eval()

    @torch.no_grad()
    def ours() -> Pictures:
        return np.asarray(model(**given)[0])

    @torch.no_grad()
    def original() -> Pictures:
        order = ("objs", "triples", "obj_to_img", "noise")
        made = plain_pictures(generator, *(given[name] for name in order), len(given["noise"]))
        return np.asarray((made * model.std + model.mean).clamp(0, 1))

    def prepared(dtype: torch.dtype) -> Call:
        drawing = prepare(generator, dtype)

        def call() -> Pictures:
            owners, n_images = given["obj_to_img"], len(given["noise"])
            latents = None if (drawn := given.get("latents")) is None else generator.config.latent_scale * drawn
            layout = drawing.predict_layout(given["objs"], given["triples"], given.get("attributes"), latents)
            canvas = drawing.compose(layout.vectors, layout.boxes, layout.masks, owners, n_images, given["objs"])
            images = drawing.refine(canvas, given["noise"], given.get("picture_latents")).images
            return np.asarray((images * model.std + model.mean).clamp(0, 1))

        return call

    found = {"original": original, "generator": ours} if is_paper else {"generator": ours}
    return {**found, "prepared": prepared(torch.float32), "prepared, bfloat16": prepared(torch.bfloat16)}


def other_engines(file: Path) -> dict[str, Callable[[dict[str, Any]], Pictures]]:
    """Sessions of one thread each, loaded from an ONNX file."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
    found = {"onnxruntime": lambda given: session.run(["images"], given)[0]}
    for name, precision in (("openvino", "f32"), ("openvino, bfloat16", "bf16")):
        hints = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        request = openvino.Core().compile_model(file, "CPU", hints).create_infer_request()
        found[name] = lambda given, request=request: request.infer(given)["images"].copy()
    return found


def measure(name: str, checkpoint: Checkpoint, rounds: int) -> list[Row]:
    """All engines on one model."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        file.write_bytes(export_onnx(checkpoint, {}).data)
        others = other_engines(file)
    rows = []
    for batch in BATCHES:
        given = example_inputs(checkpoint.generator, OBJECTS_A_PICTURE[:batch])
        calls = torch_engines(checkpoint.generator, given, name == "paper")
        arrays = {key: value.numpy() for key, value in given.items()}
        calls |= {engine: partial(run, arrays) for engine, run in others.items()}
        rows += compare(name, batch, calls, rounds)
    return rows


def compare(name: str, batch: int, calls: dict[str, Call], rounds: int) -> list[Row]:
    """Errors, then times in turns."""
    pictures = {engine: np.rint(call() * 255) for engine, call in calls.items()}
    taken: dict[str, list[float]] = {engine: [] for engine in calls}
    for turn in range(rounds):
        for engine in calls if turn % 2 else reversed(calls):
            start = time.process_time()
            calls[engine]()
            taken[engine].append(time.process_time() - start)
    first = next(iter(calls))
    rows = []
    for engine, times in taken.items():
        ratios = [base / own for base, own in zip(taken[first], times, strict=True)]
        apart = np.abs(pictures[engine] - pictures["generator"])
        spread = median(ratios), min(ratios), max(ratios)
        error = float(apart.mean()), float(apart.max())
        rows.append(Row(name, engine, batch, 1000 * median(times) / batch, spread, *error))
    return rows


def main() -> None:
    """Measure and print a table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=11)
    options.add_argument("--json", action="store_true")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    models = {"paper": paper(), "embedded": load_generator(resolve("default"))}
    rows = [row for name, checkpoint in models.items() for row in measure(name, checkpoint, arguments.rounds)]
    if arguments.json:
        print(json.dumps([vars(row) for row in rows]))
        return
    versions = f"torch {torch.__version__}, onnxruntime {onnxruntime.__version__}, openvino {openvino.__version__}"
    print(
        f"{versions}\nmodel     batch  engine              ms/picture  times as fast        mean error  largest error"
    )
    for row in rows:
        ratio = "{:.2f} [{:.2f}, {:.2f}]".format(*row.ratio)
        what = f"{row.model:<9} {row.batch:5}  {row.engine:<18} {row.milliseconds:11.1f}  {ratio:<18}"
        print(f"{what} {row.mean_error:12.3f} {row.largest_error:14.0f}")


if __name__ == "__main__":
    main()
