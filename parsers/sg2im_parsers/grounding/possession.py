"""Where "with" and "have" put things: a door on its house, but a dog beside its man, and mountains behind a beach."""

from __future__ import annotations

from dataclasses import replace

from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon

FAR = ("background", "distance")
"""What has its place there is behind what has it."""


def relation(
    words: VocabularyLexicon, predicate: str, owner: Match | None, thing: Match | None, place: str
) -> Match | None:
    """The model's word for a relation; that of "with" and "have" depends on what has what, and where.

    Args:
        words: of the model.
        predicate: in the text's words, such as "with".
        owner: the subject in the model's words; None if it is dropped.
        thing: the object, likewise.
        place: where in the picture the text puts the object; empty if it does not say.
    """
    usual = words.predicate(predicate)
    if usual is None or not (predicate in ("with", "have") or (usual.rule, predicate[-5:]) == ("preposition", " with")):
        return usual
    if any(word in place for word in FAR) and (found := words.predicate("behind")) is not None:
        return replace(found, rule="phrase", inverted=not found.inverted)
    living, standing = words.lexicon.living, words.lexicon.standing
    if owner is not None and thing is not None and owner.name in living and thing.name in living | standing:
        found = words.predicate("beside")
        return usual if found is None else replace(found, rule="phrase")
    return usual
