"""Make the packaged word list from WordNet: what is the same as what, and what is a kind of what.

usage: python build_lexicon.py [/usr/share/wordnet] [../sg2im_parsers/data/words.txt]

Each word keeps the sense that captions mean (see `choose`), each sense what it is a kind of. `lexicon_senses.toml` says
where WordNet's own order of senses will not do. The file is one sorted table, searched where it lies:

    sea lion<TAB>!8a3     a word, its senses; "!" if it is no kind of what its last word says
    #8a3<TAB>7f 7g        a sense, the more general ones
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from wordnet import Nouns

SEEN = frozenset(
    {"animal", "artifact", "body", "food", "location", "object", "person", "phenomenon", "plant", "substance", "tops"}
)
"""Fields of meanings that are kept: of what can be seen."""

RIVALS = SEEN | {"communication", "group", "shape"}
"""Fields that a word is tried for: "school" is a group first, and then it is no building."""

RUDE = ("slur", "offensive", "disparag", "obscene")
"""Words of definitions that mark a meaning nobody is drawn for."""

LEAST_SHARE = 0.1
"""The first sense that can be seen counts if it is at least so frequent beside the word's most frequent one."""

LEAST_SEEN = 3
"""A person comes before a thing of the same word if it was met so often: a toaster toasts bread."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Chooser:
    """Which senses of a word count.

    Args:
        nouns: WordNet's.
        senses: numbers of senses by word, where they are set by hand.
    """

    def __init__(self, nouns: Nouns, senses: Mapping[str, Sequence[int]]) -> None:
        self.nouns = nouns
        self.senses = senses

    def choose(self, word: str) -> tuple[str, ...]:
        """The offsets of the senses that count: those set by hand, or the first that can be seen."""
        offsets = self.nouns.senses[word]
        spoken = word.replace("_", " ")
        if spoken in self.senses:
            return tuple(offsets[i - 1] for i in self.senses[spoken])
        counts = {offset: self.nouns.counts.get((word, i), 0) for i, offset in enumerate(offsets, 1)}
        most = max(counts.values())
        seen = [o for o in offsets if self._is_seen(o, word)]
        if not seen or counts[seen[0]] < LEAST_SHARE * most or (most == 0 and offsets.index(seen[0]) > 1):
            return ()
        return tuple(self._preferred(seen, counts)[:1])

    def _is_seen(self, offset: str, word: str) -> bool:
        """No name ("Crane"), no chemical symbol, no genus or people ("Ottoman") where the word has other senses."""
        synset = self.nouns.synsets[offset]
        capital = all(w[0].isupper() for w in synset.words if w.lower() == word)
        other = capital and synset.field in ("animal", "plant", "person") and len(self.nouns.senses[word]) > 1
        rude = any(mark in synset.gloss for mark in RUDE)
        symbol = synset.field == "substance" and len(word) < 3
        return synset.field in RIVALS and not (synset.named or other or rude or symbol)

    def _preferred(self, seen: list[str], counts: Mapping[str, int]) -> list[str]:
        """In captions food comes before the plant it grows on, trees before their wood, things before rare people."""
        fields = {offset: self.nouns.synsets[offset].field for offset in seen}
        if not seen or fields[seen[0]] not in ("plant", "substance", "person"):
            return seen
        if fields[seen[0]] == "person":
            things = [o for o in seen if fields[o] in ("animal", "artifact", "food", "plant")]
            return seen if counts[seen[0]] >= LEAST_SEEN else things + seen
        food = [o for o in seen if fields[o] == "food"]
        return food + [o for o in seen if self._is_tree(o)] + seen

    def _is_tree(self, offset: str) -> bool:
        return self.nouns.senses["tree"][0] in self.nouns.above(offset)


def build(nouns: Nouns, senses: Mapping[str, Sequence[int]], useless: Sequence[str]) -> dict[str, str]:
    """The table: words and senses, each with what belongs to it."""
    chooser = Chooser(nouns, senses)
    general = {_sense(nouns, name) for name in useless}
    chosen = {word: tuple(o for o in chooser.choose(word) if o not in general) for word in nouns.senses}
    opaque = {word for word in chosen if _is_opaque(nouns, chosen, word)}
    chosen = {
        word: tuple(o for o in offsets if nouns.synsets[o].field in SEEN or word.replace("_", " ") in senses)
        for word, offsets in chosen.items()
    }
    kept = sorted({above for offsets in chosen.values() for o in offsets for above in nouns.above(o)} - general)
    numbers = {offset: _number(i) for i, offset in enumerate(kept)}
    table: dict[str, str] = {}
    for word, offsets in chosen.items():
        if not _is_word(nouns, word):
            continue
        spoken = word.replace("_", " ")
        if offsets or word in opaque or spoken in senses:
            table[spoken] = ("!" if word in opaque else "") + " ".join(numbers[o] for o in offsets)
    for offset, number in numbers.items():
        parents = [numbers[p] for p in nouns.synsets[offset].parents if p in numbers]
        if parents:
            table[f"#{number}"] = " ".join(parents)
    return table


def _is_word(nouns: Nouns, word: str) -> bool:
    return word.replace("_", "").replace("-", "").replace("'", "").isalpha() and any(
        not nouns.synsets[o].named for o in nouns.senses[word]
    )


def _is_opaque(nouns: Nouns, chosen: Mapping[str, tuple[str, ...]], word: str) -> bool:
    """Whether a compound is in WordNet as something that can be seen, but not as a kind of what its last word is."""
    head = word.rpartition("_")[2]
    seen = any(nouns.synsets[o].field in SEEN for o in chosen[word])
    if head == word or head not in chosen or not seen:
        return False
    above = {a for o in nouns.senses[word] for a in nouns.above(o)}
    return not above & set(chosen[head])


def _sense(nouns: Nouns, name: str) -> str:
    word, _, number = name.rpartition(" ")
    return nouns.senses[word.replace(" ", "_")][int(number) - 1]


def _number(i: int) -> str:
    digits = DIGITS[i % 36]
    while i := i // 36:
        digits = DIGITS[i % 36] + digits
    return digits


def main() -> None:
    """See the module's text."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wordnet", type=Path, nargs="?", default=Path("/usr/share/wordnet"))
    parser.add_argument("output", type=Path, nargs="?", default=here.parent / "sg2im_parsers" / "data" / "words.txt")
    args = parser.parse_args()
    settings = tomllib.loads((here / "lexicon_senses.toml").read_text(encoding="utf8"))
    senses = settings["senses"] | dict.fromkeys(settings["unsafe"], ())
    table = build(Nouns(args.wordnet), senses, settings["useless"])
    lines = sorted(f"{key}\t{value}\n".encode("ascii") for key, value in table.items())
    args.output.write_bytes(b"".join(lines))
    words = sum(not key.startswith("#") for key in table)
    print(f"{args.output}: {words} words, {args.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
