"""From a sentence or a scene graph to pictures, with everything that led to them.

painter = Painter.from_pretrained()
painting = painter.paint("a car on the street beside buildings", seed=7)
painting.images[0].save("car.png")
"""

from sg2im_cli.painter.best import Score
from sg2im_cli.painter.devices import DTYPES, choose_device
from sg2im_cli.painter.painter import Painter
from sg2im_cli.painter.painting import Choice, Layout, Painting, Surrounding
from sg2im_cli.painter.painting_model import Parser

__all__ = ["DTYPES", "Choice", "Layout", "Painter", "Painting", "Parser", "Score", "Surrounding", "choose_device"]
