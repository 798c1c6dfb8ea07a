"""One tree of errors: who calls any of the packages catches two names."""

from __future__ import annotations

import pytest

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
