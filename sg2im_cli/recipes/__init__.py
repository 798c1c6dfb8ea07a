"""Recipes for ``sg2im train``: one TOML file each, found by name."""
