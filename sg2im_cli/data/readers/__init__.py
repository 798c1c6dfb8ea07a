"""Annotation files of every layout, read as `sg2im_cli.data.images` has them."""
