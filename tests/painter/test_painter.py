"""The painter: the same picture for the same seed, whatever else is asked for."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from itertools import permutations
from xml.etree import ElementTree

import pytest
import torch
from PIL import Image

from sg2im_cli import Painter
from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.prepared import PreparedGenerator
from sg2im_cli.model.prepared.convolution import packs
from sg2im_cli.painter import choose_device
from sg2im_cli.painter.given import given_masks
from sg2im_errors import InputError
from sg2im_parsers.errors import UnknownWordsError
from sg2im_parsers.graph_json import graph_from_json, graph_to_json
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

GRAPH = SceneGraph((SceneObject(name="car"), SceneObject(name="road")), (Relationship(0, "on", 1),))


@pytest.fixture(scope="module")
def painter(tiny_bundle):
    return Painter.from_pretrained(str(tiny_bundle), device="cpu")


@pytest.fixture(scope="module")
def sampler(sampled_bundle):
    """Paints with a model that draws sizes, shapes and style at random."""
    return Painter.from_pretrained(str(sampled_bundle), device="cpu")


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
        outside = Painter(generator.eval(), vocabulary, "odd").paint(GRAPH, enforced=False)
        generator.box_net[-2].bias[3] = 0.5
        flat = Painter(generator, vocabulary, "odd").paint(GRAPH, enforced=False)
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


def test_the_generator_is_prepared_for_drawing(painter):
    assert isinstance(painter.generator, PreparedGenerator)
    assert (painter.generator.refinement is not None) == packs(torch.float32)


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
    best = painter.best_of("a dog beside a cat", 6, seed=3, enforced=False)
    each = {seed: painter.paint("a dog beside a cat", seed, enforced=False) for seed in range(3, 9)}
    assert best.choice.by == "relationships"
    assert dict(best.choice.scores) == {seed: float(each[seed].checks[0].satisfied) for seed in each}
    assert dict(best.choice.scores)[best.choice.seed] == max(score for _, score in best.choice.scores)
    assert pixels(best) == pixels(each[best.choice.seed])


SCENE = "two sheep in a field beside a boat"


def shapes(layout):
    """Box and mask of each object, by its seed."""
    return {item.seed: (item.box, item.mask) for item in layout.graph.objects}


def assert_near(one, other):
    assert one.keys() == other.keys()
    for (box, mask), (same_box, same_mask) in ((one[seed], other[seed]) for seed in one):
        assert box == pytest.approx(same_box, abs=2e-6)
        assert [v for row in mask for v in row] == pytest.approx([v for row in same_mask for v in row], abs=1.1e-3)


def test_another_seed_is_another_layout_where_layouts_are_drawn_at_random(sampler):
    one, other = sampler.layout(SCENE, seed=3), sampler.layout(SCENE, seed=4)
    assert sampler.layout(SCENE, seed=3) == one
    things = [i for i, item in enumerate(one.graph.objects) if item.name not in sampler.vocabulary.stuff]
    assert things
    for i in things:  # of stuff there is one layout
        assert one.boxes[i] not in other.boxes
        assert one.masks[i] not in other.masks
    assert one.asked == other.asked  # nothing of it was given
    seeds = [item.seed for item in (*one.graph.objects, *other.graph.objects)]
    assert len(set(seeds)) == len(seeds)


def test_two_of_a_kind_differ_in_one_picture(sampler):
    first, second = sampler.layout(SceneGraph((SceneObject(name="sheep"),) * 2), seed=3).graph.objects
    assert first.box != second.box and first.mask != second.mask
    twins = SceneGraph((SceneObject(name="sheep", seed=5),) * 2)
    first, second = sampler.layout(twins, seed=3, enforced=False).graph.objects
    assert first == second
    first, second = sampler.layout(twins, seed=3).graph.objects
    assert first.seed == second.seed and first.box != second.box  # or neither could be seen


def test_each_sample_is_the_picture_made_alone_with_a_layout_of_its_own(sampler):
    together = sampler.paint(SCENE, seed=7, samples=3)
    alone = [sampler.paint(SCENE, seed) for seed in together.seeds]
    assert pixels(together) == [pixels(painting)[0] for painting in alone]
    assert [together.alone(i) for i in range(3)] == alone
    assert (together.graph, together.checks) == (alone[0].graph, alone[0].checks)
    assert together.account.remarks == ("Each seed has a layout of its own; the boxes are those of seed 7.",)
    assert alone[0].account.remarks == ()


def test_samples_of_a_layout_share_it_and_differ_in_the_rest(sampler):
    layout = sampler.layout(SCENE, seed=7)
    together = sampler.render(layout, seed=7, samples=3)
    assert together.graph == layout.graph and not together.apart
    assert len(set(pixels(together))) == 3
    assert pixels(together)[0] == pixels(sampler.paint(SCENE, seed=7))[0]
    assert pixels(sampler.paint(layout.graph, 7, 3)) == pixels(together)


def test_what_is_drawn_at_random_is_drawn_from_the_seed_alone(sampler):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    before = sampler.paint(SCENE, seed=1)
    assert torch.equal(torch.rand(2), expected)
    assert pixels(sampler.paint(SCENE, seed=1)) == pixels(before)


@pytest.mark.parametrize("order", [*permutations(range(3))][1:])
def test_an_object_keeps_its_shape_with_its_seed_wherever_it_stands(sampler, order):
    layout = sampler.layout("a sheep in a field beside a boat", seed=3, enforced=False)
    place = {old: new for new, old in enumerate(order)}
    objects = tuple(replace(layout.graph.objects[old], box=None, mask=None) for old in order)
    told = tuple(Relationship(place[r.subject], r.predicate, place[r.object]) for r in layout.graph.relationships)
    assert_near(shapes(sampler.layout(SceneGraph(objects, told), seed=99, enforced=False)), shapes(layout))


def test_no_object_gets_the_seed_that_another_has_kept(sampler):
    first = sampler.layout(SceneGraph((SceneObject(name="car"), SceneObject(name="sheep"))), seed=3)
    car, sheep = first.graph.objects
    for objects in ((SceneObject(name="car"), car, sheep), (sheep, SceneObject(name="sheep")), (sheep,) * 1):
        drawn = sampler.layout(SceneGraph(objects), seed=3).graph.objects
        assert len({item.seed for item in drawn}) == len(drawn)
        assert [new.seed for new, old in zip(drawn, objects, strict=True) if old.seed is not None] == [
            item.seed for item in objects if item.seed is not None
        ]


def test_a_mask_fills_the_box_that_is_drawn_unless_it_is_given(sampler):
    layout = sampler.layout(SCENE, seed=3, enforced=False)
    box, mask = (0.05, 0.1, 0.95, 0.3), ((1.0, 0.0), (0.0, 1.0))

    def render(**changes):
        objects = list(layout.graph.objects)
        objects[0] = replace(objects[0], **changes)
        return sampler.render(replace(layout.graph, objects=tuple(objects)), seed=3)

    moved = render(box=box)
    assert moved.boxes == (box, *layout.boxes[1:])
    assert moved.masks[0] != layout.masks[0] and moved.masks[1:] == layout.masks[1:]
    assert moved.graph == render(box=box, mask=None).graph  # what the model said of another box is not given
    assert render(box=box, mask=mask).masks[0] == mask
    again = sampler.render(graph_from_json(graph_to_json(moved.graph)), seed=3)
    assert (again.graph, pixels(again)) == (moved.graph, pixels(moved))


def test_a_pin_and_enforcing_move_boxes_and_masks_follow(sampler):
    held = sampler.paint(SCENE, seed=3)
    assert held.graph == sampler.paint(SCENE, seed=3, enforced=True).graph  # nothing is given
    free = sampler.layout(SCENE, seed=3, enforced=False)
    assert held.boxes != free.boxes
    changed = [a != b for a, b in zip(held.boxes, free.boxes, strict=True)]
    followed = [a != b for a, b in zip(held.masks, free.masks, strict=True)]
    assert any(followed)
    assert not any(new and not moved for new, moved in zip(followed, changed, strict=True))
    assert sampler.enforce(free).graph == held.graph
    assert pixels(sampler.render(held, seed=3)) == pixels(held)
    as_file = graph_from_json(held.to_json())
    assert all(item.mask is None for item in as_file.objects)
    assert pixels(sampler.render(as_file, seed=3)) == pixels(held)


def test_a_model_that_draws_nothing_at_random_passes_seeds_over(painter):
    seeded = SceneGraph(tuple(replace(item, seed=5) for item in GRAPH.objects), GRAPH.relationships)
    painting = painter.paint(seeded, seed=2, samples=2)
    assert pixels(painting) == pixels(painter.paint(GRAPH, seed=2, samples=2))
    assert not painting.apart
    assert all(item.seed is None for item in painter.layout("a car on the road").graph.objects)


def test_the_best_of_layouts_drawn_at_random(sampler):
    words = ("left of", "right of", "above", "below", "on", "under", "beside", "in", "in front of", "behind")
    for text in (f"a sheep {word} a boat" for word in words):  # with random weights, few hold at all
        each = {seed: sampler.paint(text, seed, enforced=False) for seed in range(3, 19)}
        held = {seed: float(painting.checks[0].satisfied) for seed, painting in each.items()}
        if len(set(held.values())) == 2:
            break
    assert set(held.values()) == {0.0, 1.0}
    best = sampler.best_of(text, 16, seed=3, enforced=False)
    assert (best.choice.by, dict(best.choice.scores)) == ("relationships", held)
    assert held[best.choice.seed] == 1.0
    assert pixels(best) == pixels(each[best.choice.seed])
    alone = sampler.best_of("a sheep", 3, seed=3, score=lambda images, graph: [images[0].getpixel((9, 9))[0]])
    assert alone.choice.by == "<lambda>"  # nothing is said that could hold or not
    assert pixels(alone) == pixels(sampler.paint("a sheep", alone.choice.seed))


def test_what_fills_free_places_is_said_and_is_no_object(sampler, painter, vocabulary):
    painting = sampler.paint("a cat on a mat", seed=3, samples=2)
    assert len(painting.surroundings) == 2
    for i, filled in enumerate(painting.surroundings):
        assert filled
        assert {item.category for item in filled} <= vocabulary.stuff
        assert [item.share for item in filled] == sorted((item.share for item in filled), reverse=True)
        assert sum(item.share for item in filled) <= 1.0001
        assert painting.alone(i).surroundings == (filled,)
        alone = sampler.paint("a cat on a mat", seed=3 + i)
        assert alone.surroundings == (filled,)
        assert [item["category"] for item in alone.account_json()["surroundings"]] == [i.category for i in filled]
    assert painter.paint("a cat on a mat", seed=3).surroundings == ((),)


def test_a_picture_that_is_full_of_what_is_said_gets_no_surroundings(sampler):
    graph = sampler.ground("a mountain").graph
    whole = replace(graph, objects=(replace(graph.objects[0], box=(0.0, 0.0, 1.0, 1.0), mask=((1.0,),)),))
    (filled,) = sampler.paint(whole, seed=3).surroundings
    assert filled == ()
