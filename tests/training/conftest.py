"""Runs of the tiny recipe on data that tests make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sg2im_cli.config import ProjectedConfig
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


def small_scenes():
    """The recipe `scenes` with next to nothing in it."""
    tiny, scenes = load_recipe("tiny"), load_recipe("scenes")
    generator = replace(
        scenes.generator,
        image_size=(32, 32),
        mask_size=8,
        embedding_dim=16,
        gconv_dim=16,
        gconv_hidden_dim=32,
        gconv_num_layers=2,
        object_latent_dim=6,
        picture_latent_dim=4,
        layout_vector_dim=4,
        layout_category_dim=8,
        surroundings_latent_dim=4,
        refinement_dims=(16, 8, 8),
    )
    projected = ProjectedConfig(channels=(4, 6, 8, 8), hidden_dim=8, layout_dim=4, crop_size=32, prototypes=4)
    changes = {"layout_every": 2, "layout_betas": (0.5, 0.99), "predicted_layouts": 0.5, "coarse_pixels": 8}
    changes |= {"learning_rate": 1e-3, "discriminator_lr": 1e-3, "layout_lr": 1e-3}
    training = replace(tiny.training, precision="float32", **changes)
    data = replace(tiny.data, min_area=0.0)
    return replace(scenes, generator=generator, projected=projected, training=training, data=data)


def tensors(run):
    return read_bundle(run / "weights").tensors()


@pytest.fixture(scope="session")
def finished(tiny_data, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "whole"
    result = train(options(tiny_data, run), Silent())
    assert result.finished
    return run
