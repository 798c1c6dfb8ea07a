"""A story as scenes: each line's graph, and which of its objects were in the scene before.

The lines of a story each do one thing (see `story_lines`): describe a scene anew, add to it, replace something of it,
or take from it. No picture is needed to tell what becomes of the scene, and no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sg2im_errors import InputError
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.grounding.account import Account, require_every_word
from sg2im_parsers.grounding.graph import ground_graph, known_part, require_drawable
from sg2im_parsers.grounding.sentence import Grounded, ground, require_objects
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.stories.alignment import pair_objects
from sg2im_parsers.stories.edits import Change, add, move, remove, substitute
from sg2im_parsers.stories.lines import Kind, StoryLine, read_lines
from sg2im_parsers.stories.pronouns import name_pronouns
from sg2im_parsers.vocabulary import Vocabulary

Parser = Callable[[str], ParsedText]
NOTHING_NEW = "This line changes nothing."
TAKEN_AWAY = "taken away"


@dataclass(frozen=True)
class Scene:
    """What there is after one line.

    Attributes:
        number: of the line in its file, or of the graph in its list, from 1.
        text: the line as written; None for a graph.
        kind: what the line did.
        graph: all that there is now, in a model's words, without boxes of its own unless a graph gave them.
        kept: for each object its position in the scene before; None for what is new.
        moved: objects that were there before, and of which something new is said: where they are must be found anew.
        account: what became of the line's words.
        spoken_of: positions of the objects, what was spoken of last first.
    """

    number: int
    text: str | None
    kind: Kind
    graph: SceneGraph
    kept: tuple[int | None, ...]
    moved: frozenset[int]
    account: Account
    spoken_of: tuple[int, ...]


def read_story(
    text: str, parser: Parser, vocabulary: Vocabulary, seed: int = 0, strict: bool = False
) -> tuple[Scene, ...]:
    """The scenes of a story.

    Args:
        text: with a line for each scene.
        parser: reads a line.
        vocabulary: of the model.
        seed: says which side "beside" is on, where a model has only sides.
        strict: refuse a line of which a word is dropped.

    Raises:
        InputError: a line cannot be understood; the message begins with its number, for the end of a sentence.
    """
    reader = _Reader(parser, vocabulary, seed, strict)
    scenes: list[Scene] = []
    for line in read_lines(text):
        try:
            scenes.append(reader.scene(line, scenes[-1] if scenes else None))
        except InputError as error:
            raise InputError(f"line {line.number}: {error}") from None
    return tuple(scenes)


def scenes_of(graphs: Sequence[SceneGraph], vocabulary: Vocabulary, strict: bool = False) -> tuple[Scene, ...]:
    """Graphs as the scenes of a story; words that the model does not know are left out, and said.

    Args:
        graphs: in the order of the story.
        vocabulary: of the model.
        strict: refuse graphs with words that would be left out.

    Raises:
        InputError: nothing of one of them can be drawn, or ``strict``.
    """
    if strict:
        require_drawable(graphs, vocabulary)
    scenes: list[Scene] = []
    for number, given in enumerate(graphs, 1):
        known, lost = known_part(given, vocabulary)
        if not known.objects:
            require_drawable([given], vocabulary)
        remarks = (f"Left out, as the weights do not know them: {', '.join(lost)}.",) if lost else ()
        graph = ground_graph(known, vocabulary)
        scenes.append(_anew(number, None, graph, Account((), remarks), scenes[-1] if scenes else None))
    return tuple(scenes)


def _anew(number: int, text: str | None, graph: SceneGraph, account: Account, before: Scene | None) -> Scene:
    """A scene that is told as a whole."""
    kept: tuple[int | None, ...] = (None,) * len(graph.objects)
    moved: frozenset[int] = frozenset()
    if before is not None:
        kept = pair_objects(graph, before.graph)
        moved = move(graph, before.graph, kept)
    return Scene(number, text, "scene", graph, kept, moved, account, tuple(range(len(graph.objects))))


def _without(account: Account, before: SceneGraph, change: Change) -> Account:
    """The account of a line whose words name what is not there any more: nothing became of these."""
    gone = {item.name for i, item in enumerate(before.objects) if i not in change.kept}
    words = (replace(word, becomes=None, reason=TAKEN_AWAY) if word.becomes in gone else word for word in account.words)
    return replace(account, words=tuple(words))


class _Reader:
    def __init__(self, parser: Parser, vocabulary: Vocabulary, seed: int, strict: bool) -> None:
        self.parser, self.vocabulary, self.seed, self.strict = parser, vocabulary, seed, strict

    def scene(self, line: StoryLine, before: Scene | None) -> Scene:
        if before is None and line.kind in ("removal", "replacement"):
            raise InputError("there is nothing yet to take away; begin with a line that describes a scene.")
        if before is None or line.kind == "scene":
            _, grounded = self._ground(line.said, None)
            return _anew(line.number, line.text, grounded.graph, grounded.account, before)
        parsed, grounded = self._ground(line.said, before)
        if line.kind == "removal":
            change = remove(before.graph, before.spoken_of, parsed, grounded)
            grounded = replace(grounded, account=_without(grounded.account, before.graph, change))
        elif line.kind == "replacement":
            _, new = self._ground(line.instead, before)
            change = substitute(before.graph, before.spoken_of, parsed, grounded, new.graph)
            words = (*_without(grounded.account, before.graph, change).words, *new.account.words)
            grounded = replace(grounded, account=Account(words, (*grounded.account.remarks, *new.account.remarks)))
        else:
            change = add(before.graph, before.spoken_of, parsed, grounded, self.vocabulary)
        return self._changed(line, before, change, grounded.account)

    def _ground(self, said: str, before: Scene | None) -> tuple[ParsedText, Grounded]:
        known = () if before is None else [before.graph.objects[i] for i in before.spoken_of]
        named = name_pronouns(said, known)
        parsed = self.parser(named.text)
        grounded = ground(parsed, self.vocabulary, seed=self.seed)
        require_objects(grounded, parsed)
        account = named.account(grounded.account)
        if self.strict:
            require_every_word(account)
        return parsed, replace(grounded, account=account)

    def _changed(self, line: StoryLine, before: Scene, change: Change, account: Account) -> Scene:
        remarks = [*account.remarks, *change.remarks]
        if change.graph == before.graph and not change.moved:
            remarks.append(NOTHING_NEW)
        account = replace(account, remarks=tuple(remarks))
        rest = [i for old in before.spoken_of for i, kept in enumerate(change.kept) if kept == old]
        spoken_of = tuple(dict.fromkeys((*change.spoken_of, *rest)))
        return Scene(line.number, line.text, line.kind, change.graph, change.kept, change.moved, account, spoken_of)
