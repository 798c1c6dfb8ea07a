"""One tree of errors: who calls any of the packages catches two names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sg2im_parsers
import sg2im_weights
from sg2im_cli import Painter
from sg2im_errors import InputError, Sg2imError

EXPORTED = {
    name: getattr(package, name)
    for package in (sg2im_parsers, sg2im_weights)
    for name in package.__all__
    if name.endswith("Error")
}


@pytest.mark.parametrize("name", sorted(EXPORTED))
def test_every_error_is_in_the_tree_and_names_its_exit_code(name):
    assert issubclass(EXPORTED[name], Sg2imError)
    assert issubclass(EXPORTED[name], InputError) == (name not in ("Sg2imError", "WeightsError"))


@pytest.mark.parametrize("settings", [{"ref": "no/such/weights"}, {"device": "abacus"}])
def test_a_painter_that_cannot_be_had_is_one_error_to_catch(settings):
    with pytest.raises(InputError):
        Painter.from_pretrained(**settings)


@given(st.text(), st.sampled_from("'\""))
def test_what_is_quoted_is_cut(text, quote):
    name = text.replace(quote, "") * 2000
    said = str(InputError(f"There is no recipe {quote}{name}{quote}; did you mean {quote}scenes{quote}?"))
    assert said.startswith("There is no recipe")
    assert said.endswith(f"{quote}; did you mean {quote}scenes{quote}?")
    assert len(said) < 200


@pytest.mark.parametrize(
    "text", ["", "It's the file's name, and that's all: 'a' and 'b'.", f"{'/folder' * 100} is a file."]
)
def test_other_messages_are_whole(text):
    assert str(InputError(text)) == text
    assert len(str(InputError("x" * 50_000))) < 1100


@given(st.lists(st.integers(0, 10**12), min_size=200), st.text("abc ", max_size=80))
def test_what_is_said_at_length_is_cut_before_what_to_do(values, advice):
    said = str(InputError(f"format_version is {values} and must be a whole number; {advice}"))
    assert said.startswith("format_version is [") and said.endswith(f"must be a whole number; {advice}"[-90:])
    assert len(said) <= 360
