"""Boxes as variables of a linear solver, which wish to stay where they are.

The solver is Cassowary (Badros, Borning and Stuckey 2001), the constraint solver of user interfaces: conditions are
required, places and sizes are wished.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import kiwisolver
from kiwisolver import Constraint, Solver, Variable

from sg2im_cli.steering.conditions import Conditions, Corners, slack
from sg2im_cli.steering.statements import Apart, Goal, Rules, ends

MARGIN = 0.004
"""How much more than a rule asks for, so that rounding cannot undo it."""

SMALLEST = 0.04
"""No side of a box becomes shorter than this, unless it was."""

KEPT_SIZE = 0.75
"""How much of its width and height a thing keeps that is moved out of another's place."""

SIZE_WEIGHT = 4.0
"""How much more a change of size counts than a move of the same length."""

OFF_TIES = 1e-9
"""Added before rounding to six digits: half-way between two of them the solver's order of summing would decide."""

NAMES = ("x0", "y0", "x1", "y1")

ALL_WAYS = -1
"""In place of a way: the conditions that every way of a statement has."""

Choice = tuple[Goal, int]
"""A statement, and which of its alternatives is to hold."""


class Problem:
    """Boxes to be moved as little as possible; solved again and again for different statements.

    Args:
        start: boxes (O,) of numbers; a mean of 0.5 is the box's own centre.
        fixed: objects that must not move.
        rules: of the vocabulary.

    Attributes:
        attempts: solvers that were set up so far, which is what takes time.
    """

    def __init__(self, start: Sequence[Corners], fixed: frozenset[int], rules: Rules) -> None:
        self.start = list(start)
        self.fixed = fixed
        self.rules = rules
        self.attempts = 0
        self._pool: list[Variable] = []

    def solve(self, statements: Sequence[Goal], patient: bool = True) -> dict[int, Corners] | None:
        """Boxes of the objects that these statements are about, in which all hold; None if none were found.

        What can hold in one way only is required first. Of the others each takes the way that is nearest to how
        things were, of those that are left; one that finds none left goes before the others, and all begin again.

        Args:
            statements: each has a rule.
            patient: whether to begin again; if not, what could hold may not be found.
        """
        ways = {s: self._nearest_first(s) for s in statements}
        order = sorted(statements, key=lambda s: len(ways[s]) > 1)
        settled = sum(len(ways[s]) == 1 for s in order)
        for _ in range(len(order) - settled + 1 if patient else 1):
            attempt, failed = self._choose(order, ways)
            if failed is None:
                return self._sound(attempt.boxes(), statements)
            at = order.index(failed)
            if at <= settled:
                return None
            order.insert(settled, order.pop(at))
        return None

    def _nearest_first(self, statement: Goal) -> list[int]:
        before = self.rules.alternatives(statement, self.start)
        assert before is not None
        ways = sorted(range(len(before)), key=lambda i: -min(before[i]))
        return ways[:1] if isinstance(statement, Apart) else ways  # a crowd would have too many ways to try them all

    def _choose(self, order: Sequence[Goal], ways: dict[Goal, list[int]]) -> tuple[_Attempt, Goal | None]:
        """A solver that holds every statement, or the statement that has no way left."""
        chosen: list[Choice] = []
        attempt = self._attempt(order, chosen)
        for statement in order:
            for way in ways[statement]:
                if attempt.require(statement, way):
                    chosen.append((statement, way))
                    break
                attempt = self._attempt(order, chosen)  # a solver that has refused something may break what it held
                if way == ways[statement][0] and len(ways[statement]) > 2:
                    if not attempt.require(statement, ALL_WAYS):
                        return attempt, statement
                    attempt = self._attempt(order, chosen)
            else:
                return attempt, statement
        return attempt, None

    def _sound(self, found: dict[int, Corners], statements: Sequence[Goal]) -> dict[int, Corners] | None:
        """Looked at once more in numbers."""
        boxes = [found.get(i, box) for i, box in enumerate(self.start)]
        sound = all(box.width > 0 and box.height > 0 for box in found.values())
        held = all(slack(self.rules.alternatives(s, boxes) or [[]]) >= 0 for s in statements)
        return found if sound and held else None

    def _attempt(self, statements: Iterable[Goal], chosen: Sequence[Choice]) -> _Attempt:
        self.attempts += 1
        moving = sorted({i for s in statements for i in ends(s)} - self.fixed)
        if not self._pool:
            self._pool = _variables(4 * len(self.start))
        attempt = _Attempt(self.start, moving, self.rules, self._pool)
        for statement, way in chosen:
            attempt.require(statement, way)
        return attempt


