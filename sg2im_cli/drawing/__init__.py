"""Graphs and layouts as pictures."""

from sg2im_cli.drawing.graph import draw_graph, graph_picture, graph_svg
from sg2im_cli.drawing.layout import draw_layout, layout_picture, layout_svg
from sg2im_cli.drawing.parts import Marks

__all__ = ["Marks", "draw_graph", "draw_layout", "graph_picture", "graph_svg", "layout_picture", "layout_svg"]
