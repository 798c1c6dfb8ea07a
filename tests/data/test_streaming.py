"""JSON entry by entry equals JSON at once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.data.readers import streaming
from sg2im_cli.data.readers.streaming import NotThatKindError, read_list, read_lists
from sg2im_errors import InputError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(params=[1, 3, 1 << 20])
def chunk(request, monkeypatch):
    monkeypatch.setattr(streaming, "CHUNK", request.param)


def write(folder, value):
    path = folder / "some.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf8")
    return path


@pytest.mark.parametrize("size", [1, 3, 50])
@given(values=st.lists(VALUES, max_size=6), others=st.dictionaries(st.text(max_size=3), VALUES, max_size=3))
def test_entries_are_those_of_the_whole_file(tmp_path_factory, size, values, others):
    folder = tmp_path_factory.mktemp("json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "CHUNK", size)
        assert list(read_list(write(folder, values))) == values
        path = write(folder, {**others, "wanted": values, "more": [1]})
        assert list(read_lists(path, ("wanted",))) == [("wanted", i, v) for i, v in enumerate(values)]


@pytest.mark.parametrize("text", ["", "[1", "[1,", "[1 2]", "[1,]", '["a', "[tru]", "[1.]", "nonsense", "[\x00]"])
def test_what_is_no_json(tmp_path, chunk, text):
    with pytest.raises(InputError, match=r"some.json (cannot be read as JSON|must hold a JSON list)"):
        list(read_list(write(tmp_path, text)))


@pytest.mark.parametrize(
    "text", ["[1,", "[1 2]", "[1,]", '["a', "[tru]", "[1.]", "[\x00]", "[1, 2", '[{"a": 1}, {"a" 1}]']
)
def test_a_mistake_is_where_the_standard_library_finds_it(tmp_path, chunk, text):
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(text)
    with pytest.raises(InputError, match=f"at letter {expected.value.pos + 1},"):
        list(read_list(write(tmp_path, text)))


@pytest.mark.parametrize("text", ["{", '{"wanted"', '{"wanted": [', '{"wanted": [1] 3', "{3: 4}", '{"wanted": [], }'])
def test_what_is_no_object(tmp_path, chunk, text):
    with pytest.raises(InputError, match="some.json cannot be read as JSON: at letter"):
        list(read_lists(write(tmp_path, text), ("wanted",)))


@pytest.mark.parametrize("value", [{}, {"wanted": 3}, {"other": []}, [], 3])
def test_what_has_not_the_lists(tmp_path, value):
    with pytest.raises(NotThatKindError):
        list(read_lists(write(tmp_path, value), ("wanted",)))


def test_a_mistake_is_found_without_reading_on(tmp_path, monkeypatch):
    """A wrong letter early in a large file is no reason to take all of it into memory."""
    monkeypatch.setattr(streaming, "CHUNK", 100)
    path = write(tmp_path, "[1, 2, {oops}, " + "3, " * 100_000 + "4]")
    read = 0
    original = streaming._Scanner._read

    def counted(self):
        nonlocal read
        read += 1
        return original(self)

    monkeypatch.setattr(streaming._Scanner, "_read", counted)
    with pytest.raises(InputError, match="at letter 9"):
        list(read_list(path))
    assert read <= 3


def test_not_utf8(tmp_path):
    path = tmp_path / "some.json"
    path.write_bytes(b'["\xff"]')
    with pytest.raises(InputError, match="cannot be read as JSON"):
        list(read_list(path))
