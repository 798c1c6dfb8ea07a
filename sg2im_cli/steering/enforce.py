"""Moving boxes as little as possible until what was said holds.

The conditions are linear in the corners of the boxes, so Cassowary (Badros, Borning and Stuckey 2001), the constraint
solver of user interfaces, finds the boxes: conditions are required, places and sizes are wished to stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from sg2im_cli.steering.check import rules_for
from sg2im_cli.steering.conditions import Corners, Rule, slack
from sg2im_parsers.errors import Sg2imError
from sg2im_parsers.scene_graph import Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

if TYPE_CHECKING:
    from types import ModuleType

    from kiwisolver import Constraint, Solver, Variable

MARGIN = 0.004
"""How much more than a rule asks for, so that rounding cannot undo it."""

SMALLEST = 0.04
"""No side of a box becomes shorter than this, unless it was."""

SIZE_WEIGHT = 4.0
"""How much more a change of size counts than a move of the same length."""

MIDDLE = (0.35, 0.35, 0.65, 0.65)
"""Where an object begins that has no box, because it was predicted outside the picture."""

OFF_TIES = 1e-9
"""Added before rounding to six digits: half-way between two of them the solver's order of summing would decide."""

MOST_TRIALS = 400
"""Sets of relationships that are tried to find the largest that can hold."""


class MissingSolverError(Sg2imError):
    """The package that solves the conditions is not installed."""


@dataclass(frozen=True)
class Enforced:
    """A layout in which the relationships hold.

    Attributes:
        graph: with the new boxes.
        moved: (O,) how far each object's centre went, in shares of the picture.
        given_up: relationships that cannot hold together with the others, or that stuff cannot have.
    """

    graph: SceneGraph
    moved: tuple[float, ...]
    given_up: tuple[Relationship, ...]


def enforce(graph: SceneGraph, vocabulary: Vocabulary, fixed: frozenset[int] = frozenset()) -> Enforced:
    """Move boxes until the relationships of a graph hold; the same graph always gives the same boxes.

    Relationships without a rule stay as they are. If not all can hold, the largest set that can is kept.

    Args:
        graph: with boxes inside the picture.
        vocabulary: of the model; its relations say which rules are meant.
        fixed: objects whose boxes must not move.

    Raises:
        MissingSolverError: the extra ``enforce`` is not installed.
    """
    rules = rules_for(vocabulary).conditions
    judged = [r for r in dict.fromkeys(graph.relationships) if r.predicate in rules]
    hopeless = [r for r in judged if r.predicate == "on" and graph.objects[r.subject].name in vocabulary.stuff]
    possible = [r for r in judged if r not in hopeless]
    boxes, given_up = _largest(graph, rules, possible, fixed)
    moved = tuple(_distance(item.box, box) for item, box in zip(graph.objects, boxes, strict=True))
    objects = tuple(replace(item, box=box) for item, box in zip(graph.objects, boxes, strict=True))
    return Enforced(replace(graph, objects=objects), moved, (*hopeless, *given_up))


Box = tuple[float, float, float, float]


def _largest(
    graph: SceneGraph, rules: dict[str, Rule], wanted: Sequence[Relationship], fixed: frozenset[int]
) -> tuple[list[Box], tuple[Relationship, ...]]:
    """All of them, or else as many as can be found in a bounded search, what was said first being kept."""
    trials = 0
    for count in range(len(wanted) + 1):
        for dropped in combinations(reversed(range(len(wanted))), count):
            trials += 1
            if trials > MOST_TRIALS:
                return _greedy(graph, rules, wanted, fixed)
            kept = [r for i, r in enumerate(wanted) if i not in dropped]
            boxes = _solve(graph, rules, kept, fixed)
            if boxes is not None:
                return boxes, tuple(wanted[i] for i in sorted(dropped))
    raise AssertionError("no relationship at all can always be kept")


def _greedy(
    graph: SceneGraph, rules: dict[str, Rule], wanted: Sequence[Relationship], fixed: frozenset[int]
) -> tuple[list[Box], tuple[Relationship, ...]]:
    kept: list[Relationship] = []
    boxes = _Layout(graph, rules, fixed).boxes()
    for relationship in wanted:
        found = _solve(graph, rules, [*kept, relationship], fixed)
        if found is not None:
            kept.append(relationship)
            boxes = found
    return boxes, tuple(r for r in wanted if r not in kept)


