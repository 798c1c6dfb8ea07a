"""The files by which `datasets` and the Hub know prepared data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

CARD = """---
pretty_name: {name}
license: other
tags:
- scene-graph
- sg2im
configs:
- config_name: default
  data_files:
{files}
---

# {name}

Pictures with their objects, prepared for `sg2im train --data` by sg2im: {height} x {width} pixels, masks of {side} x
{side}.

| split | pictures | objects | relationships |
| --- | --- | --- | --- |
{rows}

{objects} object names. Relationships are {relationships}. Licence of the data: {license}.

One row a picture: `image` is the picture, {height} x {width}; `names` the objects, largest first; `boxes` (O, 4), x0
y0 x1 y1 in [0, 1] from the top left; `areas` (O,), of the boxes in pixels of the picture as it was annotated, `width` x
`height`; `masks` (O, {side}, {side}) within their boxes, a bit each (`numpy.packbits`), meaningless where `has_mask`
(O,) is 0; `attributes` the words of each object; `subjects`, `predicates` and `objects` the relationships, null where
they are derived from the boxes; `source` where the picture comes from, if that is known; `machine` (O, 2), 1 where a
machine made an object's box and name, and its mask.

```python
import numpy as np
from datasets import load_from_disk

row = load_from_disk("this directory")["{split}"].with_format("numpy")[0]
row["image"]  # ({height}, {width}, 3) uint8; with_format("torch") (3, {height}, {width}), without a Pillow picture
row["boxes"]  # (O, 4) float32
bits = np.unpackbits(row["masks"].astype(np.uint8), count=len(row["names"]) * {side} * {side})
masks = bits.reshape(-1, {side}, {side})
```
"""


def describe_for_hub(metadata: Mapping[str, Any], features: Mapping[str, Any]) -> dict[str, str]:
    """Texts by file name: what `datasets.load_from_disk` and `load_dataset` look for, and a card."""
    texts = {"dataset_dict.json": json.dumps({"splits": list(metadata["splits"])})}
    info = {"citation": "", "description": "", "features": features, "homepage": "", "license": ""}
    for name, split in metadata["splits"].items():
        state = {
            "_data_files": [{"filename": shard} for shard in split["shards"]],
            "_fingerprint": split["hash"][:16],
            "_format_columns": None,
            "_format_kwargs": {},
            "_format_type": None,
            "_output_all_columns": False,
            "_split": name,
        }
        texts[f"{name}/state.json"] = json.dumps(state)
        texts[f"{name}/dataset_info.json"] = json.dumps(info)
    return {**texts, "README.md": _card(metadata)}


def _card(metadata: Mapping[str, Any]) -> str:
    splits = metadata["splits"]
    height, width = metadata["image_size"]
    return CARD.format(
        name=metadata["made_from"]["name"],
        split=next(iter(splits)),
        files="\n".join(f"  - split: {name}\n    path: {name}/*.arrow" for name in splits),
        height=height,
        width=width,
        side=metadata["mask_size"],
        rows="\n".join(
            f"| {name} | {s['pictures']:,} | {s['objects']:,} | {s['relationships']:,} |" for name, s in splits.items()
        ),
        objects=len(metadata["vocabulary"]["object_name_to_idx"]) - 1,
        relationships=metadata["relationships"] + ("" if metadata["relationships"] == "stated" else " from the boxes"),
        license=metadata["licence"] or "not stated",
    )
