"""Annotation files of every layout, each read into a `Source` of `AnnotatedImage`s.

A new layout is a module with a function ``..._source(path, options) -> Source``, and a command of ``data prepare``.
"""
