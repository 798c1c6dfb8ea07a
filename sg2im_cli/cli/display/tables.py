"""What a person sees: tables of words, objects and relationships, and a preview in the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from sg2im_cli.cli.streams import visible
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.scene_graph import Box, SceneGraph, SceneObject

if TYPE_CHECKING:
    from PIL.Image import Image

    from sg2im_cli.painter import Choice
    from sg2im_cli.steering.check import Check, PlaceCheck, Verdict

COLORS = {"kept": "green", "mapped": "yellow", "dropped": "red"}
PREVIEW_WIDTH = 48
UNFOLDED = 500
"""Columns where there is no terminal to say how many it has."""


def console(error: bool = True) -> Console:
    """Standard error, for people: paths and JSON go to standard output. Tables in a file or a pipe are not folded."""
    screen = Console(stderr=error, highlight=False)
    screen.push_render_hook(_NothingSteers())
    if not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = UNFOLDED
    return screen


class _NothingSteers(RenderHook):
    """Shows what would steer the terminal; rich lets it through."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Visible(renderable) for renderable in renderables]


class _Visible:
    def __init__(self, shown: ConsoleRenderable) -> None:
        self.shown = shown

    def __rich_console__(self, screen: Console, options: ConsoleOptions) -> RenderResult:
        for segment in screen.render(self.shown, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def show_account(screen: Console, account: Account) -> None:
    """What became of the words, and remarks; nothing for a graph that was given."""
    if account.words:
        screen.print(account_table(account))
    for remark in account.remarks:
        screen.print(remark, style="yellow", markup=False)


def plain_table(title: str) -> Table:
    """A table without lines."""
    return Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)


def account_table(account: Account) -> Table:
    """The sentence's words in their order: what each became, and why."""
    table = plain_table("Words")
    for heading in ("word", "became", "how"):
        table.add_column(heading)
    for word in account.words:
        taken = word.becomes is None and word.status != "dropped"
        how = (word.reason if taken else word.rule or word.reason) or ""
        if word.nearest:
            how += f" (it knows: {', '.join(word.nearest)})"
        style = COLORS[word.status]
        table.add_row(
            Text(word.word), Text("nothing" if taken else word.becomes or word.status, style=style), Text(how)
        )
    return table


def objects_table(graph: SceneGraph) -> Table:
    """Objects with what is known of them."""
    placed = any(item.box is not None for item in graph.objects)
    described = any(item.attributes or item.quantity or item.place for item in graph.objects)
    table = plain_table("Objects")
    for heading in ("", "object", *(["attributes"] if described else []), *(["where"] if placed else [])):
        table.add_column(heading)
    for i, item in enumerate(graph.objects):
        row = [str(i), item.label]
        if described:
            row.append(", ".join([*([str(item.quantity)] if item.quantity else []), *item.attributes, *_placed(item)]))
        if placed:
            row.append("" if item.box is None else _place(item.box))
        table.add_row(*(Text(cell) for cell in row))
    return table


def _placed(item: SceneObject) -> list[str]:
    return [] if item.place is None else [item.place]


def _place(box: Box) -> str:
    x0, y0, x1, y1 = box
    return f"x {x0:.2f} to {x1:.2f}, y {y0:.2f} to {y1:.2f}"


def relationships_table(graph: SceneGraph, checks: Sequence[Check] = ()) -> Table:
    """Relationships, subject first, and whether each holds on the boxes, and on the masks where they are known."""
    table = plain_table("Relationships")
    masked = any(check.on_masks is not None for check in checks)
    holds = ["holds", *(["on masks"] if masked else [])] if checks else []
    for heading in ("subject", "relation", "object", *holds):
        table.add_column(heading)
    found = {check.relationship: check for check in checks}
    for r in graph.relationships:
        boxed = None not in (graph.objects[r.subject].box, graph.objects[r.object].box)
        table.add_row(
            Text(f"{r.subject} {graph.objects[r.subject].label}"),
            Text(r.predicate),
            Text(f"{r.object} {graph.objects[r.object].label}"),
            *([_verdict(found[r], boxed)] if checks else []),
            *([_verdict(found[r].on_masks, boxed)] if masked else []),
        )
    return table


def places_table(graph: SceneGraph, checks: Sequence[PlaceCheck]) -> Table:
    """Where the sentence puts objects, and whether they are there."""
    table = plain_table("Places")
    for heading in ("object", "place", "holds", "on masks"):
        table.add_column(heading)
    for item in checks:
        there = graph.objects[item.placement.object]
        boxed = there.box is not None
        shown = (_verdict(item, boxed), _verdict(item.on_masks, boxed))
        table.add_row(Text(f"{item.placement.object} {there.label}"), Text(item.placement.place), *shown)
    return table


def _verdict(found: Verdict | None, boxed: bool) -> Text:
    if found is None:
        return Text("")
    if found.satisfied is None:
        return Text("no rule" if boxed else "no box", style="dim")
    if found.satisfied:
        return Text(f"yes, by {found.margin:.2f}", style="green")
    off = f"{found.off:.2f}" if found.off >= 0.005 else "less than 0.01"
    return Text(f"no, off by {off} of the picture", style="yellow")


def show_graph(
    screen: Console, graph: SceneGraph, checks: Sequence[Check] = (), places: Sequence[PlaceCheck] = ()
) -> None:
    """Objects, relationships and places, one table under the other."""
    screen.print(objects_table(graph))
    if graph.relationships:
        screen.print()
        screen.print(relationships_table(graph, checks))
    if places:
        screen.print()
        screen.print(places_table(graph, places))


def chosen(choice: Choice) -> str:
    """Which picture was the best of several, and by what."""
    scores = ", ".join(f"seed {seed}: {score:.3f}" for seed, score in choice.scores)
    by = {"relationships": "the share of what was said that holds"}.get(choice.by, choice.by)
    return f"Seed {choice.seed} is the best of {len(choice.scores)} by {by} ({scores})."


def preview(image: Image, columns: int) -> Text:
    """A picture in half blocks, two pixels a character, no wider than so many columns."""
    width = min(PREVIEW_WIDTH, columns)
    height = max(2, round(width * image.height / image.width) // 2 * 2)
    pixels = image.convert("RGB").resize((width, height)).load()
    assert pixels is not None
    lines = []
    for y in range(0, height, 2):
        lines.append(Text(no_wrap=True))
        for x in range(width):
            upper, lower = pixels[x, y], pixels[x, y + 1]
            lines[-1].append("▀", style=f"rgb({_rgb(upper)}) on rgb({_rgb(lower)})")
    return Text("\n").join(lines)


def _rgb(pixel: object) -> str:
    return ",".join(str(v) for v in pixel)  # type: ignore[attr-defined]


def can_preview(screen: Console) -> bool:
    """Whether the terminal shows half blocks in enough colours."""
    colors = screen.is_terminal and not screen.no_color and screen.color_system in {"256", "truecolor", "windows"}
    return colors and screen.encoding.lower().startswith("utf")