def _solve(
    graph: SceneGraph, rules: dict[str, Rule], kept: Sequence[Relationship], fixed: frozenset[int]
) -> list[Box] | None:
    """Boxes in which all of these hold, or None.

    Looked at once more in numbers: a solver that has refused a condition can end with another one broken.
    """
    layout = _Layout(graph, rules, fixed)
    if not all(layout.require(r) for r in kept):
        return None
    boxes = layout.boxes()
    corners = [Corners(*box) for box in boxes]
    sound = all(box.width > 0 and box.height > 0 for box in corners)
    held = all(slack(rules[r.predicate], corners[r.subject], corners[r.object]) > 0 for r in kept)
    return boxes if sound and held else None


class _Layout:
    """Boxes as variables that wish to stay where they are."""

    def __init__(self, graph: SceneGraph, rules: dict[str, Rule], fixed: frozenset[int]) -> None:
        try:
            import kiwisolver
        except ImportError:
            raise MissingSolverError(
                "Enforcing relationships needs a solver: pip install 'sg2im-cli[enforce]'."
            ) from None
        self.kiwi = kiwisolver
        self.rules = rules
        self.solver: Solver = kiwisolver.Solver()
        self.start = [Corners(*(item.box or MIDDLE)) for item in graph.objects]
        variables = _variables(kiwisolver, 4 * len(self.start))
        self.now = [Corners(*variables[i : i + 4]) for i in range(0, len(variables), 4)]
        stay = kiwisolver.strength.create(0, 0, 1)
        keep_size = kiwisolver.strength.create(0, 0, SIZE_WEIGHT)
        for i, (box, start) in enumerate(zip(self.now, self.start, strict=True)):
            if i in fixed:
                for name in ("x0", "y0", "x1", "y1"):
                    self.solver.addConstraint(getattr(box, name) == getattr(start, name))
                continue
            for low, high, least in (
                (box.x0, box.x1, min(SMALLEST, start.width)),
                (box.y0, box.y1, min(SMALLEST, start.height)),
            ):
                for constraint in (low >= 0, high <= 1, high - low >= least):
                    self.solver.addConstraint(constraint)
            for wish in (box.cx == start.cx, box.cy == start.cy):
                self.solver.addConstraint(wish | stay)
            for wish in (box.width == start.width, box.height == start.height):
                self.solver.addConstraint(wish | keep_size)

    def require(self, relationship: Relationship) -> bool:
        """Hold a relationship, in the alternative that is nearest to how things were; False if none can be held."""
        rule = self.rules[relationship.predicate]
        subject, target = relationship.subject, relationship.object
        before = rule(self.start[subject], self.start[target])
        order = sorted(range(len(before)), key=lambda i: -min(before[i]))
        alternatives = rule(self.now[subject], self.now[target])
        return any(self._add([condition >= MARGIN for condition in alternatives[i]]) for i in order)

    def _add(self, constraints: list[Constraint]) -> bool:
        """All of them or none."""
        added: list[Constraint] = []
        for constraint in constraints:
            try:
                self.solver.addConstraint(constraint)
            except self.kiwi.UnsatisfiableConstraint:
                for earlier in added:
                    self.solver.removeConstraint(earlier)
                return False
            added.append(constraint)
        return True

    def boxes(self) -> list[Box]:
        """Where everything is now; what nothing touched is exactly where it was."""
        self.solver.updateVariables()
        found = []
        for box, start in zip(self.now, self.start, strict=True):
            values = [min(1.0, max(0.0, getattr(box, name).value())) for name in ("x0", "y0", "x1", "y1")]
            before = (start.x0, start.y0, start.x1, start.y1)
            x0, y0, x1, y1 = map(_six_digits, values, before)
            found.append((x0, y0, x1, y1))
        return found


def _variables(kiwi: ModuleType, count: int) -> list[Variable]:
    """Variables in the order in which the solver sums them.

    That is where they lie in memory, which differs from call to call: sums would differ in their last bit, and with
    them the choice between layouts that are equally near. Only a listing of a solver's variables shows the order.
    """
    found = {str(i): kiwi.Variable(str(i)) for i in range(count)}
    listing = kiwi.Solver()
    for variable in found.values():
        listing.addConstraint(variable >= 0)
    lines = listing.dumps().partition("Variables")[2].partition("Edit Variables")[0].splitlines()
    return [found[name] for name in (line.partition(" = ")[0] for line in lines) if name in found]


def _six_digits(value: float, before: float) -> float:
    return before if abs(value - before) < 1e-9 else round(value + OFF_TIES, 6)


def _distance(before: Box | None, after: Box) -> float:
    if before is None:
        return 0.0
    dx = (after[0] + after[2] - before[0] - before[2]) / 2
    dy = (after[1] + after[3] - before[1] - before[3]) / 2
    return float(round((dx * dx + dy * dy) ** 0.5, 6))
