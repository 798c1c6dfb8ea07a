"""Moving boxes as little as possible until what was said holds.

Statements that share no box that may move cannot disturb each other, so each group of boxes is solved by itself. Where
a group contradicts itself, the largest part of it is kept that can hold; of parts of one size, relationships before
places, and what was said first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import combinations

from sg2im_cli.steering.check import check, check_places
from sg2im_cli.steering.conditions import Corners
from sg2im_cli.steering.solving import Problem
from sg2im_cli.steering.statements import (
    Goal,
    Seen,
    Statement,
    Wish,
    ends,
    mask_means,
    placements,
    rules_for,
    shape_box,
)
from sg2im_parsers.scene_graph import Box, Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

MIDDLE = (0.35, 0.35, 0.65, 0.65)
"""Where an object begins that has no box, because it was predicted outside the picture."""

LARGEST_PART = 50
"""Statements that are held at a time."""

MOST_WISHES = 12
"""Wishes that are tried one by one where not all of them can be."""

MOST_ATTEMPTS = 120
"""Solvers that are set up to find the largest part of a group that can hold."""


@dataclass(frozen=True)
class Enforced:
    """A layout in which what was said holds.

    Attributes:
        graph: with the new boxes.
        moved: (O,) how far each object's centre went, in shares of the picture.
        given_up: relationships, then places, that cannot hold together with the others, or not at all.
    """

    graph: SceneGraph
    moved: tuple[float, ...]
    given_up: tuple[Statement, ...]


def enforce(
    graph: SceneGraph,
    vocabulary: Vocabulary,
    fixed: frozenset[int] = frozenset(),
    wishes: Sequence[Wish] = (),
    statements: Sequence[Statement] | None = None,
) -> Enforced:
    """Move boxes until the relationships and places of a graph hold; the same graph always gives the same boxes.

    What has no rule stays as it is. If not all can hold, the largest part that can is kept.

    Args:
        graph: with boxes inside the picture.
        vocabulary: of the model; its relations say which rules are meant.
        fixed: objects whose boxes must not move.
        wishes: what is not said, which is kept where it can be and never named.
        statements: of the graph, if not all are meant.
    """
    rules = rules_for(vocabulary)
    if statements is None:
        statements = (*graph.relationships, *placements(graph))
    means = mask_means([item.mask if rules.by_masks else None for item in graph.objects])
    start = [
        Corners(*(item.box or MIDDLE), *mean, shape_box((0.0, 0.0, 1.0, 1.0), item.mask))
        for item, mean in zip(graph.objects, means, strict=True)
    ]
    problem = Problem(start, fixed, rules)
    judged = [s for s in dict.fromkeys(statements) if rules.alternatives(s, start) is not None]
    hopeless = [s for s in judged if _is_hopeless(s, graph, vocabulary)]
    extra = [w for w in dict.fromkeys(wishes) if w not in judged and rules.alternatives(w, start) is not None]
    wished = [w for w in extra if isinstance(w, Relationship)]
    held = _held(replace(graph, relationships=(*graph.relationships, *wished)), vocabulary)
    boxes, given_up = _solve_in_parts(problem, [s for s in judged if s not in hopeless], extra, held)
    found = [(box.x0, box.y0, box.x1, box.y1) for box in boxes]
    objects = tuple(replace(item, box=box) for item, box in zip(graph.objects, found, strict=True))
    after = replace(graph, objects=objects)
    refused = {*hopeless, *given_up} - _held(after, vocabulary)
    return Enforced(after, distances(graph, after), tuple(s for s in judged if s in refused))


def _held(graph: SceneGraph, vocabulary: Vocabulary) -> set[Goal]:
    """What holds by the rules themselves, to which the conditions are a little stricter."""
    checks = check(graph, vocabulary)
    relationships = {item.relationship for item in checks if item.satisfied}
    seen = {Seen(item.relationship) for item in checks if item.on_masks is not None and item.on_masks.satisfied}
    return {*relationships, *seen, *(item.placement for item in check_places(graph) if item.satisfied)}


def _is_hopeless(statement: Statement, graph: SceneGraph, vocabulary: Vocabulary) -> bool:
    """Nothing has a relation to itself, and only things are on something."""
    if not isinstance(statement, Relationship):
        return False
    stuff = graph.objects[statement.subject].name in vocabulary.stuff
    by_thing = statement.predicate == "on" and stuff
    return by_thing or statement.subject == statement.object


def _solve_in_parts(
    problem: Problem, wanted: Sequence[Statement], extra: Sequence[Goal], held: set[Goal]
) -> tuple[list[Corners], list[Statement]]:
    """So many statements at a time that solving takes no long; what a part is about does not move for the next."""
    boxes: list[Corners] = list(problem.start)
    given_up: list[Statement] = []
    for first in range(0, max(len(wanted), 1), LARGEST_PART):
        part = wanted[first : first + LARGEST_PART]
        boxes, lost = _solve_all(problem, part, () if first else extra, set() if first else held)
        given_up += lost
        settled = problem.fixed.union(*map(ends, part))
        problem = Problem(boxes, settled, problem.rules)
    return boxes, given_up


def _solve_all(
    problem: Problem, wanted: Sequence[Statement], extra: Sequence[Goal], held: set[Goal]
) -> tuple[list[Corners], list[Statement]]:
    boxes: list[Corners] = list(problem.start)
    given_up: list[Statement] = []
    for group in _groups([*wanted, *extra], problem.fixed):
        if held.issuperset(group):
            continue
        said: list[Statement] = [s for s in wanted if s in group]
        wished = [s for s in group if s not in wanted]
        found = problem.solve(group)
        if found is None:
            kept, found = _largest(problem, said)
            already: list[Goal] = [s for s in said if s in held]
            if len(already) > len(kept):  # where what holds by a hair leaves no room for the margin
                kept, found = already, {}
            given_up += [s for s in said if s not in kept]
            for wish in wished[:MOST_WISHES]:
                with_it = problem.solve([*kept, wish])
                if with_it is not None:
                    kept, found = [*kept, wish], with_it
        for i, box in found.items():
            boxes[i] = box
    return boxes, given_up


def _groups(statements: Sequence[Goal], fixed: frozenset[int]) -> list[list[Goal]]:
    """Statements that are joined by boxes which may move, each group in the order of what was said."""
    groups: list[tuple[set[int], list[int]]] = []
    for at, statement in enumerate(statements):
        members, places = set(ends(statement) - fixed), [at]
        apart = []
        for other in groups:
            if members & other[0]:
                members |= other[0]
                places = [*other[1], *places]
            else:
                apart.append(other)
        groups = [*apart, (members, places)]
    return [[statements[at] for at in sorted(places)] for _, places in sorted(groups, key=lambda g: min(g[1]))]


def _largest(problem: Problem, said: Sequence[Goal]) -> tuple[list[Goal], dict[int, Corners]]:
    """The largest part of a group that can hold, with its boxes.

    Whatever contradicts itself must lose a statement, so only the statements of one contradiction are tried at a time
    (Reiter's hitting sets, 1987), fewest losses first and of these the latest said. A bounded search; beyond its bound,
    each statement is kept that can hold together with those before it.
    """
    contradictions = _contradicting_pairs(problem, said)
    queue: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    seen: set[tuple[int, ...]] = {()}
    before = problem.attempts
    while problem.attempts - before < MOST_ATTEMPTS:
        size, places = heappop(queue)
        lost = {said[-place] for place in places}
        kept = [s for s in said if s not in lost]
        known = next((found for found in contradictions if lost.isdisjoint(found)), None)
        if known is None:
            found = problem.solve(kept)
            if found is not None:
                return kept, found
            known = _contradiction(problem, kept)
            contradictions.append(known)
        for statement in known:
            further = tuple(sorted((*places, -said.index(statement))))
            if further not in seen:
                seen.add(further)
                heappush(queue, (size + 1, further))
    return _one_by_one(problem, said)


def _contradicting_pairs(problem: Problem, said: Sequence[Goal]) -> list[list[Goal]]:
    """What is said of the same objects and cannot hold together: most contradictions are such, and quickly found."""
    pairs = [[a, b] for a, b in combinations(said, 2) if ends(a) <= ends(b) or ends(b) <= ends(a)]
    return [pair for pair in pairs if problem.solve(pair) is None]


def _contradiction(problem: Problem, statements: Sequence[Goal]) -> list[Goal]:
    """A smallest part that cannot hold: of the first statements that cannot, what they cannot do without."""
    ends_at = range(1, len(statements) + 1)
    first = bisect_left(ends_at, True, key=lambda end: problem.solve(statements[:end], patient=False) is None)
    kept = list(statements[: ends_at[min(first, len(ends_at) - 1)]])
    for statement in kept[:-1]:
        fewer = [s for s in kept if s is not statement]
        if problem.solve(fewer, patient=False) is None:
            kept = fewer
    return kept


def _one_by_one(problem: Problem, said: Sequence[Goal]) -> tuple[list[Goal], dict[int, Corners]]:
    kept: list[Goal] = []
    boxes: dict[int, Corners] = {}
    for statement in said:
        found = problem.solve([*kept, statement])
        if found is not None:
            kept, boxes = [*kept, statement], found
    return kept, boxes


def distances(before: SceneGraph, after: SceneGraph) -> tuple[float, ...]:
    """(O,) how far the centre of each object's box went, in shares of the picture; 0 for one that had none."""
    return tuple(_distance(a.box, b.box) for a, b in zip(before.objects, after.objects, strict=True))


def _distance(before: Box | None, after: Box | None) -> float:
    if before is None or after is None:
        return 0.0
    dx = (after[0] + after[2] - before[0] - before[2]) / 2
    dy = (after[1] + after[3] - before[1] - before[3]) / 2
    return float(round((dx * dx + dy * dy) ** 0.5, 6))
