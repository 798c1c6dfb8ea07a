"""Write the parts of `docs/parser.md` that say what the parser's rewrites and rules do.

python docs/parser.py

Each part comes from their own names, sentences and examples. A further part is a function in `PARTS` and a pair of
marks on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from marks import filled, table

from sg2im_parsers.english.extraction.relation_rules import Rule, packaged_rules
from sg2im_parsers.english.rewrites.order import REWRITES

PAGE = Path(__file__).with_suffix(".md")

RULES = """\
{} rules make relationships from edges of the tree, each from a dependent up to its head. The first rule with the edge's
label whose conditions hold is taken. They are data, in `sg2im_parsers/data/rules.toml`; tests parse every example.
Names in italics are word lists, in `sg2im_parsers/data/rules_words.toml`. A whole is a noun that has the noun after it,
as in "tree branch"."""

REWRITTEN = """\
{} rewrites change the tree, each once and in this order. Each is a `Rewrite` beside its code in
`sg2im_parsers/english/rewrites`, listed in `order.py`; tests parse every example with it and without."""

SWITCHES = {"has_object": "an object", "has_subject": "a subject", "has_stranded": "a preposition without its noun"}
"""What the verb of an edge must have, or must not."""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf8")), encoding="utf8")


def page(text: str) -> str:
    """The page as it should be, from what it is."""
    for name, make in PARTS.items():
        text = filled(text, name, make())
    return text


def rewrites() -> str:
    """All rewrites in their order."""
    rows = []
    for each in REWRITES:
        shown = [(example.text, said(example.gives), said(example.instead)) for example in each.examples]
        cells = tuple("<br>".join(column) for column in zip(*shown, strict=True))
        rows.append((f"**{each.name}**", each.says, ", ".join(each.after), *cells))
    headings = ("rewrite", "what it does", "comes after", "example", "says with it", "says without it")
    return f"{REWRITTEN.format(len(REWRITES))}\n\n{table(headings, rows)}"


def said(statements: tuple[str, ...]) -> str:
    """Statements of a graph; a dash for none."""
    return "; ".join(each.replace(" | ", " → ") for each in statements) or "-"


def rules() -> str:
    """All rules in their order."""
    found = packaged_rules().rules.values()
    intro = RULES.format(len(found))
    rows = [(f"**{rule.name}**", rule.says, edge(rule), *examples(rule)) for rule in found]
    return f"{intro}\n\n{table(('rule', 'what it says', 'edge', 'example', 'relationship'), rows)}"


def edge(rule: Rule) -> str:
    """Which edges a rule is for."""
    head = end("head", rule.head, rule.head_case, rule.head_in)
    dependent = end("dependent", rule.dependent, rule.case, rule.dependent_in)
    wanted = {what: getattr(rule, key) for key, what in SWITCHES.items()}
    has = [f"{'with' if want else 'without'} {what}" for what, want in wanted.items() if want is not None]
    return "; ".join([", ".join(f"`{label}`" for label in rule.labels), *filter(None, (head, dependent)), *has])


def end(name: str, kind: str, case: tuple[str, ...] | None, words: str | None) -> str:
    """What one end of an edge must be; nothing if it may be anything."""
    said = [] if kind == "any" else [kind]
    if case is not None:
        said.append({("*",): "with a preposition", ("",): "without a preposition"}.get(case) or "with " + quoted(case))
    if words is not None:
        said.append(f"in *{words}*")
    return f"{name}: {' '.join(said)}" if said else ""


def quoted(words: tuple[str, ...]) -> str:
    """Prepositions that are allowed."""
    return " or ".join(f'"{word}"' if word else "none" for word in words)


def examples(rule: Rule) -> tuple[str, str]:
    """Sentences, and what the rule finds in them."""
    found = [said(example.gives) for example in rule.examples]
    return "<br>".join(example.text for example in rule.examples), "<br>".join(found)


PARTS: dict[str, Callable[[], str]] = {"rewrites": rewrites, "rules": rules}


if __name__ == "__main__":
    main()
