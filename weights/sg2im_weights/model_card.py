"""The model card that a training run writes, from what ``config.json`` says of it.

What a person wrote between the marks ``notes`` and ``limits`` stays, and so does a licence in the front matter; figures
stay as long as they are of the same weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_weights.card import RESEARCH_USE, build_card, compose_card, licence_of, parse_card
from sg2im_weights.card_figures import SECTION as FIGURES
from sg2im_weights.card_figures import Figures, add_figures
from sg2im_weights.card_sections import read_section, section, write_section
from sg2im_weights.description import describe
from sg2im_weights.errors import WeightsInputError
from sg2im_weights.writing import CARD, replace_card

if TYPE_CHECKING:
    from sg2im_weights.bundle import Bundle

RARE = 50
"""Categories with fewer training examples are named on the card."""

UNSEEN = "Nobody has written down yet what a person can recognise in its pictures, and what not."
UNMEASURED = "Not measured yet: `sg2im eval -o eval.json`, then `sg2im weights card RUN --figures eval.json`."
UNSTATED = "not stated by the data: research use is assumed; ask those who made the data before any other use"
UNUSED = "NONE"
"""How a vocabulary marks an id without a word."""

KEPT = ("notes", "limits")
"""Sections that a person writes."""

SAME_WEIGHTS = ("recipe_settings", "data", "seed", "init", "layout_steps", "steps")
"""What weights depend on, of what is said of their training."""


def model_card(
    config: Mapping[str, Any],
    parameters: int,
    previous: str | None = None,
    previous_config: Mapping[str, Any] | None = None,
) -> str:
    """A card from a bundle's configuration.

    Args:
        config: ``generator``, ``vocabulary`` and ``trained``, as in ``config.json``; what ``trained`` lacks is left
            out, or said to be unknown.
        parameters: how many the generator has.
        previous: the card that this one takes the place of.
        previous_config: of the weights which that card was of; the same as ``config`` if not given.

    Raises:
        WeightsInputError: the previous card cannot be read, and would be lost.
    """
    trained = config["trained"]
    front: dict[str, Any] = {**RESEARCH_USE, **_datasets(trained)}
    if previous is not None and licence_of(previous):
        front = {**_datasets(trained), **licence_of(previous)}
    card = build_card("sg2im weights", _body(config, parameters), front.pop("license"), front)
    if previous is None:
        return card
    for name in KEPT:
        if kept := read_section(previous, name):
            card = write_section(card, name, kept)
    same_weights = _same_weights(trained, (previous_config or config)["trained"])
    return _with_figures_of(previous, card) if same_weights else card


def renew_card(bundle: Bundle, figures: Figures | None = None) -> Path:
    """Write the card of a bundle anew, with other figures if they are given.

    A card without the marks ``notes`` and ``limits`` was written by a person, or is a converted checkpoint's: it only
    gets the figures. Remove it to have it made anew.

    Returns:
        the card's file.

    Raises:
        WeightsInputError: the card that is there cannot be read, or the figures are of other weights.
        WeightsError: the card cannot be written.
    """
    path = bundle.path / CARD
    try:
        previous = path.read_text(encoding="utf8") if path.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WeightsInputError(f"The model card {path} cannot be read: {reason}.") from None
    if figures is not None and figures.checksum not in (None, bundle.checksum()):
        raise WeightsInputError(
            f"The figures are of other weights than those in {bundle.path}; measure these: "
            f"sg2im eval --weights {bundle.path}."
        )
    card = previous
    if card is None or all(read_section(card, name) is not None for name in KEPT):
        card = model_card(bundle.config, describe(bundle)["parameters"], previous)
    replace_card(bundle.path, card if figures is None else add_figures(card, figures))
    return path


def _same_weights(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(_plain(one.get(key)) == _plain(other.get(key)) for key in SAME_WEIGHTS)


def _plain(value: object) -> object:
    """As it comes back from JSON, where tuples are lists."""
    return json.loads(json.dumps(value))


def _with_figures_of(previous: str, card: str) -> str:
    found = read_section(previous, FIGURES)
    if not found:
        return card
    data, text = parse_card(write_section(card, FIGURES, found))
    before, _ = parse_card(previous)
    data.model_name, data.eval_results = before.model_name, before.eval_results
    return compose_card(data, text)


def _datasets(trained: Mapping[str, Any]) -> dict[str, Any]:
    """The data's name on the Hub, if that is where it is."""
    name = str(trained.get("data", ""))
    return {"datasets": [name]} if re.fullmatch(r"[\w.-]+/[\w.-]+", name) else {}


