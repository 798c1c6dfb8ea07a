"""What a command costs in a new process, beside the imports of torch and spaCy that nobody can save.

python benchmarks/cold_start.py [--rounds N] [--weights REF]

Each round runs every command once, one after the other, so that a busy machine is busy for all of them; the files are
in the system's cache after a round that is not counted. Times are of the processor, user and system; the spread is from
the least to the most. At the end, the stages of drawing one picture, as one process goes through them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from statistics import median

TEXT = "a cat on a sofa"
IMPORTS = "import torch, spacy"
STAGES = """
import time
from sg2im_cli import __main__

def stage(name):
    global before
    now = time.process_time()
    print(f"  {{name}}: {{1000 * (now - before):.0f}} ms")
    before = time.process_time()

before = 0.0
__main__.collect_less()
stage("Python")
from sg2im_cli.cli.app import app_of
app_of(["generate"])
stage("command line")
from sg2im_parsers.english.pipeline import import_spacy, load_pipeline
import_spacy()
stage("import spaCy, without torch and without its commands")
nlp = load_pipeline()
stage("the embedded pipeline")
from sg2im_parsers.english.parser import SceneGraphParser
parser = SceneGraphParser(nlp)
stage("the rules")
parsed = parser({text!r})
stage("parsing the first sentence")
import torch
stage("import torch")
from sg2im_cli.painter import Painter
stage("what paints")
painter = Painter.from_pretrained({weights!r}, device="cpu", parser=lambda text: parsed)
stage("weights")
painter.ground(parsed)
stage("words to the model's words")
painter.paint({text!r}, 1)
stage("painting the first picture")
"""


def processor_time(command: list[str]) -> float:
    """Seconds of the processor that a process takes from its start to its end."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def commands(folder: str, weights: str) -> dict[str, list[str]]:
    """What is compared, by its name."""
    sg2im = [sys.executable, "-m", "sg2im_cli"]
    draw = [*sg2im, TEXT, "--weights", weights, "--output", f"{folder}/cat.png", "--overwrite"]
    return {
        f'python -c "{IMPORTS}"': [sys.executable, "-c", IMPORTS],
        f'sg2im "{TEXT}"': draw,
        f'sg2im parse "{TEXT}"': [*sg2im, "parse", TEXT],
        "sg2im --help": [*sg2im, "--help"],
    }


def main() -> None:
    """Print a line for each command, and the stages."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--weights", default="default")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compared = commands(folder, args.weights)
        rounds = [{name: processor_time(each) for name, each in compared.items()} for _ in range(args.rounds + 1)][1:]
    first = next(iter(compared))
    for name in compared:
        seconds = [times[name] for times in rounds]
        ratios = [times[name] / times[first] for times in rounds]
        print(f"{name}: {median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), ", end="")
        print(f"{median(ratios):.2f} times the imports ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
    print("stages of one picture:", flush=True)
    subprocess.run([sys.executable, "-c", STAGES.format(text=TEXT, weights=args.weights)], check=True)


if __name__ == "__main__":
    main()
