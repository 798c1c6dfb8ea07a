"""Graphs and layouts in words, for people who do not see the picture."""

from __future__ import annotations

from sg2im_parsers.scene_graph import Box, SceneGraph


def graph_in_words(graph: SceneGraph) -> str:
    """All relationships, then what is in none: "sheep on grass; tree behind sheep; sky"."""
    labels = _labels(graph)
    said = [f"{labels[r.subject]} {r.predicate} {labels[r.object]}" for r in graph.relationships]
    related = {i for r in graph.relationships for i in (r.subject, r.object)}
    return "; ".join([*said, *(label for i, label in enumerate(labels) if i not in related)])


def layout_in_words(graph: SceneGraph) -> str:
    """Where each object is, in hundredths of the picture."""
    labels = _labels(graph)
    return "; ".join(
        f"{label} {'not in the picture' if item.box is None else place_in_words(item.box)}"
        for label, item in zip(labels, graph.objects, strict=True)
    )


def place_in_words(box: Box) -> str:
    """A box: "from the left 10 to 45 %, from the top 30 to 80 %"."""
    x0, y0, x1, y1 = (round(100 * v) for v in box)
    return f"from the left {x0} to {x1} %, from the top {y0} to {y1} %"


def _labels(graph: SceneGraph) -> list[str]:
    """Names, with a number where several objects have the same."""
    names = [item.label for item in graph.objects]
    return [f"{name} {names[: i + 1].count(name)}" if names.count(name) > 1 else name for i, name in enumerate(names)]
