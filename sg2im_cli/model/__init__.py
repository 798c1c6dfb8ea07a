"""The networks: scene graph in, picture out, with shapes in every docstring."""
