"""From a scene graph in a sentence's words to one in a model's words, with an account of every word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from sg2im_errors import InputError
from sg2im_parsers.english.parsed_text import Mention, ParsedText
from sg2im_parsers.grounding.account import Account, WordAccount
from sg2im_parsers.grounding.attributes import Said, WordStatus, attribute_statuses, ground_attributes
from sg2im_parsers.grounding.copies import MOST_COPIES
from sg2im_parsers.grounding.graph import object_match
from sg2im_parsers.grounding.known_names import read_word, with_known_names
from sg2im_parsers.grounding.lexicon import Lexicon
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.possession import relation
from sg2im_parsers.grounding.scenes import find_scenes
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon, words_of
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

MOST_OBJECTS = 32
"""The most objects of a grounded graph; what comes later in the sentence is dropped."""

DENIED = "the text says that it is not so"
STYLE = "style, not drawn"
PLACE = "where in the picture: the graph keeps it; the model does not draw by it, but it is checked and can be enforced"


@dataclass(frozen=True)
class Grounded:
    """A scene graph in a model's words.

    Attributes:
        graph: objects with ``name`` (the model's word) and ``text`` (the sentence's).
        account: what became of every content word.
        by_seed: whether another seed may give another graph: "beside" as left of or right of.
        mentioned: for each object of the graph, the position of its mention in the parsed text.
    """

    graph: SceneGraph
    account: Account
    by_seed: bool = False
    mentioned: tuple[int, ...] = ()


def ground(
    parsed: ParsedText,
    vocabulary: Vocabulary,
    lexicon: Lexicon | None = None,
    seed: int = 0,
    scenes: bool = True,
) -> Grounded:
    """Map what a text says to the words of a vocabulary.

    A number makes that many objects, at most `MOST_COPIES`, but "a lot of snow" is one; a bare plural is one object for
    stuff and two for things. Each copy carries the relationships: those of "two men on two horses" one to one, of "two
    men on a horse" all to the same.

    Args:
        parsed: what the parser found.
        vocabulary: the words a model knows.
        lexicon: what may stand for what; the packaged one if not given.
        seed: says which side "beside" is on, where a vocabulary has only sides.
        scenes: whether a scene ("a kitchen") brings what such scenes have; see `sg2im_parsers.grounding.scenes`.
    """
    return _Grounding(parsed, words_of(vocabulary, lexicon), seed, scenes).grounded()


class _Grounding:
    def __init__(self, parsed: ParsedText, words: VocabularyLexicon, seed: int, scenes: bool) -> None:
        parsed = with_known_names(parsed, words)
        self.parsed, self.words, self.vocabulary = parsed, words, words.vocabulary
        self.remarks: list[str] = list(parsed.remarks)
        self.guesses = dict(parsed.guesses)
        self.matches = [self._match(*pair) for pair in zip(parsed.graph.objects, parsed.mentions, strict=True)]
        self.scenes = find_scenes(parsed, self.matches, words) if scenes else {}
        found = map(self._relation, parsed.graph.relationships)
        self.predicates = [match and match.decided(seed, i) for i, match in enumerate(found)]
        self.contents = dict(self._find_contents())
        self.said = [self._attributes(index) for index in range(len(self.matches))]
        self.copies = self._copy_objects()

    def grounded(self) -> Grounded:
        objects = [item for copies in self.copies for item in copies]
        starts = [0, *accumulate(len(copies) for copies in self.copies)]
        for content, container in self.contents.items():
            starts[content] = starts[container]
        relationships: list[Relationship] = []
        for relationship, match in zip(self.parsed.graph.relationships, self.predicates, strict=True):
            if match is not None:
                relationships += self._spread(relationship, match, starts)
        mentioned = [mention for mention, copies in enumerate(self.copies) for _ in copies]
        things = [range(start, start + len(self._made(mention))) for mention, start in enumerate(starts[:-1])]
        for mention, brought in self.scenes.items():
            relationships += brought.placed(len(objects), things)
            objects += [SceneObject(name=name) for name in brought.names]
            mentioned += [mention] * len(brought.names)
        unique = tuple(dict.fromkeys(relationships))
        by_seed = any(match is not None and match.other is not None for match in self.predicates)
        account = Account(self._entries(), tuple(self.remarks))
        return Grounded(SceneGraph(tuple(objects), unique), account, by_seed, tuple(mentioned))

    def _match(self, item: SceneObject, mention: Mention) -> Match | None:
        """By the words of its name; "he" and "they" have none, so by what the parser took them for."""
        head = self.parsed.words[mention.head]
        if head.tag == "PRP" and item.text:
            return object_match(self.words, item.text)
        compounds = [self._read(word) for word in mention.name_words if word != mention.head]
        return self.words.object(self._name(mention), " ".join([*compounds, head.lemma]), head.lemma)

    def _relation(self, said: Relationship) -> Match | None:
        place = self.parsed.graph.objects[said.object].place or ""
        return relation(self.words, said.predicate, self.matches[said.subject], self.matches[said.object], place)

    def _name(self, mention: Mention) -> str:
        return " ".join(map(self._read, mention.name_words))

    def _read(self, word: int) -> str:
        return read_word(self.parsed, word)

    def _find_contents(self) -> Iterator[tuple[int, int]]:
        """What is only drawn as that which it is in, as the coffee of "a cup of coffee": both are one object."""
        for said in self.parsed.graph.relationships:
            content, container = self.matches[said.subject], self.matches[said.object]
            same = content is not None and container is not None and content.name == container.name
            rules = (content and content.rule, container and container.rule)
            if same and said.predicate == "in" and rules[0] == "usually" != rules[1]:
                yield said.subject, said.object

    def _attributes(self, index: int) -> tuple[Said, ...]:
        """What is said of an object, in the model's words; nothing of what is not drawn as itself."""
        match, lost = self.matches[index], None
        if match is None and index in self.scenes:
            lost = f"{self.parsed.graph.objects[index].text!r} is a scene; say it of a thing in it"
        elif match is None:
            lost = f"{self.parsed.graph.objects[index].text!r} was dropped"
        elif index in self.contents:
            container = self.parsed.graph.objects[self.contents[index]].text
            lost = f"{self.parsed.graph.objects[index].text!r} is drawn only as the {container!r} that it is in"
        return ground_attributes(self.parsed, self.words, index, "" if match is None else match.name, lost)

    def _made(self, index: int) -> list[SceneObject]:
        return self.copies[self.contents.get(index, index)]

    def _copy_objects(self) -> list[list[SceneObject]]:
        copies: list[list[SceneObject]] = []
        total = 0
        every = zip(self.parsed.graph.objects, self.parsed.mentions, self.matches, strict=True)
        for index, (item, mention, match) in enumerate(every):
            wanted = 0 if match is None or index in self.contents else self._count(item, mention, match)
            count = min(wanted, MOST_OBJECTS - total)
            if count < wanted:
                self.remarks.append(f"At most {MOST_OBJECTS} objects are drawn; of {item.text!r} there are {count}.")
            total += count
            said = tuple(dict.fromkeys(said.match.name for said in self.said[index] if said.match is not None))
            one = None if match is None else replace(item, name=match.name, attributes=said, quantity=None)
            copies.append([] if one is None else [one] * count)
        return copies

    def _count(self, item: SceneObject, mention: Mention, match: Match) -> int:
        stuff = self.words.is_stuff(match.name)
        if item.quantity is None and not mention.plural and stuff:
            return 1
        if mention.amount is not None:
            if mention.amount > MOST_COPIES:
                self.remarks.append(f"{mention.amount} of {match.name!r} were asked for; {MOST_COPIES} are drawn.")
            return max(1, min(mention.amount, MOST_COPIES))
        one = stuff or self.parsed.words[mention.head].text.lower() in self.words.lexicon.pairs
        return 2 if mention.plural and not one else 1

    def _spread(self, relationship: Relationship, match: Match, starts: list[int]) -> list[Relationship]:
        subject, target = relationship.subject, relationship.object
        if match.inverted:
            subject, target = target, subject
        left = range(starts[subject], starts[subject] + len(self._made(subject)))
        right = range(starts[target], starts[target] + len(self._made(target)))
        if len(left) == len(right):
            pairs = list(zip(left, right, strict=True))
        else:
            pairs = [(s, o) for s in left for o in right]
        return [Relationship(s, match.name, o) for s, o in pairs if s != o]

    def _entries(self) -> tuple[WordAccount, ...]:
        found: dict[int, WordAccount] = {}
        for index, (relationship, match) in enumerate(
            zip(self.parsed.graph.relationships, self.predicates, strict=True)
        ):
            for word in self.parsed.relation_words[index]:
                entry = self._relation_entry(word, relationship, match)
                if word not in found or found[word].status == "dropped":
                    found[word] = entry
        objects: dict[int, WordAccount] = {}
        for index, mention in enumerate(self.parsed.mentions):
            for word, entry in self._object_entries(index, mention).items():
                if word not in objects or objects[word].status == "dropped":
                    objects[word] = entry
        found |= objects
        found |= {word: self._entry(word, "style", reason=STYLE) for word in self.parsed.style}
        content = [i for i, word in enumerate(self.parsed.words) if word.content or i in found]
        return tuple(found.get(i) or self._unused(i) for i in content)

    def _object_entries(self, index: int, mention: Mention) -> dict[int, WordAccount]:
        match = self.matches[index]
        entries: dict[int, WordAccount] = {}
        for word in (*mention.name_words, *mention.again):
            if index in self.scenes and word not in mention.again:
                entries[word] = self._scene_entry(word, index)
            else:
                entries[word] = self._name_entry(word, mention, match, len(self._made(index)))
        statuses = attribute_statuses(self.parsed, self.words, self.said[index])
        for word, status in statuses.items():
            entries[word] = self._attribute_entry(word, index, status)
        for word in mention.number_words:
            if word not in statuses or mention.amount is not None:
                entries[word] = self._number_entry(word)
        for word in mention.place_words:
            if self.parsed.words[word].content:
                entries[word] = self._place_entry(word, index)
        return entries

    def _attribute_entry(self, word: int, index: int, status: WordStatus) -> WordAccount:
        if status.status != "dropped" and not self.copies[index]:
            return self._entry(word, "dropped", reason=f"at most {MOST_OBJECTS} objects are drawn")
        return self._entry(word, *status)

    def _place_entry(self, word: int, index: int) -> WordAccount:
        if not self.copies[index]:
            return self._entry(word, "dropped", reason=f"{self.parsed.graph.objects[index].text!r} was dropped")
        return self._entry(word, "kept", self.parsed.graph.objects[index].place, reason=PLACE)

    def _number_entry(self, word: int) -> WordAccount:
        """What a number counts: of "two men wearing hats", two people and two hats."""
        counted = [index for index, mention in enumerate(self.parsed.mentions) if word in mention.number_words]
        if all(self.parsed.mentions[index].amount is None for index in counted):
            return self._entry(word, "dropped", reason="it says nothing that can be drawn")
        made: dict[str, int] = {}
        for item in (item for index in counted for item in self.copies[index]):
            made[item.label] = made.get(item.label, 0) + 1
        if not made:
            return self._entry(word, "dropped", reason="what it counts was dropped")
        return self._entry(word, "mapped", ", ".join(f"{n} x {name}" for name, n in made.items()), "number")

    def _name_entry(self, word: int, mention: Mention, match: Match | None, made: int) -> WordAccount:
        if match is None:
            near = self.vocabulary.nearest_objects(self.parsed.words[mention.head].lemma)
            reason = f"this model cannot draw {self._name(mention)!r}"
            return self._entry(word, "dropped", reason=reason, nearest=near)
        if made == 0:
            return self._entry(word, "dropped", reason=f"at most {MOST_OBJECTS} objects are drawn")
        if word in mention.again:
            return self._entry(word, "mapped", match.name, "same object again")
        if match.rule == "exact":
            return self._entry(word, "kept", match.name)
        return self._entry(word, "mapped", match.name, match.rule)

    def _scene_entry(self, word: int, index: int) -> WordAccount:
        own = dict.fromkeys(item.label for item in self._made(index))
        return self._entry(word, "mapped", ", ".join([*own, *self.scenes[index].names]), "a scene")

    def _relation_entry(self, word: int, relationship: Relationship, match: Match | None) -> WordAccount:
        ends = (relationship.subject, relationship.object)
        for end, other in (ends, ends[::-1]):
            if end in self.scenes and not self._made(end) and self._made(other):
                scene = self.parsed.graph.objects[end].text
                return self._entry(word, "mapped", f"in the {scene}", "a scene")
        if match is None:
            near = self.vocabulary.nearest_predicates(relationship.predicate)
            reason = f"this model has no relation for {relationship.predicate!r}"
            return self._entry(word, "dropped", reason=reason, nearest=near)
        for end in ends:
            if not self._made(end):
                return self._entry(word, "dropped", reason=f"{self.parsed.graph.objects[end].text!r} was dropped")
        if self.contents.get(relationship.subject) == relationship.object:
            return self._entry(word, "mapped", self._made(relationship.object)[0].name, "same object again")
        if match.rule == "exact" and self._read(word) in match.name.split():
            return self._entry(word, "kept", match.name)
        rule: str = "base form" if match.rule == "exact" else match.rule
        if match.inverted:
            rule += ", turned round"
        if match.other is not None:
            rule += ", side by the seed"
        return self._entry(word, "mapped", match.name, rule)

    def _unused(self, word: int) -> WordAccount:
        if word in self.parsed.denied:
            return self._entry(word, "dropped", reason=DENIED)
        return self._entry(word, "dropped", reason="no rule made an object or a relation of it")

    def _entry(
        self,
        word: int,
        status: str,
        becomes: str | None = None,
        rule: str | None = None,
        reason: str | None = None,
        nearest: tuple[str, ...] = (),
    ) -> WordAccount:
        token = self.parsed.words[word]
        if word in self.guesses and status != "dropped":
            status, rule = "mapped", ", ".join(filter(None, (f"read as {self.guesses[word]!r}", rule)))
        return WordAccount(token.text, token.start, status, becomes, rule, reason, nearest)  # type: ignore[arg-type]


def require_objects(grounded: Grounded, parsed: ParsedText) -> None:
    """Refuse a text of which nothing can be drawn.

    Raises:
        InputError: with the nearest known words, if there are any.
    """
    if grounded.graph.objects:
        return
    if not parsed.text.strip():
        raise InputError("The text is empty; describe a scene, such as: a car on the street.")
    names = [item.text or "" for item in parsed.graph.objects]
    near = list(dict.fromkeys(name for word in grounded.account.dropped for name in word.nearest))
    hint = f"; it knows {', '.join(near[:4])}" if near else ""
    if names:
        raise InputError(f"This model cannot draw {', '.join(map(repr, names))}{hint}. Use other words or weights.")
    raise InputError("No object was found in the text; describe a scene, such as: a car on the street.")
