#!/usr/bin/env bash
# In ijson, use_float=True is about fractions: floats in place of Decimals, as annotation files with many boxes want. In
# the backend in C, which is chosen by default, it also bounds whole numbers: a valid JSON file with an id of more than 64
# bits (a hash, say) cannot be read any more, with the same option the backend in Python reads it, and so do both without.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ijson==3.6.0
"$folder/venv/bin/python" - <<'PY'
import json
import sys
from importlib import metadata

import ijson

TEXT = b'{"annotations": [{"id": 340282366920938463463374607431768211455, "bbox": [0.5, 1, 2, 3]}]}'
WHOLE = json.loads(TEXT)["annotations"][0]["id"]


def read(backend, **options):
    try:
        return next(ijson.get_backend(backend).items(TEXT, "annotations.item", **options))["id"]
    except ijson.JSONError as error:
        return " ".join(str(error).split())[:40]


print("ijson", metadata.version("ijson"), "chooses by default", ijson.backend_name)
print("expected, always:", WHOLE)
seen = {}
for backend in ("python", "yajl2_c"):
    for options in ({}, {"use_float": True}):
        seen[backend, bool(options)] = found = read(backend, **options)
        print(f"seen, {backend}, {options}: {found}")
refused = seen.pop(("yajl2_c", True))
sys.exit(not (ijson.backend_name == "yajl2_c" and set(seen.values()) == {WHOLE} and "integer overflow" in str(refused)))
PY
