"""Text to scene graph: a spaCy pipeline's tree, simplified, shown to the rules, and put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from typing import TYPE_CHECKING

from sg2im_parsers.english.extraction.anaphora import find_others
from sg2im_parsers.english.extraction.assembly import Assembly
from sg2im_parsers.english.extraction.distributivity import resolve_reciprocals, share_out, tell_each
from sg2im_parsers.english.extraction.locations import put_things_in_places
from sg2im_parsers.english.extraction.mentions import Thing, find_things
from sg2im_parsers.english.extraction.predicative import add_descriptions
from sg2im_parsers.english.extraction.relation_rules import packaged_rules
from sg2im_parsers.english.extraction.relations import find_relations
from sg2im_parsers.english.extraction.relatives import find_relatives
from sg2im_parsers.english.normalization.normalize import plain, put_back, read, to_read
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.rewrites.order import REWRITES
from sg2im_parsers.english.rewrites.rewrite import Rewrite, rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import packaged_phrasebook

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


class SceneGraphParser:
    """Finds the scene graph of a text.

    Args:
        nlp: an English pipeline with tags, lemmas and dependencies, in Universal Dependencies or ClearNLP labels.
    """

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp

    def __call__(self, text: str) -> ParsedText:
        """Parse one text; without words there are no objects."""
        return next(self.pipe([text]))

    def pipe(self, texts: Iterable[str], batch_size: int = 256) -> Iterator[ParsedText]:
        """Parse many texts, `batch_size` at a time, one result for each, in order."""
        readings, waiting = tee(read(text, self.nlp.make_doc(plain(text))) for text in texts)
        docs = self.nlp.pipe(map(to_read, waiting), batch_size=batch_size)
        for reading, doc in zip(readings, docs, strict=True):
            yield put_back(parse_doc(doc), reading)


def parse_doc(doc: Doc) -> ParsedText:
    """Find the scene graph of a Doc that has tags, lemmas and dependencies."""
    return parse_tree(*read_tree(doc))


def read_tree(doc: Doc, rewrites: Sequence[Rewrite] = REWRITES) -> tuple[Tree, dict[int, Thing]]:
    """A Doc's tree, rewritten until the rules can read it, and the things named in it."""
    book = packaged_phrasebook()
    tree = Tree.from_doc(doc)
    rewrite(tree, book, rewrites)
    things = find_things(tree, book)
    find_others(tree, book, things)
    find_relatives(tree, things)
    put_things_in_places(things, tree.places)
    return tree, things


def parse_tree(tree: Tree, things: dict[int, Thing]) -> ParsedText:
    """Find the scene graph of a tree that is rewritten; the things get what is said of them."""
    book = packaged_phrasebook()
    found = list(resolve_reciprocals(tree, things, find_relations(tree, book, packaged_rules())))
    share_out(tree, book, things, found)
    found = tell_each(tree, found)
    assembly = Assembly(tree, book, things)
    assembly.settle(found)
    found = assembly.told_once(found)
    told = {f.verb for f in found if f.verb is not None and f.subject in assembly.meant}
    add_descriptions(tree, book, assembly.things_meant, told)
    return assembly.parsed(found)
