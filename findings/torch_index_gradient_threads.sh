#!/usr/bin/env bash
# On a CPU with two threads, the gradient of x[i] is not the same from run to run; that of x.index_select(0, i) is.
#
# Both gather rows of x, and rows that are asked for more than once have their gradients added up. With x[i] the order of
# the additions is left to chance, so training on a CPU with several threads cannot be repeated bit by bit, whatever seed
# is set; graph networks gather node vectors that way for every edge.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.3.5"
"$folder/venv/bin/python" - <<'PY'
import sys

import torch

torch.set_num_threads(2)
torch.manual_seed(0)
x, i, w = torch.randn(200, 128), torch.randint(0, 200, (12_000,)), torch.randn(12_000, 128)


def gradients(gather, tries=60):
    found = set()
    for _ in range(tries):
        rows = x.clone().requires_grad_()
        (gradient,) = torch.autograd.grad((gather(rows) * w).sum(), rows)
        found.add(gradient.numpy().tobytes())
    return len(found)


by_index, by_select = gradients(lambda rows: rows[i]), gradients(lambda rows: rows.index_select(0, i))
print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, 60 tries each")
print("expected: 1 gradient of x[i], 1 of x.index_select(0, i)")
print(f"seen: {by_index} of x[i], {by_select} of x.index_select(0, i)")
sys.exit(0 if by_index > 1 and by_select == 1 else 1)
PY
