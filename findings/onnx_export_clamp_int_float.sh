#!/usr/bin/env bash
# x.clamp(0, 0.5) of a float tensor runs in torch, but torch.onnx.export fails on it; x.clamp(0.0, 0.5), which is the
# same, is exported, and so are x.clamp(0, 1) and x.clamp(0).
#
# Before it translates, the exporter gives both bounds one type: the whole number becomes a tensor, the fraction stays a
# number, and clamp takes two tensors or two numbers. The error speaks of overloads and says nothing of the bounds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "torch==2.13.0" "numpy==2.4.6" "onnx==1.23.2" "onnxscript==0.7.2"
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import sys

import torch


class Clamp(torch.nn.Module):
    def __init__(self, *bounds):
        super().__init__()
        self.bounds = bounds

    def forward(self, x):
        return x.clamp(*self.bounds)


def exported(*bounds):
    try:
        torch.onnx.export(Clamp(*bounds).eval(), (torch.rand(3),), dynamo=True, verbose=False)
    except torch.onnx.OnnxExporterError as error:
        return next(line for line in str(error).splitlines() if "RuntimeError" in line)
    return "exported"


print("torch", torch.__version__)
print("expected: exported, all four")
tried = [(0, 0.5), (0.0, 0.5), (0, 1), (0,)]
seen = [exported(*bounds) for bounds in tried]
for bounds, what in zip(tried, seen, strict=True):
    print(f"seen, clamp{bounds}: {what}")
sys.exit(0 if "Cannot find a compatible OpOverload" in seen[0] and set(seen[1:]) == {"exported"} else 1)
PY
