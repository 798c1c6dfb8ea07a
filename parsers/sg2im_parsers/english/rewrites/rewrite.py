"""What a rewrite of the tree is: a name, what it does, examples, what it must come after; checked when listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sg2im_errors import Sg2imError
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook


class RewriteError(Sg2imError):
    """A rewrite that cannot stand where it does; the message names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that needs a rewrite; `gives` and `instead` are what `statements` says of its graph.

    Attributes:
        text: a sentence.
        gives: what it says only with the rewrite.
        instead: what it says only without.
        tree: a tree that other pipelines make of it, if not the embedded one: "word/tag/label/head/lemma ...", the head
            by its position.
    """

    text: str
    gives: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    tree: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """One pass over the tree.

    Attributes:
        name: unique.
        says: what it does, in one sentence.
        apply: changes the tree in place.
        after: names of rewrites that must have run before, if they run at all.
        examples: sentences with what they say with it and without.
    """

    name: str
    says: str
    apply: Callable[[Tree, Phrasebook], None]
    after: tuple[str, ...] = ()
    examples: tuple[Example, ...]


def listed(*rewrites: Rewrite) -> tuple[Rewrite, ...]:
    """Rewrites in their order, checked.

    Raises:
        RewriteError: two have one name, one stands before what it must come after, or one lacks an example.
    """
    names: set[str] = set()
    for each in rewrites:
        if each.name in names:
            raise RewriteError(f"There are two rewrites named {each.name!r}; names must differ.")
        if missing := [name for name in each.after if name not in names]:
            raise RewriteError(f"The rewrite {each.name!r} must come after {missing[0]!r}; put it there.")
        if not any(example.gives or example.instead for example in each.examples):
            raise RewriteError(f"The rewrite {each.name!r} has no example; show what it changes.")
        names.add(each.name)
    return rewrites


def rewrite(tree: Tree, book: Phrasebook, rewrites: Sequence[Rewrite]) -> None:
    """Run rewrites in their order, in place; `Tree.rewrites` has the names of those that changed something."""
    changed = []
    now = tree.parts
    before = tuple([part.copy() for part in now])
    for each in rewrites:
        each.apply(tree, book)
        if now != before:
            changed.append(each.name)
            before = tuple(part.copy() for part in now)
    tree.rewrites = tuple(changed)
