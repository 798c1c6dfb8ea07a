"""Numbers computed with the original implementation, met to 1e-4 relative in float32."""

from __future__ import annotations

import json

import pytest
import torch

from sg2im_cli.config import DiscriminatorConfig, GeneratorConfig
from sg2im_cli.model.crops import crop_objects
from sg2im_cli.model.discriminators import ObjectDiscriminator, PatchDiscriminator
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layout import compose_layout, sample_masks
from sg2im_cli.model.losses import category_loss, gan_d_loss, gan_g_loss

from .conftest import MODELS, PARITY, original, relative_error

TOLERANCE = 1e-4
DISCRIMINATOR = DiscriminatorConfig(layers="C4-8-2,C4-16-2", crop_size=16)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("given", [False, True], ids=["predicted", "given boxes"])
def test_generator(expected, name, given):
    inputs = [expected[f"{name}.{key}"] for key in ("objs", "triples", "obj_to_img")]
    suffix = "_boxes_gt" if given else ""
    with torch.no_grad():
        output = original(name)(
            *inputs,
            boxes=expected[f"{name}.boxes_gt"] if given else None,
            noise=expected.get(f"{name}.noise{suffix}"),
        )
    assert relative_error(output.images, expected[f"{name}.image{suffix}"]) < TOLERANCE
    assert relative_error(output.boxes, expected[f"{name}.boxes_pred"]) < TOLERANCE
    if f"{name}.masks_pred" in expected:
        assert relative_error(output.masks, expected[f"{name}.masks_pred"]) < TOLERANCE
    else:
        assert output.masks is None


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", MODELS)
def test_generator_on_cuda(expected, name, monkeypatch):
    monkeypatch.setattr(torch.backends.cuda.matmul, "allow_tf32", False)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    inputs = [expected[f"{name}.{key}"].cuda() for key in ("objs", "triples", "obj_to_img")]
    noise = expected.get(f"{name}.noise")
    with torch.no_grad():
        output = original(name).cuda()(*inputs, noise=None if noise is None else noise.cuda())
    assert relative_error(output.images.cpu(), expected[f"{name}.image"]) < 1e-3


@pytest.mark.parametrize("masks", [True, False])
def test_layout(expected, masks):
    coverage = sample_masks(expected["layout.boxes"], expected["layout.masks"] if masks else None, 16, 16)
    got = compose_layout(expected["layout.vecs"], coverage, expected["layout.obj_to_img"], 2)
    want = expected["layout.masks_to_layout" if masks else "layout.boxes_to_layout"]
    assert relative_error(got, want) < TOLERANCE


def test_crops(expected):
    crops = crop_objects(expected["crop.images"], expected["layout.boxes"], expected["layout.obj_to_img"], 16)
    assert relative_error(crops, expected["crop.crops"]) < TOLERANCE


@torch.no_grad()
def test_discriminators(expected):
    saved = torch.load(PARITY / "tiny_discriminators.pt", weights_only=True)
    patches = PatchDiscriminator(DISCRIMINATOR, 10).eval()
    patches.load_state_dict(saved["d_img"])
    assert relative_error(patches(expected["crop.images"]), expected["disc.patch_scores"]) < TOLERANCE
    objects = ObjectDiscriminator(DISCRIMINATOR, 10).eval()
    objects.load_state_dict(saved["d_obj"])
    scores = objects(expected["crop.images"], expected["layout.boxes"], expected["layout.obj_to_img"])
    assert relative_error(scores.real, expected["disc.object_scores"]) < TOLERANCE
    loss = category_loss(scores.categories, expected["disc.objs"])
    assert float(loss) == pytest.approx(float(expected["disc.ac_loss"]), rel=TOLERANCE)


@pytest.mark.parametrize("kind", ["gan", "wgan", "lsgan"])
def test_adversarial_losses(expected, kind):
    real, fake = expected["loss.scores_real"], expected["loss.scores_fake"]
    assert float(gan_g_loss(kind, fake)) == pytest.approx(float(expected[f"loss.{kind}.g"]), rel=TOLERANCE)
    assert float(gan_d_loss(kind, real, fake)) == pytest.approx(float(expected[f"loss.{kind}.d"]), rel=TOLERANCE)


def test_paper_model_has_the_originals_parameters():
    shapes = json.loads((PARITY / "paper_64px_state_shapes.json").read_text())
    with torch.device("meta"):
        generator = Generator(GeneratorConfig(), 10, 7)
    ours = {name: list(tensor.shape) for name, tensor in generator.state_dict().items()}
    assert ours == {name: shape for name, shape in shapes.items() if not name.startswith("rel_aux_net")}
