"""Runs of the tiny recipe on data that tests make."""

from __future__ import annotations

import pytest

from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.run import TrainOptions, train
from sg2im_weights import read_bundle


class Silent:
    def __init__(self, stop_after=None):
        self.seen, self.stop_after = [], stop_after

    def message(self, text):
        pass

    def progress(self, progress):
        self.seen.append(progress)
        if self.stop_after is not None and len(self.seen) == self.stop_after:
            raise KeyboardInterrupt


def options(data, out, **changes):
    return TrainOptions(data=data, recipe=load_recipe("tiny"), recipe_name="tiny", out=out, **changes)


def tensors(run):
    return read_bundle(run / "weights").tensors()


@pytest.fixture(scope="session")
def finished(tiny_data, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "whole"
    result = train(options(tiny_data, run), Silent())
    assert result.finished
    return run
