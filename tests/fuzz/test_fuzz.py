"""The fuzzer itself: damaged documents end in a sentence, and what is wrong with a call is seen."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.campaign import Campaign
from tests.fuzz.inputs import KINDS, make
from tests.fuzz.materials import make_materials
from tests.fuzz.mutation import as_json, mutated
from tests.fuzz.running import Done, faults_of, main, run

WELL = Done(0, "p.png\n", "", "", 0.1, 10**8)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_materials(tmp_path_factory.mktemp("materials"))


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_documents_end_in_a_sentence(kind, made, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    @seed(0)
    @settings(max_examples=12, database=None)
    @given(st.randoms(use_true_random=False))
    def law(random):
        item, folder = KINDS[kind](made, random), tmp_path_factory.mktemp(kind)
        item.write(folder)
        done = run(item.arguments, folder, item.stdin, item.call or main)
        assert not faults_of(done, folder), (item.arguments, done)

    law()


def test_an_input_is_the_same_for_the_same_numbers(made):
    for kind in KINDS:
        one, other = (make(kind, made, "s", 3) for _ in range(2))
        assert (one.arguments, one.files, one.stdin) == (other.arguments, other.files, other.stdin)
    assert len({as_json(mutated({"a": [1, 2], "b": {"c": "d"}}, Random(i)), Random(i)) for i in range(50)}) > 25


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"trace": "Traceback ...\nKeyError: 'a'\n", "code": None}, "traceback: KeyError"),
        ({"trace": "Traceback ...\nMemoryError\n", "code": None}, "memory"),
        ({"code": 3}, "exit code 3"),
        ({"code": 2, "out": ""}, "no message"),
        ({"code": 2, "err": f"sg2im: {'x' * 401}"}, "long message"),
        ({"err": "\x1b[31m"}, "control characters"),
        ({"err": "a.py:3: RuntimeWarning: overflow"}, "warning of Python"),
        ({"peak_bytes": 3 * 10**9}, "memory"),
    ],
)
def test_what_is_wrong_is_seen(wrong, fault, tmp_path):
    assert faults_of(Done(**{**vars(WELL), **wrong}), tmp_path) == [fault]
    assert not faults_of(WELL, tmp_path)


def test_a_part_of_a_file_is_seen(tmp_path):
    (tmp_path / ".00012-11.png.0123456789abcdef").touch()
    assert faults_of(WELL, tmp_path) == ["part file"]


def test_a_call_leaves_everything_as_it_was(tmp_path):
    before = sys.argv, sys.stdout, Path.cwd()
    done = run(("words", "wine glass", "extra"), tmp_path)
    assert done.code == 2 and done.err.startswith("sg2im: ") and not done.out
    assert (sys.argv, sys.stdout, Path.cwd()) == before


@pytest.mark.slow
def test_a_campaign_counts_and_says_what_it_found(tmp_path, capsys):
    assert Campaign("0", ("layout", "judge"), tmp_path, 0, 12, 60.0).run() == 0
    table = capsys.readouterr().out
    assert "layout           6 " in table and "all             12 " in table and table.endswith("nothing wrong\n")
