"""A model as one ONNX file: the graph, its weights, and what one must know to use it, checked before it is handed out.

Sizes that each call chooses stay open: objects, relationships, pictures. The file needs nothing of this project: words
and settings are in its metadata.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.export import Dim

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.config import plain
from sg2im_cli.export.picture_model import PictureModel, TensorInfo, example_inputs, inputs_of, outputs_of
from sg2im_cli.version import __version__
from sg2im_errors import InputError, Sg2imError

OPSET = 18
"""The version of ONNX's operators that the file asks for: of 2022, so that runtimes in use know it."""

LARGEST_FILE = 2**31 - 2**20
"""Bytes of weights that fit into one file with the graph."""

TRACED, CHECKED = (2, 1, 4), ((3,), (1, 5, 2, 4))
"""Numbers of objects in the pictures that the graph is made with, and in those with which it is checked."""

ALLOWED = 1e-4
"""Mean difference from torch, as a share of the largest value. One pixel may differ more: a box of nearly no size
magnifies rounding."""

LOUD = ("torch.onnx", "torch.export", "onnxscript", "onnx_ir")


@dataclass(frozen=True)
class OnnxFile:
    """A file that is not yet written.

    Attributes:
        data: its bytes.
        inputs: in their order.
        outputs: likewise.
        difference: the largest from torch in any output, as a share of the largest value.
        opset: version of ONNX's operators.
    """

    data: bytes
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    difference: float
    opset: int = OPSET

    def to_json(self) -> dict[str, Any]:
        """What there is to know of it, as JSON values."""
        return {
            "bytes": len(self.data),
            "opset": self.opset,
            "inputs": _told(self.inputs),
            "outputs": _told(self.outputs),
            "difference": self.difference,
        }


def export_onnx(checkpoint: Checkpoint, origin: Mapping[str, Any]) -> OnnxFile:
    """One ONNX file of a whole model, from ids of graphs to pictures.

    Args:
        checkpoint: the model, in float32 on the CPU.
        origin: which weights these are, for the file's metadata.

    Raises:
        InputError: the weights are too large for one file.
        Sg2imError: packages are missing, or the file does not compute what the model does.
    """
    onnx, onnxruntime = _import_onnx()
    generator = checkpoint.generator
    if sum(value.nbytes for value in generator.state_dict().values()) > LARGEST_FILE:
        raise InputError("These weights are too large for one ONNX file, which holds 2 GiB; export smaller ones.")
    inputs, outputs = inputs_of(generator), outputs_of(generator)
    with _quiet():
        proto = _translate(PictureModel(generator).eval(), example_inputs(generator, TRACED), inputs, outputs)
    _describe(proto, {**_metadata(checkpoint, origin), "inputs": _told(inputs), "outputs": _told(outputs)})
    for value, info in zip((*proto.graph.input, *proto.graph.output), (*inputs, *outputs), strict=True):
        _name_sizes(value, info)
    onnx.checker.check_model(proto, full_check=True)
    data = proto.SerializeToString()
    return OnnxFile(data, inputs, outputs, _difference(onnxruntime, data, checkpoint))


def _import_onnx() -> tuple[Any, Any]:
    """The libraries onnx and onnxruntime; torch finds onnxscript itself.

    Raises:
        Sg2imError: one of them is not installed.
    """
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError:
        needed = "onnx, onnxscript and onnxruntime; install them with: pip install 'sg2im-cli[onnx]'"
        raise Sg2imError(f"ONNX files need {needed}.") from None
    return onnx, onnxruntime


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what torch's exporter says of other packages and of itself."""
    loggers = [logging.getLogger(name) for name in LOUD]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@torch.no_grad()
def _translate(
    model: PictureModel,
    example: dict[str, Tensor],
    inputs: tuple[TensorInfo, ...],
    outputs: tuple[TensorInfo, ...],
) -> Any:  # noqa: ANN401
    """The graph with its weights, as a message of onnx."""
    given = {info.name: example[info.name] for info in inputs}
    # a Dim with a name would be fixed without a word where the code asks for len() of a tensor
    shapes = {i.name: {axis: Dim.DYNAMIC for axis, size in enumerate(i.shape) if isinstance(size, str)} for i in inputs}
    # traced strictly, len() of a tensor stays open
    program = torch.export.export(model, (), given, dynamic_shapes=shapes, strict=True)
    made = torch.onnx.export(
        program,
        opset_version=OPSET,
        input_names=[info.name for info in inputs],
        output_names=[info.name for info in outputs],
        verbose=False,
    )
    assert made is not None
    return made.model_proto


def _metadata(checkpoint: Checkpoint, origin: Mapping[str, Any]) -> dict[str, Any]:
    generator = plain(checkpoint.generator.config)
    return {"weights": dict(origin), "generator": generator, "vocabulary": checkpoint.vocabulary.to_json()}


def _told(infos: tuple[TensorInfo, ...]) -> dict[str, Any]:
    return {info.name: {"shape": info.shape, "dtype": info.dtype, "meaning": info.meaning} for info in infos}


def _describe(proto: Any, metadata: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Say what the file is; take out what the exporter notes of this machine and of our code."""
    proto.producer_name, proto.producer_version = "sg2im", __version__
    del proto.metadata_props[:], proto.graph.metadata_props[:], proto.graph.value_info[:]
    for value in (*proto.graph.node, *proto.graph.input, *proto.graph.output, *proto.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    for key, value in metadata.items():
        proto.metadata_props.add(key=key, value=json.dumps(value, ensure_ascii=False))


def _name_sizes(value: Any, info: TensorInfo) -> None:  # noqa: ANN401
    value.doc_string = info.meaning
    sizes = value.type.tensor_type.shape.dim
    for size, known in zip(sizes, info.shape, strict=True):
        if isinstance(known, str):
            size.dim_param = known
        elif size.dim_value != known:
            raise Sg2imError(f"torch {torch.__version__} left the shape of {info.name} open; use another version.")


def _difference(onnxruntime: Any, data: bytes, checkpoint: Checkpoint) -> float:  # noqa: ANN401
    """The largest difference from torch in any output, on graphs of other sizes than the traced ones.

    Raises:
        Sg2imError: they do not compute the same.
    """
    model = PictureModel(checkpoint.generator).eval()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    largest = 0.0
    for counts in CHECKED:
        given = example_inputs(checkpoint.generator, counts)
        with torch.no_grad():
            expected = model(**given)
        found = session.run(None, {name: value.numpy() for name, value in given.items()})
        for got, want in zip(map(torch.from_numpy, found), expected, strict=True):
            apart = (got - want).abs() / want.abs().max().clamp_min(1e-6)
            if not apart.mean() <= ALLOWED:
                versions = f"torch {torch.__version__} and onnxruntime {onnxruntime.__version__}"
                raise Sg2imError(f"{versions} do not compute the same with this model; use other versions of them.")
            largest = max(largest, float(apart.max()))
    return largest
