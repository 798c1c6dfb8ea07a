"""Input without end, or larger than anybody means, is one sentence after a stated limit."""

from __future__ import annotations

import os
from itertools import repeat

import pytest

from sg2im_cli.data.readers.jsonl import JsonlOptions, jsonl_source
from sg2im_cli.output.batch.lines import read_groups
from sg2im_cli.training.recipes import load_recipe
from sg2im_errors import InputError
from sg2im_parsers.text_files import MOST_BYTES, read_bytes

LIMIT = "is longer than the 64 MB that are read; give it in parts."
TRAIN = ("train", "--data", ".", "--out", "run", "--device", "cpu", "--recipe")


@pytest.fixture
def huge(tmp_path):
    """A file of one byte more than the limit, which takes no place on the disk."""

    def make(name):
        path = tmp_path / name
        path.touch()
        os.truncate(path, MOST_BYTES + 1)
        return path

    return make


def test_a_file_of_the_limit_is_read_and_one_byte_more_is_not(huge):
    path = huge("a.txt")
    with pytest.raises(InputError, match=LIMIT):
        read_bytes(path)
    os.truncate(path, MOST_BYTES)
    assert len(read_bytes(path)) == MOST_BYTES


@pytest.mark.parametrize(
    ("name", "call"),
    [("graph.json", ("--scene-graph",)), ("layout.json", ("render",)), ("story.txt", ("story",)), ("r.toml", TRAIN)],
)
def test_a_huge_file(sg2im, huge, files, name, call):
    huge(name)
    done = sg2im(*call, name)
    assert (done.code, done.out, done.err) == (2, "", f"sg2im: {name} {LIMIT}\n")
    assert files() == [name]


@pytest.mark.parametrize("call", [("--scene-graph",), ("render",), ("story",)])
def test_a_device_without_end(sg2im, call):
    done = sg2im(*call, "/dev/zero")
    assert (done.code, done.out, done.err) == (2, "", f"sg2im: /dev/zero {LIMIT}\n")


@pytest.mark.parametrize("call", [("-",), ("story", "-"), ("parse", "-")])
def test_standard_input(sg2im, call):
    done = sg2im(*call, stdin=b"a" * (MOST_BYTES + 1))
    assert (done.code, done.out, done.err) == (2, "", f"sg2im: Standard input {LIMIT}\n")


class Pieces:
    """A stream that gives these pieces, one after another."""

    def __init__(self, pieces):
        self.pieces = iter(pieces)

    def read1(self, size):
        return next(self.pieces, b"")


def test_a_line_of_a_batch_without_end():
    with pytest.raises(InputError, match=f"Line 3 of what --file names {LIMIT}"):
        list(read_groups(Pieces([b"a cat\na do", b"g\na bird", *repeat(b"x" * 2**20, 100)])))


def test_a_batch_may_be_longer_than_the_limit_of_a_line():
    lines = [b"x" * 999_999 + b"\n"] * (MOST_BYTES // 10**6 + 2)
    assert sum(map(len, read_groups(Pieces(lines)))) == len(lines)


def test_a_batch_that_ends_so_writes_nothing(draw, files):
    done = draw("--file", "-", "-o", "pictures/", stdin=b"x" * (MOST_BYTES + 1))
    assert (done.code, done.out, done.err) == (2, "", f"sg2im: Line 1 of what --file names {LIMIT}\n")
    assert [name for name in files() if name.endswith(".png")] == []


def test_a_line_of_annotations(huge):
    with pytest.raises(InputError, match=f"mine.jsonl, line 1 {LIMIT}"):
        jsonl_source(huge("mine.jsonl"), JsonlOptions())


def test_a_recipe(huge):
    with pytest.raises(InputError, match=LIMIT):
        load_recipe(str(huge("mine.toml")))


def test_a_sentence_is_no_word(sg2im, tiny_bundle):
    many = "a big dog on a red sofa and " * 143
    done = sg2im("words", many, "--weights", tiny_bundle)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "no word of 4,004 letters" in done.err
    assert "sg2im parse" in done.err


def test_a_working_directory_that_was_deleted(sg2im, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = sg2im("parse", "a cat")
    assert (done.code, done.out) == (1, "")
    assert done.err == "sg2im: The working directory was deleted; change to one that exists.\n"
