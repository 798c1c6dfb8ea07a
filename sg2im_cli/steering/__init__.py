"""Holding a layout to what was said."""
