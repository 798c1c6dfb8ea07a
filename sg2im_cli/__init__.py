"""Pictures from sentences, through a scene graph that a person can see, check and edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sg2im_cli.version import __version__

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter

__all__ = ["Painter", "__version__"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Load `Painter` on first use, so that ``sg2im --help`` needs neither torch nor spaCy."""
    if name == "Painter":
        from sg2im_cli.painter import Painter

        return Painter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
