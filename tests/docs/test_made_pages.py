"""What programs write of the documents is what they would write now."""

from __future__ import annotations

import importlib.util
import re
import sys

import numpy as np
import pytest
from PIL import Image

from sg2im_cli import Painter, __version__, graph_svg
from tests.docs.blocks import ROOT

LARGEST_GALLERY = 300_000
"""Bytes: a clone should stay small."""

WORDS = range(500, 800)
"""Of the README, without its code and the targets of links: what does not fit goes into docs/."""


@pytest.fixture
def script(monkeypatch):
    """Import a script of docs/ by name."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))

    def load(name):
        spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return load


def test_the_page_of_commands_is_what_they_print(script):
    cli = script("cli")
    made = cli.page()
    assert max(map(len, made.splitlines())) <= 120
    # word by word: where lines break is typer's, and differs between its versions
    assert cli.PAGE.read_text(encoding="utf8").split() == made.split(), "run: python docs/cli.py"


@pytest.mark.parametrize("name", ["parser", "figures"])
def test_a_page_with_made_parts_has_them_as_they_are_now(script, name):
    module = script(name)
    text = module.PAGE.read_text(encoding="utf8")
    assert module.page(text) == text, f"run: python docs/{name}.py"


def test_a_part_without_its_marks_is_a_mistake(script):
    filled = script("marks").filled
    part = "<!-- made: a (by x.py) -->\nold\n<!-- /made -->\n"
    assert filled(f"1\n{part}2\n", "a", "new") == "1\n<!-- made: a (by x.py) -->\n\nnew\n\n<!-- /made -->\n2\n"
    for wrong in ("", part + part, part.replace(": a", ": b"), part.replace("<!-- /made -->", "")):
        with pytest.raises(ValueError, match="must have one part"):
            filled(wrong, "a", "new")


def test_the_gallery_is_what_the_embedded_weights_draw(script):
    gallery = script("gallery")
    painter = Painter.from_pretrained(device="cpu")
    painted = {name: painter.paint(sentence, gallery.SEED) for name, sentence in gallery.SENTENCES.items()}
    assert gallery.page(painted) == gallery.PAGE.read_text(encoding="utf8"), "run: python docs/gallery.py"
    for name, painting in painted.items():
        kept = (gallery.PICTURES / f"{name}-graph.svg").read_text(encoding="utf8")
        assert texts(kept) == texts(graph_svg(painting.graph)), "run: python docs/gallery.py"
        kept = np.asarray(Image.open(gallery.PICTURES / f"{name}.png"), float)
        assert np.abs(kept - np.asarray(painting.images[0], float)).mean() < 2, "run: python docs/gallery.py"


def texts(svg):
    """What an SVG says; where it says it differs a little between versions of networkx."""
    return re.findall(r">([^<]+)</text>", svg)


def test_the_gallery_is_small_and_has_no_other_files(script):
    gallery = script("gallery")
    files = list(gallery.PICTURES.iterdir())
    assert sum(file.stat().st_size for file in files) < LARGEST_GALLERY
    assert {file.name for file in files} == {
        f"{name}{ending}" for name in gallery.SENTENCES for ending in ("-graph.svg", "-layout.svg", ".png")
    }


def test_the_readme_is_short():
    text = re.sub(r"^```.*?^```$", "", (ROOT / "README.md").read_text(encoding="utf8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->|\]\([^)]*\)", " ", text)
    assert len(re.findall(r"\w[\w'./-]*", text)) in WORDS


def test_the_citation_is_of_this_version_and_of_the_paper():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf8")
    assert f"\nversion: {__version__}\n" in text
    assert "1804.01622" in text
