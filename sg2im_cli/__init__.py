"""Pictures from sentences, through a scene graph that a person can see, check and edit.

Names are imported when they are first asked for, so that ``sg2im --help`` needs neither torch nor spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sg2im_cli.version import __version__

if TYPE_CHECKING:
    from sg2im_cli.drawing import Marks, draw_graph, draw_layout, graph_picture, graph_svg, layout_picture, layout_svg
    from sg2im_cli.painter import Choice, Layout, Painter, Painting, Score, Surrounding
    from sg2im_cli.scenes.story import Step, paint_story
    from sg2im_cli.steering.check import Check, PlaceCheck
    from sg2im_cli.steering.statements import Placement

__all__ = [
    "Check",
    "Choice",
    "Layout",
    "Marks",
    "Painter",
    "Painting",
    "PlaceCheck",
    "Placement",
    "Score",
    "Step",
    "Surrounding",
    "__version__",
    "draw_graph",
    "draw_layout",
    "graph_picture",
    "graph_svg",
    "layout_picture",
    "layout_svg",
    "paint_story",
]

_HOMES = {
    "Check": "steering.check",
    "Choice": "painter",
    "Layout": "painter",
    "Marks": "drawing",
    "Painter": "painter",
    "Painting": "painter",
    "PlaceCheck": "steering.check",
    "Placement": "steering.statements",
    "Score": "painter",
    "Step": "scenes.story",
    "Surrounding": "painter",
    "draw_graph": "drawing",
    "draw_layout": "drawing",
    "graph_picture": "drawing",
    "graph_svg": "drawing",
    "layout_picture": "drawing",
    "layout_svg": "drawing",
    "paint_story": "scenes.story",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sg2im_cli' has no attribute {name!r}")
    return getattr(import_module(f"sg2im_cli.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
