"""What comes from a file of others is shown, and steers no terminal."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from sg2im_cli.cli.display.tables import console
from sg2im_cli.cli.streams import visible

STEERS = "\x1b]0;title\x07\x1b[2J\x9b31m\r\u202eabc"


@given(st.text())
def test_texts_keep_what_can_be_read(text):
    shown = visible(text)
    assert all(one in "\n\t" or one.isprintable() or ord(one) > 0x9F for one in shown)
    assert visible(shown) == shown
    if text.isprintable():
        assert shown == text


def test_tables_show_what_would_steer_a_terminal():
    screen = console()
    screen.file = io.StringIO()
    table = Table(title=STEERS)
    table.add_column("name")
    table.add_row(Text(STEERS, style="red"))
    screen.print(table)
    screen.print(STEERS, markup=False)
    written = screen.file.getvalue()
    assert written.count("\\x1b]0;title") == 3  # and without the bell, which rich leaves out
    for bad in ("\x1b]0", "\x1b[2J", "\x9b", "\r", "\u202e"):
        assert bad not in written


@pytest.mark.parametrize("where", ["name", "predicate"])
def test_names_in_files_are_shown(where, tmp_path, draw):
    graph = {"objects": ["dog", STEERS if where == "name" else "cat"], "relationships": [[0, "on", 1]]}
    if where == "predicate":
        graph["relationships"] = [[0, STEERS, 1]]
    (tmp_path / "graph.json").write_text(json.dumps(graph))
    done = draw("--scene-graph", tmp_path / "graph.json", "-o", tmp_path / "a.png")
    assert done.code == 2
    assert "\\x1b" in done.err
    assert not any(ord(one) < 32 and one not in "\n\t" for one in done.err)
