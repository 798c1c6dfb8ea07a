"""Laws of discriminators on frozen features: what is trained and what is not, and that they see what they are told."""

from __future__ import annotations

import pytest
import torch

from sg2im_cli.config import ConfigError, ProjectedConfig
from sg2im_cli.model.crops import context_boxes
from sg2im_cli.model.projected import (
    FeatureMixing,
    PictureEncoder,
    ProjectedImageDiscriminator,
    ProjectedObjectDiscriminator,
    hinge_fake,
    hinge_generator,
    hinge_real,
)

SMALL = ProjectedConfig(channels=(4, 6, 8, 10), hidden_dim=8, layout_dim=5, crop_size=32, prototypes=3)
OWNERS = torch.tensor([0, 0, 1])


def mixed(count, channels, side):
    return [torch.randn(count, c, side >> i, side >> i) for i, c in enumerate(channels)]


def test_mixing_is_never_trained_and_the_heads_are():
    net = ProjectedImageDiscriminator(SMALL, 5, 2, (64, 64))
    trained = {name.partition(".")[0] for name, p in net.named_parameters() if p.requires_grad}
    assert trained == {"heads", "told", "words"}


def test_calibrated_features_have_mean_0_and_deviation_1():
    mixing = FeatureMixing((3, 5), (4, 4))
    taps = [3 + 2 * torch.randn(16, 3, 8, 8), 7 * torch.randn(16, 5, 4, 4)]
    mixing.calibrate(taps)
    for tap in mixing.normalize(taps):
        torch.testing.assert_close(tap.mean((0, 2, 3)), torch.zeros(tap.shape[1]), atol=1e-4, rtol=0)
        torch.testing.assert_close(tap.std((0, 2, 3)), torch.ones(tap.shape[1]), atol=1e-2, rtol=0)


def test_fine_features_see_coarse_ones_and_coarse_ones_do_not_see_fine_ones():
    mixing = FeatureMixing((3, 5), (4, 4))
    fine, coarse = torch.randn(1, 3, 8, 8), torch.randn(1, 5, 4, 4)
    before = mixing([fine, coarse])
    other_coarse, other_fine = mixing([fine, coarse + 1]), mixing([fine + 1, coarse])
    assert not torch.allclose(before[0], other_coarse[0])
    torch.testing.assert_close(before[1], other_fine[1])


def test_scores_of_pictures_depend_on_what_is_said_to_lie_where():
    torch.manual_seed(0)
    net = ProjectedImageDiscriminator(SMALL, 5, 2, (64, 64)).eval()
    features, coverage = mixed(2, SMALL.channels, 16), torch.rand(3, 16, 16)
    said = torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    layouts = [
        net.layout(torch.tensor(objs), attributes, coverage, OWNERS, 2)
        for objs, attributes in (([1, 2, 3], said), ([1, 2, 4], said), ([1, 2, 3], said.flip(1)))
    ]
    a, b, c = (net(features, layout) for layout in layouts)
    assert [s.shape[0] for s in a] == [2, 2, 2, 2]
    assert all(torch.allclose(x[0], y[0], atol=1e-5) for x, y in zip(a, b, strict=True))  # another word in picture 1
    assert not any(torch.allclose(x[1], y[1]) for x, y in zip(a, b, strict=True))
    assert not any(torch.allclose(x, y) for x, y in zip(a, c, strict=True))


def test_scores_of_crops_depend_on_category_and_attributes():
    torch.manual_seed(0)
    net = ProjectedObjectDiscriminator(SMALL, 5, 2).eval()
    features = mixed(2, SMALL.channels[1:], 4)
    said = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    a = net(features, torch.tensor([1, 2]), said)
    b = net(features, torch.tensor([3, 2]), said)
    c = net(features, torch.tensor([1, 2]), 0 * said)
    for x, y, z in zip(a, b, c, strict=True):
        assert not torch.allclose(x[0], y[0])
        assert not torch.allclose(x[0], z[0])
        torch.testing.assert_close(x[1], y[1])
        torch.testing.assert_close(x[1], z[1])


def test_hinges_by_hand():
    scores = [torch.tensor([2.0, 0.0]), torch.tensor([-3.0])]
    assert float(hinge_real(scores)) == pytest.approx((0.5 + 4) / 2)
    assert float(hinge_fake(scores)) == pytest.approx((2 + 0) / 2)
    assert float(hinge_generator(scores)) == pytest.approx((-1 + 3) / 2)


def test_the_encoder_of_pictures_sees_more_than_means():
    encoder = PictureEncoder((3,), 4)
    flat, rough = torch.zeros(1, 3, 4, 4), torch.tensor([1.0, -1.0]).repeat(1, 3, 4, 2)
    assert not torch.allclose(encoder([flat])[0], encoder([rough])[0])


def test_a_narrow_box_gets_context_and_none_leaves_the_picture():
    boxes = torch.tensor([[0.45, 0.2, 0.55, 0.8], [0.0, 0.0, 0.5, 0.5]])
    tall, corner = context_boxes(boxes)
    torch.testing.assert_close(tall, torch.tensor([0.5 - 0.207, 0.155, 0.5 + 0.207, 0.845]))
    torch.testing.assert_close(corner, torch.tensor([0.0, 0.0, 0.5375, 0.5375]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"crop_size": 48}, "crop_size is 48 and must be a multiple of 32"),
        ({"crops": 0.0}, "crops is 0.0 and must be above 0"),
        ({"channels": (0, 1, 1, 1)}, "channels is"),
    ],
)
def test_wrong_settings_are_named(wrong, message):
    with pytest.raises(ConfigError, match=message):
        ProjectedConfig(**wrong)
