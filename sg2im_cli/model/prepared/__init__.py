"""A generator made ready for drawing on a CPU: the same weights and the same pictures, with fewer operations.

`Generator` reads like the paper and is what is trained; it stays as it is. From it, `prepare` makes what draws:

- a layout is a sum over objects of a vector times a mask, so a convolution of it is a convolution of as many masks as
  there are objects, with kernels made for each picture (`canvas`);
- a 3x3 convolution of features that were enlarged by repeating each is nine products for each of them, not 36
  (`enlarging`);
- batch norm is folded into the convolution before it, and weights are laid out once as oneDNN wants them
  (`convolution`).
"""

from sg2im_cli.model.prepared.canvas import Canvas
from sg2im_cli.model.prepared.generator import Pictures, PreparedGenerator, dtype_to_load, prepare

__all__ = ["Canvas", "Pictures", "PreparedGenerator", "dtype_to_load", "prepare"]
