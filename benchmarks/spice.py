"""SPICE and set match of the open graphs by FACTUAL's own evaluator, so that they stand beside the published figures.

python benchmarks/spice.py CAPTIONS.csv [--nlp NAME] [--environment FOLDER]

CAPTIONS.csv has the columns "caption" and "scene_graph", as FACTUAL does. The evaluator and what it imports are
installed from the package index, pinned, in a virtual environment of their own (build/spice if no folder is named):
nothing of it touches the environment at hand. Its synonyms (WordNet's) come with it, so nothing else is fetched. Two
things it can do are left out, because they need what is not on the index: lemmatising the words of both graphs first
(NLTK's WordNet), and soft SPICE (a sentence encoder).
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline

IMPORTED = ("nltk==3.10.4", "tabulate==0.10.0")
EVALUATOR = "factualscenegraph==0.7.3"
"""Installed without what it asks for: of torch, transformers and spaCy the two scores used here import nothing."""

SCORE = """
import json, sys
from factual_scene_graph.evaluation.set_match_evaluation import eval_set_match
from factual_scene_graph.evaluation.spice_evaluation import eval_spice
for line in sys.stdin:
    told, drawn = json.loads(line)
    print(json.dumps([eval_spice(told, [drawn], False, True), bool(eval_set_match(told, [drawn]))]))
"""
"""Reads pairs of graphs; scores each as the evaluator's own `evaluate` does by default."""


def environment(folder: Path) -> Path:
    """The Python of a virtual environment that has the evaluator, made if it is not there."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = folder / "evaluator.txt"
    if not done.exists() or done.read_text(encoding="utf8") != EVALUATOR:
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *IMPORTED], check=True)
        subprocess.run([*install, "--no-deps", EVALUATOR], check=True)
        done.write_text(EVALUATOR, encoding="utf8")
    return python


def told(parsed: ParsedText) -> str:
    """A graph as the corpus writes it, "( man , ride , horse ) , ( horse , is , brown ) , ( pole )"."""
    graph = open_json(parsed)
    names = [thing["text"] for thing in graph["objects"]]
    facts = [(names[s], predicate, names[o]) for s, predicate, o in graph["relationships"]]
    for thing in graph["objects"]:
        said = [*thing["attributes"], *([str(thing["quantity"])] if thing["quantity"] else [])]
        facts += [(thing["text"], "is", quality) for quality in said]
    spoken_of = {name for fact in facts for name in (fact[0], *(fact[2:] if fact[1] != "is" else ()))}
    alone = [(name,) for name in names if name not in spoken_of]
    return " , ".join(f"( {' , '.join(fact)} )" for fact in [*facts, *alone])


def scores(python: Path, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, bool]]:
    """SPICE in [0, 1] and whether all is right, for each pair of our graph and the one that people drew."""
    lines = "\n".join(map(json.dumps, pairs))
    command = [str(python), "-W", "ignore", "-I", "-c", SCORE]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf8")
    if done.returncode:
        raise SystemExit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> None:
    """Print both scores, in the captions' own words and by the conventions of those who drew the graphs."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--environment", type=Path, default=Path("build/spice"))
    args = options.parse_args()
    with args.captions.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    python, nlp = environment(args.environment), load_pipeline(args.nlp)
    for name, conventions in (("own words", None), ("conventions of factual", "factual")):
        parser = SceneGraphParser(nlp, conventions)
        graphs = [told(parsed) for parsed in parser.pipe(row["caption"] for row in rows)]
        found = scores(python, [(graph, row["scene_graph"]) for graph, row in zip(graphs, rows, strict=True)])
        spice, same = (100 * sum(each) / len(rows) for each in zip(*found, strict=True))
        print(f"by {name}: SPICE {spice:.2f}, set match {same:.2f} %")


if __name__ == "__main__":
    main()