class _Attempt:
    """One solver, with the wishes of the boxes that may move; the others are numbers."""

    def __init__(self, start: Sequence[Corners], moving: Sequence[int], rules: Rules, pool: list[Variable]) -> None:
        self.rules = rules
        self.start = start
        self.moving = moving
        self.solver = Solver()
        self.now = list(start)
        stay, keep_size = (kiwisolver.strength.create(0, 0, weight) for weight in (1, SIZE_WEIGHT))
        for place, i in enumerate(moving):
            before = start[i]
            x0, y0, x1, y1 = pool[4 * place : 4 * place + 4]
            box = self.now[i] = replace(before, x0=x0, y0=y0, x1=x1, y1=y1)
            for low, high, length in ((x0, x1, before.width), (y0, y1, before.height)):
                for constraint in (low >= 0, high <= 1, high - low >= min(SMALLEST, length)):
                    self.solver.addConstraint(constraint)
            for middle, was in zip(box.middle, before.middle, strict=True):
                self.solver.addConstraint((middle == was) | stay)
            for length, was in ((box.width, before.width), (box.height, before.height)):
                self.solver.addConstraint((length == was) | keep_size)

    def require(self, statement: Goal, way: int) -> bool:
        """Hold a statement in one of its ways, or what all of them have in common.

        Returns:
            False if it cannot be held; then this solver is spoilt.
        """
        alternatives = self.rules.alternatives(statement, self.now)
        assert alternatives is not None
        if isinstance(statement, Apart) and not self._add(self._large_enough(statement)):
            return False
        if way != ALL_WAYS:
            return self._add(alternatives[way])
        others = [{id(condition) for condition in conditions} for conditions in alternatives[1:]]
        return self._add([c for c in alternatives[0] if all(id(c) in other for other in others)])

    def _large_enough(self, pair: Apart) -> Conditions:
        """What is kept apart is not squeezed until nothing is seen of it."""
        sides = ((self.now[i], self.start[i]) for i in ends(pair) if i in self.moving)
        return [
            length - KEPT_SIZE * was
            for box, before in sides
            for length, was in ((box.width, before.width), (box.height, before.height))
        ]

    def _add(self, conditions: Conditions) -> bool:
        constraints: list[Constraint] = []
        for condition in conditions:
            if isinstance(condition, int | float):  # between boxes that do not move
                if condition < 0:
                    return False
                continue
            constraints.append(condition >= MARGIN)
        try:
            for constraint in constraints:
                self.solver.addConstraint(constraint)
        except kiwisolver.UnsatisfiableConstraint:
            return False
        return True

    def boxes(self) -> dict[int, Corners]:
        """Where the boxes are that may move; what nothing touched is exactly where it was."""
        self.solver.updateVariables()
        found = {}
        for i in self.moving:
            values = []
            for name in NAMES:
                now, before = getattr(self.now[i], name).value(), getattr(self.start[i], name)
                values.append(_six_digits(min(1.0, max(0.0, now)), before))
            x0, y0, x1, y1 = values
            found[i] = replace(self.start[i], x0=x0, y0=y0, x1=x1, y1=y1)
        return found


def _variables(count: int) -> list[Variable]:
    """Variables in the order in which the solver sums them.

    That is where they lie in memory, which differs from call to call: sums would differ in their last bit, and with
    them the choice between layouts that are equally near. Only a listing of a solver's variables shows the order.
    """
    found = {str(i): Variable(str(i)) for i in range(count)}
    listing = Solver()
    for variable in found.values():
        listing.addConstraint(variable >= 0)
    lines = listing.dumps().partition("Variables")[2].partition("Edit Variables")[0].splitlines()
    return [found[name] for name in (line.partition(" = ")[0] for line in lines) if name in found]


def _six_digits(value: float, before: float) -> float:
    return before if abs(value - before) < 1e-9 else round(value + OFF_TIES, 6)
