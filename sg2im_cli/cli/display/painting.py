"""What a person sees of a picture that was drawn, and what ``--json`` prints of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_cli.cli.display.tables import can_preview, chosen, console, preview, show_account, show_graph
from sg2im_cli.steering.statements import said
from sg2im_parsers.graph_json import graph_to_json

if TYPE_CHECKING:
    from sg2im_cli.painter import Painting


AS_PREDICTED = "Boxes are as predicted; without --no-enforce they move as little as needed until what is said holds."

MOST_PAIRS = 3
"""Pairs of things that hide each other are named so far."""


def show_painting(painting: Painting, heading: str | None, as_predicted: bool = False) -> None:
    """What a person should know of a picture, on standard error.

    Args:
        painting: the picture, or several with one layout.
        heading: above it all.
        as_predicted: whether boxes were left as predicted though they could have been moved.
    """
    screen = console()
    if heading is not None:
        screen.print(heading, style="bold underline", markup=False)
    if painting.account.words or painting.account.remarks:
        show_account(screen, painting.account)
        screen.print()
    show_graph(screen, painting.graph, painting.checks, painting.place_checks)
    screen.print()
    for statement in painting.given_up:
        screen.print(f"Not enforced, it contradicts the others: {said(statement, painting.graph)}.", markup=False)
    for sentence in _hiding(painting):
        screen.print(sentence, markup=False)
    if as_predicted and _could_be_enforced(painting):
        screen.print(AS_PREDICTED, markup=False)
    if painting.surroundings and painting.surroundings[0]:
        filled = ", ".join(f"{item.category} ({item.share:.0%})" for item in painting.surroundings[0])
        screen.print(f"Not said, filled in: {filled}.", markup=False)
    if painting.choice is not None:
        screen.print(chosen(painting.choice), markup=False)
    screen.print(f"seed {painting.seeds[0]}, weights {painting.weights}", markup=False)
    if can_preview(screen):
        screen.print(preview(painting.images[0], screen.width))


def _could_be_enforced(painting: Painting) -> bool:
    """Whether something does not hold, or cannot be seen, on boxes that were predicted."""
    held = [found.satisfied for found in (*painting.checks, *painting.place_checks)]
    predicted = any(item.box is None for item in painting.asked.objects)
    return predicted and (False in held or bool(painting.hiding))


def _hiding(painting: Painting) -> Iterator[str]:
    """Which things hide each other, one sentence a pair."""
    names = [f"{i} {item.label}" for i, item in enumerate(painting.graph.objects)]
    for pair in painting.hiding[:MOST_PAIRS]:
        yield f"{names[pair.one]} and {names[pair.other]} hide each other: they are in nearly one place."
    if len(painting.hiding) > MOST_PAIRS:
        yield f"So do {len(painting.hiding) - MOST_PAIRS} other pairs."


def painting_json(
    painting: Painting, outputs: Sequence[tuple[Path, int]], saved: Sequence[Path] = ()
) -> dict[str, Any]:
    """A source's pictures as ``--json`` prints them.

    Args:
        painting: the first pictures, with all that all of them have in common.
        outputs: file and seed of every picture.
        saved: files of graphs and layouts.
    """
    from sg2im_cli.painter.painting import without_masks

    return {
        "text": painting.text,
        "seed": painting.seeds[0],
        "weights": painting.weights,
        "outputs": [{"path": str(path), "seed": seed} for path, seed in outputs],
        **({"saved": [str(path) for path in saved]} if saved else {}),
        "graph": graph_to_json(without_masks(painting.graph)),
        "account": painting.account_json(),
        **({} if painting.choice is None else {"best_of": painting.choice.to_json()}),
    }
