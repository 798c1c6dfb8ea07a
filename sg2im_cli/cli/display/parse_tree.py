"""What ``sg2im parse --tree`` shows: the pipeline's tree, what the rules saw in its place, and which rule said what."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sg2im_cli.cli.display.tables import plain_table
from sg2im_parsers.english.explanation import Edge, Explanation, Token
from sg2im_parsers.english.parsed_text import Word

DEEPEST = 24
"""Columns of branches; of a deeper tree the lowest branches are drawn."""

LINES = ("├ ", "└ ", "│ ")
ASCII_LINES = ("+ ", "` ", "| ")


def show_explanation(screen: Console, explanation: Explanation) -> None:
    """The tree, its rewrites, then relationships and attributes of the text's own graph with where they come from."""
    screen.print(tree_table(explanation, ASCII_LINES if screen.options.ascii_only else LINES))
    if unread := [word.text for word, token in _tokens(explanation) if token.given is None and word.text.strip()]:
        screen.print(Text(f"Not read: {', '.join(map(repr, unread))}.", style="dim"))
    for table in (rewrites_table(explanation), rules_table(explanation), attributes_table(explanation)):
        if table.row_count:
            screen.print()
            screen.print(table)
    screen.print()


def tree_table(explanation: Explanation, lines: tuple[str, str, str] = LINES) -> Table:
    """The tree as the pipeline made it, a word a row; beside it what the rules saw, where that is something else."""
    changed = any(token.given != token.seen for token in explanation.tokens)
    table = plain_table("Tree, as the pipeline parsed it")
    for heading in ("word", "tag", "label", *(["the rules saw"] if changed else [])):
        table.add_column(heading)
    for place, branch in branches(explanation, lines):
        given = explanation.tokens[place].given
        assert given is not None
        word = Text.assemble((branch, "dim"), _word(explanation, place))
        row = [word, Text(given.tag, style="cyan"), Text(given.label)]
        table.add_row(*row, *([Text(_seen(explanation, place), style="yellow")] if changed else []))
    return table


def branches(explanation: Explanation, lines: tuple[str, str, str]) -> Iterator[tuple[int, str]]:
    """Positions of the words, heads first, and the branches drawn before each."""
    below: dict[int | None, list[int]] = {}
    for place, token in enumerate(explanation.tokens):
        if token.given is not None:
            below.setdefault(token.given.head, []).append(place)
    inner, last, passing = lines
    waiting = [(root, "", "") for root in reversed(below.get(None, []))]
    while waiting:
        place, before, own = waiting.pop()
        yield place, (before + own)[-DEEPEST:]
        if own:
            before += "  " if own == last else passing
        under = below.get(place, [])
        waiting += [(child, before, last if child == under[-1] else inner) for child in reversed(under)]


def _tokens(explanation: Explanation) -> Iterator[tuple[Word, Token]]:
    return zip(explanation.parsed.words, explanation.tokens, strict=True)


def _word(explanation: Explanation, place: int) -> str:
    text = explanation.parsed.words[place].text
    return text if text.isprintable() else repr(text)


def _seen(explanation: Explanation, place: int) -> str:
    token = explanation.tokens[place]
    if token.seen is None:
        return "left out" if token.joined is None else f"joined to {_word(explanation, token.joined)!r}"
    if token.given is None or token.given == token.seen:
        return ""
    tag = f"{token.seen.tag} " if token.seen.tag != token.given.tag else ""
    return tag + _edge(explanation, token.seen)


def _edge(explanation: Explanation, edge: Edge) -> str:
    return "root" if edge.head is None else f"{edge.label} of {_word(explanation, edge.head)!r}"


def rewrites_table(explanation: Explanation) -> Table:
    """What changed the tree before the rules saw it."""
    table = plain_table("Rewrites of the tree")
    table.add_column("rewrite", no_wrap=True)
    table.add_column("which does this")
    for each in explanation.rewrites:
        table.add_row(Text(each.name, style="green"), Text(each.says))
    return table


def rules_table(explanation: Explanation) -> Table:
    """Which rule made which relationship."""
    table = plain_table("Rules, on the text's own words")
    table.add_column("relationship")
    table.add_column("rule", no_wrap=True)
    table.add_column("which says")
    names = [item.label for item in explanation.parsed.graph.objects]
    for reason in explanation.reasons:
        told = f"{names[reason.subject]} | {reason.predicate} | {names[reason.object]}"
        table.add_row(Text(told), Text(reason.rule, style="green"), Text(reason.says))
    return table


def attributes_table(explanation: Explanation) -> Table:
    """Which words made which attribute, and where they hang in the tree that the rules saw."""
    table = plain_table("Attributes")
    for heading in ("object", "attribute", "from"):
        table.add_column(heading)
    parsed = explanation.parsed
    for item, mention in zip(parsed.graph.objects, parsed.mentions, strict=True):
        for attribute, words in zip(item.attributes, mention.attribute_words, strict=True):
            table.add_row(Text(item.label), Text(attribute), Text(", ".join(_source(explanation, w) for w in words)))
    return table


def _source(explanation: Explanation, place: int) -> str:
    seen = explanation.tokens[place].seen
    word = repr(_word(explanation, place))
    return word if seen is None else f"{word} ({_edge(explanation, seen)})"
