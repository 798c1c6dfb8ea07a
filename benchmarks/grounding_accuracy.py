"""Whether words become what a person says they should: objects and relations, and how much of real captions is drawn.

python benchmarks/grounding_accuracy.py [CAPTIONS.csv] [--vocabularies FOLDER] [--errors]

The labelled words are in parsers/training/labels; their README says how they were labelled. Right is a word that the
label allows, or dropped where the label says that nothing fits; "first" counts only the first answer of a label.
CAPTIONS.csv is FACTUAL's factual_dev.csv: its captions are parsed, and of the objects found in them the share that is
drawn is counted, and how those fare that have a label. FOLDER holds visual_genome.json and coco_stuff.json, the
original project's vocabularies, for the relations into them.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sg2im_parsers import SceneGraphParser, load_pipeline
from sg2im_parsers.grounding.graph import object_match
from sg2im_parsers.grounding.lexicon import packaged_lexicon
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

LABELS = Path(__file__).parents[1] / "parsers" / "training" / "labels"
NOTHING = "-"


@dataclass
class Tally:
    """How many answers were right, by word and by mention.

    Attributes:
        words: number of words that were right, "first" (right by the first answer), "wrong" and "lost": dropped though
            something fits.
        mentions: the same, each word as often as it was said.
        errors: what was not right, for people.
    """

    words: Counter[str] = field(default_factory=Counter)
    mentions: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def add(self, word: str, answer: str, allowed: list[str], said: int) -> None:
        """Count one answer."""
        verdict = "right" if answer in allowed else "lost" if answer == NOTHING else "wrong"
        for counter, count in ((self.words, 1), (self.mentions, said)):
            counter["all"] += count
            counter[verdict] += count
            counter["first"] += count * (answer == allowed[0])
        if verdict != "right":
            self.errors.append(f"{verdict}: {word} became {answer}, not {' or '.join(allowed)}")

    def line(self, title: str) -> str:
        """Shares in percent."""
        kinds = ("right", "first", "wrong", "lost")
        by_word, by_mention = (
            "  ".join(f"{kind} {100 * counter[kind] / max(1, counter['all']):5.1f}" for kind in kinds)
            for counter in (self.words, self.mentions)
        )
        return f"{title:34} words {self.words['all']:5}: {by_word}   mentions {self.mentions['all']:6}: {by_mention}"


def read_labels(file: str, column: str) -> dict[str, tuple[list[str], int]]:
    """Words with what they may become, and how often they were said."""
    with (LABELS / file).open(encoding="utf8", newline="") as rows:
        return {
            row.get("noun") or row["phrase"]: (row[column].split("|"), int(row["mentions"]))
            for row in csv.DictReader(rows)
        }


def judge(labels: Mapping[str, tuple[list[str], int]], find: Callable[[str], Match | None]) -> Tally:
    """Look every labelled word up."""
    tally = Tally()
    for word, (allowed, said) in labels.items():
        tally.add(word, spell(find(word)), allowed, said)
    return tally


def spell(match: Match | None) -> str:
    """A match as the labels write it."""
    return NOTHING if match is None else ("~" if match.inverted else "") + match.name


def judge_captions(path: Path, vocabulary: Vocabulary) -> tuple[int, int, Tally]:
    """Objects found in captions, how many of them are drawn, and the answers for those that have a label."""
    labels = read_labels("objects_1_400.csv", "default") | read_labels("objects_401_600.csv", "default")
    with path.open(encoding="utf8", newline="") as rows:
        captions = [row["caption"] for row in csv.DictReader(rows)]
    found, drawn, tally = 0, 0, Tally()
    for parsed in SceneGraphParser(load_pipeline()).pipe(captions):
        fates = {word.start: word for word in ground(parsed, vocabulary, scenes=False).account.words}
        for item, mention in zip(parsed.graph.objects, parsed.mentions, strict=True):
            fate = fates[parsed.words[mention.head].start]
            found, drawn = found + 1, drawn + (fate.becomes is not None)
            if item.text in labels:
                tally.add(item.text, fate.becomes or NOTHING, labels[item.text][0], 1)
    return found, drawn, tally


def read_vocabularies(folder: Path | None) -> Iterable[tuple[str, VocabularyLexicon]]:
    """The default weights' words, and the original project's if their files are there."""
    lexicon = packaged_lexicon()
    yield "default", VocabularyLexicon(lexicon, Vocabulary.from_json(resolve("default").config["vocabulary"]))
    for name in ("visual_genome", "coco_stuff") if folder else ():
        import json

        assert folder is not None
        data = json.loads((folder / f"{name}.json").read_text(encoding="utf8"))
        yield name, VocabularyLexicon(lexicon, Vocabulary.from_json(data))


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captions", type=Path, nargs="?")
    parser.add_argument("--vocabularies", type=Path)
    parser.add_argument("--errors", action="store_true", help="say what was not right")
    args = parser.parse_args()
    tallies: list[tuple[str, Tally]] = []
    for name, words in read_vocabularies(args.vocabularies):
        if name == "default":
            for file in ("objects_1_400", "objects_401_600", "objects_rare_seen", "objects_rare_apart"):
                labels = read_labels(f"{file}.csv", name)
                tallies.append((file, judge(labels, lambda word, words=words: object_match(words, word))))
        tallies.append((f"relations_1_150 {name}", judge(read_labels("relations_1_150.csv", name), words.predicate)))
    if args.captions:
        vocabulary = Vocabulary.from_json(resolve("default").config["vocabulary"])
        found, drawn, tally = judge_captions(args.captions, vocabulary)
        tallies.append((f"{args.captions.name}, labelled nouns", tally))
        print(f"{args.captions.name}: {drawn} of {found} objects are drawn, {100 * drawn / max(1, found):.1f} %")
    for title, tally in tallies:
        print(tally.line(title))
        for error in tally.errors if args.errors else ():
            print(f"    {error}")


if __name__ == "__main__":
    main()
