"""Draw the gallery and write its page, `docs/gallery.md`.

python docs/gallery.py

For each sentence the graph, the layout and the picture of one seed, unpicked, from the embedded weights.
"""

from __future__ import annotations

from pathlib import Path

from sg2im_cli import Painter, Painting, graph_svg, layout_svg

PAGE = Path(__file__).with_suffix(".md")
PICTURES = PAGE.parent / "images" / "gallery"
SEED = 0
WIDTHS = (230, 200, 200)
"""Of graph, layout and picture on the page."""

SENTENCES = {
    "street": "a car on the street beside buildings",
    "sheep": "two sheep in a field under a cloudy sky",
    "bus": "a red bus on the road in front of a building",
    "bedroom": "a bed under a window, a lamp on the left",
    "sea": "a boat on the sea, mountains behind it",
    "chairs": "a table and two chairs in front of a window",
    "beach": "two people walking on the beach",
    "dog": "a spaniel on the grass beside a tree",
}

INTRODUCTION = f"""# Gallery

Sentences, their scene graphs, where the objects go, and pictures: seed {SEED}, unpicked, from the embedded weights (64
pixels). `python docs/gallery.py` draws all of it again; the first is made by

```bash
sg2im "{SENTENCES["street"]}" --seed {SEED} \\
  --save-graph graph.svg --save-layout layout.svg --output picture.png
```
"""


def main() -> None:
    """Draw everything and write the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    painter = Painter.from_pretrained(device="cpu")
    painted = {name: painter.paint(sentence, SEED) for name, sentence in SENTENCES.items()}
    for name, painting in painted.items():
        files(name, painting)
    PAGE.write_text(page(painted), encoding="utf8")


def files(name: str, painting: Painting) -> None:
    """Write graph, layout and picture of one painting."""
    (PICTURES / f"{name}-graph.svg").write_text(graph_svg(painting.graph), encoding="utf8")
    (PICTURES / f"{name}-layout.svg").write_text(layout_svg(painting.graph), encoding="utf8")
    painting.images[0].save(PICTURES / f"{name}.png", optimize=True)


def page(painted: dict[str, Painting]) -> str:
    """The page.

    Args:
        painted: by the name of their files.
    """
    return "\n".join([INTRODUCTION, *(section(name, painting) for name, painting in painted.items())])


def section(name: str, painting: Painting) -> str:
    """One sentence, what became of its words, and three images."""
    sentence = painting.text or name
    shown = {f"{name}-graph.svg": "The scene graph", f"{name}-layout.svg": "The layout", f"{name}.png": "The picture"}
    images = (
        f'<img src="images/gallery/{file}" alt="{what} of: {sentence}" width="{width}">'
        for (file, what), width in zip(shown.items(), WIDTHS, strict=True)
    )
    return f"## {sentence.capitalize()}\n\n{words(painting)}\n\n{' '.join(images)}\n"


def words(painting: Painting) -> str:
    """Which words became others, and which were dropped."""
    account = painting.account.words
    said = [f"*{word.word}* became *{word.becomes}*" for word in account if word.status == "mapped"]
    lost = [f"*{word.word}* was dropped ({word.reason})" for word in painting.account.dropped]
    return f"Words: {', '.join([*said, *lost])}." if said or lost else "Words: all as the weights know them."


if __name__ == "__main__":
    main()
