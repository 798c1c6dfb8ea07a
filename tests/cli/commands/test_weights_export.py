"""``sg2im weights export`` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest


def test_a_file_is_written_and_told(sg2im, tiny_bundle, files):
    done = sg2im("weights", "export", tiny_bundle, "model.onnx")
    assert done.code == 0 and done.out == "model.onnx\n" and files() == ["model.onnx"]
    assert "opset 18" in done.err and "(pictures, 4, 32, 32)" in done.err and "differs from torch by" in done.err
    told = {entry.key: json.loads(entry.value) for entry in onnx.load("model.onnx").metadata_props}
    assert told["weights"]["ref"] == tiny_bundle.name and len(told["weights"]["checksum"]) == 64
    assert told["weights"]["license"] == "other"
    before = Path("model.onnx").read_bytes()

    again = sg2im("weights", "export", tiny_bundle, "model.onnx")
    assert again.code == 2 and "exists; use --overwrite" in again.err
    assert Path("model.onnx").read_bytes() == before
    done = sg2im("weights", "export", tiny_bundle, "model.onnx", "--overwrite", "--json")
    facts = json.loads(done.out)
    assert facts["path"] == "model.onnx" and facts["bytes"] == Path("model.onnx").stat().st_size
    assert list(facts["inputs"]) == ["objs", "triples", "obj_to_img", "noise"] and facts["difference"] < 1e-4


@pytest.mark.parametrize(
    ("ref", "out", "said"),
    [("default", "model.pt", "model.pt must end in .onnx"), ("nowhere", "model.onnx", "nowhere")],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(ref, out, said, sg2im, files):
    done = sg2im("weights", "export", ref, out)
    assert done.code == 2 and said in done.err and done.err.count("\n") == 1 and not files()
