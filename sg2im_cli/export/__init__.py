"""A model as one file that other programs run: `picture_model` is what is in it, `onnx_file` writes it."""
