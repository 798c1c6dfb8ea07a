"""What says which of several pictures is the best, where their layouts do not differ: the judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from sg2im_cli.evaluation.judge import Judge
    from sg2im_cli.painter import Score
    from sg2im_parsers.scene_graph import SceneGraph


def choose_score(device: torch.device) -> Score:
    """The measure that ``--best-of`` goes by: the judge that comes with the package, on this device."""
    from sg2im_cli.evaluation.judge import load_judge
    from sg2im_weights.measuring import find_judge

    return JudgeScore(load_judge(find_judge(), device).judge)


class JudgeScore:
    """How well objects can be recognised: the mean log-probability that the judge gives each object's name in its box.

    Objects that the judge does not know, or that have no box, are left out; if none is left, it says nothing.

    Args:
        judge: in eval mode.
    """

    __name__ = "judge"

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    def __call__(self, images: Sequence[Image], graph: SceneGraph) -> list[float] | None:
        """A score for each picture of a graph with boxes."""
        import torch

        names = [item.name or "" for item in graph.objects]
        ids = self.judge.class_ids(names).tolist()
        asked = [(i, item.box) for i, item in zip(ids, graph.objects, strict=True) if i >= 0 and item.box is not None]
        if not asked:
            return None
        device = next(self.judge.parameters()).device
        pictures = torch.stack([_pixels(image) for image in images]).to(device)
        boxes = torch.tensor([box for _, box in asked], device=device).repeat(len(images), 1)
        owners = torch.arange(len(images), device=device).repeat_interleave(len(asked))
        _, logits = self.judge.look(pictures, boxes, owners)
        classes = torch.tensor([i for i, _ in asked], device=device).repeat(len(images))
        known = logits.log_softmax(1).gather(1, classes[:, None]).view(len(images), -1)
        return [round(value, 4) for value in known.mean(1).tolist()]


def _pixels(image: Image) -> torch.Tensor:
    """(3, H, W) in [0, 1]."""
    import numpy as np
    import torch

    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float() / 255
