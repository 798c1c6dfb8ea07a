"""Graphs and layouts as pictures."""

from sg2im_cli.drawing.graph import graph_picture
from sg2im_cli.drawing.layout import draw_layout, layout_picture

__all__ = ["draw_layout", "graph_picture", "layout_picture"]
