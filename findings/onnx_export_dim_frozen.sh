#!/usr/bin/env bash
# torch.onnx.export(dynamic_shapes=...) with a named Dim writes a file of one fixed size without a word where the model
# says len(x); with Dim.DYNAMIC the same model gives a file of any size.
#
# torch.export.export refuses the named Dim and says that the code made it a constant. The exporter of ONNX catches that
# error, takes the "suggested fix" (n = 5), and goes on: nothing is raised, and the file works until it is given another
# number of rows. For Dim.DYNAMIC no fix is suggested, so it tries again with strict=True, where len(x) stays open.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "torch==2.13.0" "numpy==2.4.6" "onnx==1.23.2" "onnxscript==0.7.2"
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import sys

import torch
from torch.export import Dim


class Rows(torch.nn.Module):
    def forward(self, x):
        return x.new_zeros(len(x), 3) + x


def rows(size):
    given = (torch.ones(5, 3),)
    program = torch.onnx.export(Rows().eval(), given, dynamo=True, verbose=False, dynamic_shapes=({0: size},))
    dim = program.model_proto.graph.input[0].type.tensor_type.shape.dim[0]
    return dim.dim_param or dim.dim_value


named, unnamed = rows(Dim("n")), rows(Dim.DYNAMIC)
print("torch", torch.__version__)
print("expected: a name for the number of rows, or an error, from both")
print(f"seen: Dim('n') gives {named!r}, Dim.DYNAMIC gives {unnamed!r}")
sys.exit(0 if named == 5 and isinstance(unnamed, str) else 1)
PY
