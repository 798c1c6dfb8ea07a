"""The painter: the same picture for the same seed, whatever else is asked for."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import pytest
import torch
from PIL import Image

from sg2im_cli import Painter
from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.painter import choose_device
from sg2im_cli.painter.given import given_masks
from sg2im_parsers.errors import InputError, UnknownWordsError
from sg2im_parsers.graph_json import graph_from_json, graph_to_json
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

GRAPH = SceneGraph((SceneObject(name="car"), SceneObject(name="road")), (Relationship(0, "on", 1),))


@pytest.fixture(scope="module")
def painter(tiny_bundle):
    return Painter.from_pretrained(str(tiny_bundle), device="cpu")


def pixels(painting):
    return [image.tobytes() for image in painting.images]


def test_samples_are_the_pictures_of_the_next_seeds(painter):
    together = painter.paint("a car on the road", seed=7, samples=3)
    assert together.seeds == (7, 8, 9)
    assert pixels(together) == [pixels(painter.paint("a car on the road", seed=s))[0] for s in (7, 8, 9)]
    assert len(set(pixels(together))) == 3


def test_samples_of_a_model_that_has_only_sides(small_config):
    words = Vocabulary.from_names(["dog", "cat"], ["left of", "right of", "above", "below"])
    torch.manual_seed(0)
    painter = Painter(Generator(small_config, len(words.objects), len(words.predicates)).eval(), words, "sides")
    together = painter.paint("a dog beside a cat", seed=3, samples=6)
    alone = [painter.paint("a dog beside a cat", seed=seed) for seed in together.seeds]
    assert pixels(together) == [pixels(painting)[0] for painting in alone]
    assert {painting.graph.relationships[0].predicate for painting in alone} == {"left of", "right of"}
    assert together.graph == alone[0].graph
    assert together.account.remarks == ("Each seed has sides of its own; the graph and the boxes are those of seed 3.",)


def test_a_painter_may_be_strict(painter):
    with pytest.raises(InputError, match="'red' would be dropped"):
        painter.paint("a red car", strict=True)


def test_what_is_said_of_a_layout_can_be_read_whatever_the_model_predicts(vocabulary):
    """The released models' boxes are four numbers without bounds."""
    generator = Generator(GeneratorConfig(box_head="corners"), len(vocabulary.objects), len(vocabulary.predicates))
    with torch.no_grad():
        generator.box_net[-2].weight.zero_()
        generator.box_net[-2].bias.copy_(torch.tensor([0.2, 0.5, 1.3, 0.9]))
        outside = Painter(generator.eval(), vocabulary, "odd").paint(GRAPH)
        generator.box_net[-2].bias[3] = 0.5
        flat = Painter(generator, vocabulary, "odd").paint(GRAPH)
    assert outside.boxes == (pytest.approx((0.2, 0.5, 1, 0.9)),) * 2
    assert flat.boxes == (None, None)
    for painting in (outside, flat):
        assert graph_from_json(graph_to_json(painting.graph)) == painting.graph


@pytest.mark.parametrize("device", ["tpu", "meta", "cuda:99", ""])
def test_a_device_that_cannot_paint(device):
    with pytest.raises(InputError, match="There is no device"):
        choose_device(device)


def test_a_sentence_equals_its_graph(painter):
    assert pixels(painter.paint("a car on the road", seed=2)) == pixels(painter.paint(GRAPH, seed=2))


def test_everything_that_led_to_a_picture(painter, tiny_bundle):
    painting = painter.paint("a red car on the street", seed=1)
    assert [item.name for item in painting.graph.objects] == ["car", "road"]
    assert all(0 <= v <= 1 for box in painting.boxes for v in box)
    assert len(painting.masks[0]) == 8
    assert [w.status for w in painting.account.words] == ["dropped", "kept", "kept", "mapped"]
    assert painting.weights == str(tiny_bundle)
    assert painting.text == "a red car on the street"


def test_given_boxes_and_masks_are_kept(painter):
    box, mask = (0.1, 0.2, 0.5, 0.6), ((1.0, 0.0), (0.0, 1.0))
    graph = SceneGraph((SceneObject(name="car", box=box, mask=mask), SceneObject(name="road")), ())
    painting = painter.paint(graph)
    assert painting.graph.objects[0].box == box
    assert painting.graph.objects[0].mask == mask
    assert painting.graph.objects[1].box is not None


def test_masks_for_a_model_without_a_mask_head_are_where_its_boxes_are():
    graph = SceneGraph((SceneObject(name="car", mask=((1.0, 0.0), (0.0, 1.0))), SceneObject(name="road")), ())
    masks = given_masks(graph, None, torch.zeros(3, 4, device="meta", dtype=torch.bfloat16))
    assert masks is not None
    assert (masks.device.type, masks.dtype, len(masks)) == ("meta", torch.bfloat16, 3)


def test_painting_does_not_change_the_graph_nor_the_global_random_state(painter):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    painter.paint(GRAPH, seed=1)
    assert torch.equal(torch.rand(2), expected)
    assert GRAPH.objects[0].box is None


def test_the_generator_is_a_module(painter):
    assert isinstance(painter.generator, torch.nn.Module)
    assert not painter.generator.training


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_lower_precision_is_near(tiny_bundle, painter, dtype):
    low = Painter.from_pretrained(str(tiny_bundle), "cpu", dtype).paint(GRAPH, seed=1)
    full = painter.paint(GRAPH, seed=1)
    difference = [abs(a - b) for a, b in zip(pixels(low)[0], pixels(full)[0], strict=True)]
    assert sum(difference) / len(difference) < 8


