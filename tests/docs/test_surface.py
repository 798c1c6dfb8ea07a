"""The public interface of Python: what the three packages export, and nothing else in the documents."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys

import pytest

from tests.docs.blocks import PAGES, ROOT, blocks

SURFACE = {
    "sg2im_cli": """
        Check Choice Layout Marks Painter Painting PlaceCheck Placement Score Step Surrounding __version__ draw_graph
        draw_layout graph_picture graph_svg layout_picture layout_svg paint_story
    """,
    "sg2im_parsers": """
        Account Explanation GraphError Grounded InputError Mention ParsedText Relationship Scene SceneGraph
        SceneGraphParser SceneObject Sg2imError UnknownWordsError Vocabulary Word WordAccount explain graph_from_json
        graph_schema graph_to_json ground ground_graph load_graphs load_pipeline open_json parse_doc read_story
        scenes_of
    """,
    "sg2im_weights": """
        Bundle WeightsError WeightsInputError bundle_of_run convert describe list_bundles pull read_bundle resolve
        write_bundle
    """,
}
"""A name that is added or taken away is a decision: it is written down here, and in the changelog."""

EXPORTED = [(package, name) for package, names in SURFACE.items() for name in names.split()]
SCRIPTS = [ROOT / "docs" / name for name in ("gallery.py", "sheet.py")]
"""Programs that are examples of using the packages; the others look inside."""


@pytest.mark.parametrize("package", SURFACE)
def test_a_package_exports_what_is_written_here(package):
    module = importlib.import_module(package)
    assert sorted(module.__all__) == SURFACE[package].split()
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize(("package", "name"), EXPORTED)
def test_a_public_name_can_be_imported_and_has_a_docstring(package, name):
    value = getattr(importlib.import_module(package), name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert inspect.getdoc(value)


@pytest.mark.parametrize("package", SURFACE)
def test_a_name_that_is_not_there_is_said_so(package):
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = importlib.import_module(package).nothing


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import sg2im_cli, sg2im_parsers", {"torch", "spacy"}),
        ("from sg2im_parsers import Vocabulary, graph_from_json, load_graphs", {"torch", "spacy"}),
        ("import sg2im_weights", {"spacy", "sg2im_cli", "sg2im_parsers"}),
    ],
)
def test_importing_takes_nothing_that_is_not_needed(statement, unwanted):
    program = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not unwanted & set(done.stdout.split())


def programs():
    for page in PAGES:
        for block in blocks(page):
            if block.language == "python":
                yield str(block), block.code
    for script in SCRIPTS:
        yield script.name, script.read_text(encoding="utf8")


@pytest.mark.parametrize(("where", "code"), list(programs()))
def test_documents_use_the_public_interface_only(where, code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("sg2im_") for alias in node.names), where
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sg2im_"):
            assert {alias.name for alias in node.names} <= set(SURFACE.get(node.module, "").split()), where