def _body(config: Mapping[str, Any], parameters: int) -> str:
    settings, trained = config["generator"], config["trained"]
    objects, predicates = (_names(config["vocabulary"][key]) for key in ("objects", "predicates"))
    height, width = settings["image_size"]
    parts = [
        f"A generator of pictures from scene graphs (arXiv 1804.01622): {_number(parameters)} parameters,\n"
        f"{height} x {width} pixels, {len(objects)} objects and {len(predicates)} relations.",
        _facts(trained),
        section("notes", ""),
        f"## Licence\n\n{_licence(trained)}",
        f"## Figures\n\n{section(FIGURES, UNMEASURED)}",
        f"## What it cannot draw\n\n{section('limits', UNSEEN)}",
        *_thin_data(trained),
        f"## Words\n\nRelations: {', '.join(predicates) or 'none'}.\n\nObjects: {', '.join(objects)}.",
        *_settings(trained),
    ]
    return "\n\n".join(parts)


def _number(parameters: int) -> str:
    return f"{parameters / 1e6:.1f} million" if parameters >= 1e6 else f"{parameters:,}"


def _names(words: list[str]) -> list[str]:
    return [word for word in words[1:] if word != UNUSED]


def _facts(trained: Mapping[str, Any]) -> str:
    rows = {
        "recipe": "`{recipe}`, seed {seed}",
        "data": "`{data}`: {pictures} pictures",
        "start": "from `{init}`",
        "updates": "{layout_steps} of the graph half alone, {steps} with pictures",
        "time": "{hours} hours on {device}",
    }
    lines = [f"| {name} | {text.format(**trained)} |" for name, text in rows.items() if _known(text, trained)]
    return "\n".join(["| | |", "| --- | --- |", *lines])


def _known(text: str, trained: Mapping[str, Any]) -> bool:
    return all(name in trained for name in re.findall(r"{(\w+)}", text))


def _licence(trained: Mapping[str, Any]) -> str:
    stated = trained.get("data_licence") or UNSTATED
    return f"The licence of the data it was trained on decides what it may be used for. That licence: {stated}."


def _thin_data(trained: Mapping[str, Any]) -> list[str]:
    """Which words it can have learnt little of, by how often the data shows them."""
    examples: Mapping[str, int] = trained.get("examples", {})
    masked: Mapping[str, int] = trained.get("masked_examples", {})
    never = [name for name, count in examples.items() if not count]
    rare = [f"{name} ({count})" for name, count in examples.items() if 0 < count < RARE]
    blank = [name for name, count in examples.items() if count and not masked.get(name)]
    said = {
        f"Fewer than {RARE} examples in the training data": rare,
        "No example at all in the training data": never,
        "No mask in the training data, so no shape of their own": blank,
    }
    return [f"{text}: {', '.join(names)}." for text, names in said.items() if names]


def _settings(trained: Mapping[str, Any]) -> list[str]:
    settings = trained.get("recipe_settings")
    if not settings:
        return []
    text = json.dumps(settings, indent=1, ensure_ascii=False)
    summary = "All settings of the recipe, as in config.json"
    return [f"<details>\n<summary>{summary}</summary>\n\n```json\n{text}\n```\n\n</details>"]
