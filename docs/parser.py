"""Write the parts of `docs/parser.md` that say what the parser's rules do.

python docs/parser.py

Each part comes from the rules' own names, sentences and examples. A further part, such as one on rewrites, is a
function in `PARTS` and a pair of marks on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from marks import filled, table

from sg2im_parsers.english.extraction.relation_rules import Rule, packaged_rules

PAGE = Path(__file__).with_suffix(".md")

RULES = """\
{} rules make relationships from edges of the tree, each from a dependent up to its head. The first rule with the edge's
label whose conditions hold is taken. They are data, in `sg2im_parsers/data/rules.toml`; tests parse every example.
Names in italics are word lists, in `sg2im_parsers/data/rules_words.toml`. A whole is a noun that has the noun after it,
as in "tree branch"."""

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
    found = ["; ".join(each.replace(" | ", " → ") for each in example.gives) for example in rule.examples]
    return "<br>".join(example.text for example in rule.examples), "<br>".join(found)


PARTS: dict[str, Callable[[], str]] = {"rules": rules}


if __name__ == "__main__":
    main()
