"""The site is built from the documents without a warning."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import sg2im_cli
import sg2im_parsers
import sg2im_weights
from tests.docs.blocks import ROOT

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="the extra docs is not installed: pip install '.[docs]'"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "made"
    command = [sys.executable, str(ROOT / "docs" / "website.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_every_public_name_is_in_the_reference(site):
    text = (site / "api.html").read_text(encoding="utf8")
    anchors = set(re.findall(r'id="([\w.]+)"', text))
    for package in (sg2im_cli, sg2im_parsers, sg2im_weights):
        for name in set(package.__all__) - {"__version__"}:
            path = f"{package.__name__}.{name}"
            assert {path, f"{path}.{name}"} & anchors, path


def test_links_and_images_of_the_pages_lead_somewhere(site):
    pages = {page.name: page.read_text(encoding="utf8") for page in site.glob("*.html")}
    assert {"index.html", "gallery.html", "cli.html", "model_card.html"} <= pages.keys()
    for name, text in pages.items():
        for link in map(unescape, re.findall(r'(?:href|src)="([^"]+)"', text)):
            file, _, anchor = link.partition("#")
            if re.match(r"\w+:|/", file) or name == "404.html":
                continue
            assert not file or (site / file).exists(), f"{name}: {link}"
            there = pages.get(file or name)
            assert not anchor or there is None or f'id="{anchor}"' in there, f"{name}: {link}"


def test_nothing_is_taken_from_elsewhere(site):
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf8")
        assert not re.findall(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', text)
        assert not re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="(?:https?:)?//', text)
