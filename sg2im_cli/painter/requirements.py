"""What a painter's methods refuse, in a sentence, before anything is loaded or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

from sg2im_cli.painter.painting import Layout
from sg2im_errors import InputError
from sg2im_parsers.graph_json import LAST_SEED
from sg2im_parsers.scene_graph import SceneGraph

NAMES: dict[type, str] = {str: "sentence", SceneGraph: "SceneGraph", Layout: "Layout"}


def require_samples(samples: int) -> None:
    """Refuse a number of pictures that is none.

    Raises:
        InputError: it is below 1.
    """
    if samples < 1:
        raise InputError(f"samples is {samples} and must be at least 1.")


def require_seeds(first: object, count: int = 1) -> None:
    """Refuse seeds that a picture's record cannot hold: each must be a whole number from 0 to 2**63 - 1.

    Raises:
        InputError: one is not.
    """
    if not isinstance(first, Integral) or not 0 <= int(first) <= LAST_SEED - count + 1:
        last = f" for {count} pictures" if count > 1 else ""
        raise InputError(f"seed is {first!r} and must be a whole number from 0 to {LAST_SEED - count + 1}{last}.")


def require_kind(given: object, *kinds: type) -> None:
    """Refuse what is neither a sentence nor a graph nor a layout, as the method that was called takes them.

    Raises:
        InputError: it is of another kind.
    """
    if not isinstance(given, kinds):
        wanted = " or ".join(f"a {NAMES[kind]}" for kind in kinds)
        hint = "; graph_from_json makes a graph of JSON" if isinstance(given, Mapping) else ""
        raise InputError(f"{wanted[0].upper()}{wanted[1:]} is needed, not {type(given).__name__}{hint}.")
