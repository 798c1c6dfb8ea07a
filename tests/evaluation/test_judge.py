"""The judge learns to tell colours apart, sees what it should, and survives being saved."""

from __future__ import annotations

import json

import pytest
import torch

from sg2im_cli.evaluation.judge import Judge, JudgeConfig, load_judge, save_judge
from sg2im_cli.evaluation.judge_training import EVERY_PICTURE, JudgeRecipe, measure_judge, read_crops, train_judge
from sg2im_errors import InputError

from .conftest import colored_crops


def test_it_learns_what_it_has_not_seen(color_judge):
    found = measure_judge(color_judge.judge, colored_crops(100, seed=9))
    assert (found["all"].objects, found["masked"].objects) == (100, 50)
    assert found["all"].top1 >= 0.95
    assert found["all"].top5 == 1  # there are two


def test_it_sees_the_colour_and_not_the_place(color_judge):
    """The same red square is a car in any corner of any picture, whatever its size."""
    red = torch.tensor([220.0, 40.0, 40.0]).view(3, 1, 1) / 255
    for size in (32, 64, 128):
        for x, y in ((0.0, 0.0), (0.6, 0.0), (0.3, 0.6)):
            image = torch.full((1, 3, size, size), 0.5)
            left, top, side = round(x * size), round(y * size), round(0.4 * size)
            image[0, :, top : top + side, left : left + side] = red
            _, logits = color_judge.judge.look(image, torch.tensor([[x, y, x + 0.4, y + 0.4]]), torch.tensor([0]))
            assert color_judge.judge.config.classes[int(logits.argmax())] == "car"


def test_a_crop_is_of_its_box_with_some_context():
    judge = Judge(JudgeConfig(classes=("a", "b"), context=0.25)).eval()
    image = torch.zeros(1, 3, 64, 64)
    image[:, 0, 16:48, 16:48] = 1  # the box, red; around it a quarter of its side on each side, black
    crop = judge.crop(image, torch.tensor([[0.25, 0.25, 0.75, 0.75]]), torch.tensor([0]))
    assert crop.shape == (1, 3, 32, 32)
    assert crop[0, 0, 12:20, 12:20].min() == 1 and crop[0, 0, :4].max() == 0
    assert float(crop[0, 0].mean()) == pytest.approx((0.5 / 0.75) ** 2, abs=0.03)


def test_a_crop_ends_where_the_picture_does():
    """A box at the edge gives no black border, which would tell the place."""
    judge = Judge(JudgeConfig(classes=("a", "b"))).eval()
    boxes = torch.tensor([[0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0], [-1.0, -1.0, 2.0, 2.0]])
    crops = judge.crop(torch.ones(1, 3, 64, 64), boxes, torch.zeros(3, dtype=torch.int64))
    torch.testing.assert_close(crops, torch.ones_like(crops), atol=1e-5, rtol=0)


@pytest.mark.parametrize("box", [(0.5, 0.5, 0.5, 0.5), (1, 1, 1, 1), (0.8, 0.2, 0.1, 0.9), (float("nan"), 0, 1, 1)])
def test_boxes_that_a_model_may_predict(color_judge, box):
    features, logits = color_judge.judge.look(torch.rand(1, 3, 64, 64), torch.tensor([box]), torch.tensor([0]))
    assert features.isfinite().all() and logits.isfinite().all()


def test_what_it_says_does_not_depend_on_the_batch(color_judge):
    crops = colored_crops(20, seed=4)
    images = crops.images.float() / 255
    together = color_judge.judge.look(images, crops.boxes, crops.obj_to_img)[1]
    alone = color_judge.judge.look(images, crops.boxes, crops.obj_to_img, batch_size=1)[1]
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_saved_and_loaded_it_says_nearly_the_same(color_judge, tmp_path):
    save_judge(tmp_path / "judge", color_judge.judge, {"val": {"all": 1}}, "# A judge\n")
    loaded = load_judge(tmp_path / "judge")
    crops = colored_crops(20, seed=4)
    images = crops.images.float() / 255
    features, _ = color_judge.judge.look(images, crops.boxes, crops.obj_to_img)
    again, _ = loaded.judge.look(images, crops.boxes, crops.obj_to_img)
    assert float((features - again).abs().max()) < 0.02 * float(features.abs().max())  # half precision
    assert loaded.judge.config == color_judge.judge.config
    assert loaded.trained == {"val": {"all": 1}}
    assert not loaded.judge.training


def test_a_place_that_is_taken(color_judge, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="exists; name another place"):
        save_judge(tmp_path, color_judge.judge, {}, "")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: (d / "config.json").unlink(), "cannot be read: .*; --judge takes what sg2im judge made"),
        (lambda d: (d / "config.json").write_text("{"), "cannot be read as JSON"),
        (lambda d: edit(d, library_name="sg2im"), "is not the configuration of a judge"),
        (lambda d: edit(d, format_version=2), "format_version 2"),
        (lambda d: edit(d, judge={"classes": ["a"]}), "does not describe a judge"),
        (lambda d: (d / "model.safetensors").write_bytes(b"short"), "cannot be used as a judge"),
        (lambda d: edit_judge(d, features=7), "cannot be used as a judge"),
    ],
)
def test_damaged_judges(color_judge, tmp_path, change, message):
    save_judge(tmp_path / "judge", color_judge.judge, {}, "")
    change(tmp_path / "judge")
    with pytest.raises(InputError, match=message):
        load_judge(tmp_path / "judge")


def edit(directory, **values):
    path = directory / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def edit_judge(directory, **values):
    whole = json.loads((directory / "config.json").read_text())
    edit(directory, judge={**whole["judge"], **values})


def test_rare_categories_are_left_out(tiny_data):
    crops = read_crops(tiny_data, "train", 64, EVERY_PICTURE)
    sure = {name for name in set(crops.names) if crops.names.count(name) >= 12}
    recipe = JudgeRecipe(epochs=1, batch_size=16, least=12, precision="float32")
    losses = []
    judge = train_judge(crops, recipe, lambda epoch, loss, left: losses.append((epoch, loss)))
    assert set(judge.config.classes) == sure == {"sky", "road"}
    assert [epoch for epoch, _ in losses] == [1] and losses[0][1] > 0


def test_too_few_objects_for_any(tiny_data):
    crops = read_crops(tiny_data, "train", 64, EVERY_PICTURE)
    with pytest.raises(InputError, match=r"Only 0 categories of the data have 1000 objects or more"):
        train_judge(crops, JudgeRecipe(least=1000), lambda *_: None)


def test_one_seed_makes_one_judge():
    crops = colored_crops(64, 0)
    recipe = JudgeRecipe(epochs=1, batch_size=32, least=5, precision="float32")
    one, same = (train_judge(crops, recipe, lambda *_: None).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    other = train_judge(
        crops, JudgeRecipe(epochs=1, batch_size=32, least=5, precision="float32", seed=1), lambda *_: None
    )
    assert not torch.equal(one["embed.weight"], other.state_dict()["embed.weight"])