def test_mistakes(painter, tiny_bundle):
    with pytest.raises(InputError, match="samples is 0"):
        painter.paint(GRAPH, samples=0)
    with pytest.raises(InputError, match="cannot draw 'unicorn'"):
        painter.paint("a unicorn")
    with pytest.raises(UnknownWordsError) as caught:
        painter.paint(SceneGraph((SceneObject(name="unicorn"), SceneObject(name="griffin")), ()))
    assert caught.value.words == ("unicorn", "griffin")
    with pytest.raises(InputError, match="no precision 'int8'"):
        Painter.from_pretrained(str(tiny_bundle), dtype="int8")


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "3", None])
@pytest.mark.parametrize("method", ["paint", "render", "layout"])
def test_a_seed_that_a_record_cannot_hold_is_refused(painter, method, seed):
    with pytest.raises(InputError, match="must be a whole number from 0 to 9223372036854775807"):
        getattr(painter, method)(GRAPH, seed=seed)


def test_the_last_seed_of_several_counts(painter):
    assert painter.paint(GRAPH, seed=2**63 - 1).seeds == (2**63 - 1,)
    with pytest.raises(InputError, match="9223372036854775806 for 2 pictures"):
        painter.paint(GRAPH, seed=2**63 - 1, samples=2)
    with pytest.raises(InputError, match="for 3 pictures"):
        painter.best_of(GRAPH, 3, seed=2**63 - 2)


@pytest.mark.parametrize(
    ("method", "given", "message"),
    [
        ("paint", 3, "A sentence or a SceneGraph is needed, not int"),
        ("paint", {"objects": ["car"]}, "not dict; graph_from_json makes a graph of JSON"),
        ("render", "a car", "A Layout or a SceneGraph is needed, not str"),
        ("check", "a car", "A Layout or a SceneGraph is needed, not str"),
        ("enforce", None, "A Layout or a SceneGraph is needed, not NoneType"),
    ],
)
def test_what_is_no_sentence_or_graph_is_refused(painter, method, given, message):
    with pytest.raises(InputError, match=message):
        getattr(painter, method)(given)


def test_painting_is_laying_out_and_rendering(painter):
    layout = painter.layout("a red car on the street, a dog on the left")
    assert [item.name for item in layout.graph.objects] == ["car", "road", "dog"]
    painting = painter.paint("a red car on the street, a dog on the left", seed=4, samples=2)
    assert pixels(painter.render(layout, seed=4, samples=2)) == pixels(painting)
    assert painter.render(layout, seed=4).graph == painting.graph == layout.graph
    assert (layout.checks, layout.place_checks) == (painting.checks, painting.place_checks)
    assert painter.check(layout) == painter.check(layout.graph) == (*layout.checks, *layout.place_checks)
    assert pixels(painter.render(layout.graph, seed=4, samples=2)) == pixels(painting)
    held = painter.enforce(layout)
    assert all(item.satisfied for item in (*held.checks, *held.place_checks))
    assert held.graph == painter.layout("a red car on the street, a dog on the left", enforced=True).graph
    assert pixels(painter.render(held)) == pixels(
        painter.paint("a red car on the street, a dog on the left", 0, 1, True)
    )


def test_a_cell_of_a_notebook_shows_pictures_graph_layout_and_account(painter):
    painting = painter.paint("a red car <b> on the street, a dog on the left", samples=2)
    with Image.open(io.BytesIO(painting._repr_png_())) as sheet:
        assert sheet.size == (64, 32)
    html = painting._repr_html_()
    root = ElementTree.fromstring(html)
    images = [image.get("src").partition(",") for image in root.iter("img")]
    assert [kind for kind, _, _ in images] == ["data:image/png;base64"] * 2 + ["data:image/svg+xml;base64"] * 2
    for kind, _, data in images:
        assert base64.b64decode(data)[:4] == (b"\x89PNG" if "png" in kind else b"<svg")
    cells = [cell.text for cell in root.iter("td")]
    assert {"red", "dropped", "0 car on 1 road", "2 dog on the left"} <= set(cells)
    layout = ElementTree.fromstring(painter.layout(GRAPH)._repr_html_())
    assert len(list(layout.iter("img"))) == 2


def test_the_best_of_several(painter, small_config):
    def darkness(images, graph):
        assert [item.name for item in graph.objects] == ["car", "road"]
        return [-sum(image.tobytes()) for image in images]

    best = painter.best_of(GRAPH, 40, seed=3, score=darkness)
    totals = {seed: -sum(pixels(painter.paint(GRAPH, seed))[0]) for seed in range(3, 43)}
    assert best.choice.by == "darkness"
    assert dict(best.choice.scores) == totals
    assert best.seeds == (best.choice.seed,) == (max(totals, key=totals.get),)
    assert pixels(best) == pixels(painter.paint(GRAPH, best.choice.seed))
    other = painter.best_of(GRAPH, 4, score=lambda images, graph: None)
    assert other.choice == painter.best_of(GRAPH, 4).choice
    assert other.choice.by == "contrast"
    with pytest.raises(InputError, match="best of 0"):
        painter.best_of(GRAPH, 0)


def test_where_layouts_differ_the_best_is_that_in_which_most_holds(small_config):
    words = Vocabulary.from_names(["dog", "cat"], ["left of", "right of", "above", "below"])
    torch.manual_seed(0)
    painter = Painter(Generator(small_config, len(words.objects), len(words.predicates)).eval(), words, "sides")
    best = painter.best_of("a dog beside a cat", 6, seed=3)
    each = {seed: painter.paint("a dog beside a cat", seed) for seed in range(3, 9)}
    assert best.choice.by == "relationships"
    assert dict(best.choice.scores) == {seed: float(each[seed].checks[0].satisfied) for seed in each}
    assert dict(best.choice.scores)[best.choice.seed] == max(score for _, score in best.choice.scores)
    assert pixels(best) == pixels(each[best.choice.seed])
