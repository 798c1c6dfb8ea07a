"""Write the README's table of figures from the embedded weights' model card.

python docs/figures.py
"""

from __future__ import annotations

from pathlib import Path

from marks import filled, table

ROOT = Path(__file__).parents[1]
PAGE, CARD = ROOT / "README.md", ROOT / "weights" / "sg2im_weights" / "default" / "README.md"

MEASURES = {
    "mean IoU of boxes, predicted layout": "mean IoU of predicted boxes",
    "relationships satisfied, predicted layout": "relationships that hold in predicted layouts",
    "object accuracy, predicted layout": "drawn objects that the judge names, predicted layouts",
    "object accuracy, given layout": "the same, given layouts",
    "object accuracy, real": "the same, real pictures",
    "drawn in its real colour, asked for, given layout": "objects drawn in their real colour, asked for",
    "drawn in its real colour, not asked for, given layout": "the same, not asked for",
}
"""Measures of the card, and how the README says them."""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf8")), encoding="utf8")


def page(text: str) -> str:
    """The page as it should be, from what it is."""
    found = figures(CARD.read_text(encoding="utf8"))
    rows = [(said, *found[measure]) for measure, said in MEASURES.items()]
    return filled(text, "figures", table(("measure", "value (95 % interval)", "over"), rows))


def figures(card: str) -> dict[str, tuple[str, str]]:
    """Value and what it was measured over, by measure."""
    lines = [line.strip("|").split("|") for line in card.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line] for line in lines]
    return {row[0]: (row[1], row[-1]) for row in rows if len(row) > 2}


if __name__ == "__main__":
    main()
