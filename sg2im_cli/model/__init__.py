"""The networks: scene graph in, picture out (Johnson, Gupta, Fei-Fei, CVPR 2018, arXiv 1804.01622).

One legend for all shapes: N images, O objects and T triples of a batch, D vector size, M mask size, H x W pixels,
C classes, P predicates. ``objs (O,)`` are category ids, ``triples (T, 3)`` rows of subject index, predicate id, object
index, ``obj_to_img (O,)`` the image of each object, ``boxes (O, 4)`` x0 y0 x1 y1 in [0, 1] from the top left,
``masks (O, M, M)`` in [0, 1], ``layout (N, D, H, W)``, ``images (N, 3, H, W)`` in model units.
"""
