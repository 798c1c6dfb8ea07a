"""``sg2im story``: a sheet in which each line adds to the scene or changes it."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sg2im_cli import Painter
from sg2im_cli.drawing.sheet import WIDTH
from sg2im_cli.provenance.read import read_record
from sg2im_cli.scenes.story import paint_story
from sg2im_parsers.stories.alignment import keep_layout
from sg2im_parsers.stories.story import read_story

STORY = """# figure 6, told
a sheep in a field under the sky

and a tree behind it
the sheep is left of the tree
without the sky
"""
GRAPHS = [
    {"objects": ["car", "road", "line"], "relationships": [[0, "on", 1], [2, "on", 1]]},
    {"objects": ["bus", "road", "car"], "relationships": [[0, "on", 1], [2, "on", 1]]},
]


@pytest.fixture(scope="module")
def painter(tiny_bundle):
    return Painter.from_pretrained(str(tiny_bundle), "cpu")


@pytest.fixture(scope="module")
def steps(painter):
    return list(paint_story(painter, read_story(STORY, painter.parser, painter.vocabulary), seed=3))


class Page(HTMLParser):
    """What an HTML file shows and refers to."""

    def __init__(self, text):
        super().__init__()
        self.images, self.references, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.references += [attributes[key] for key in ("src", "href", "data") if key in attributes]
        if tag == "img":
            self.images.append(attributes)
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_what_stays_keeps_box_and_mask_and_what_moves_its_mask(steps):
    for step in steps[1:]:
        for item, old, place in zip(step.painting.graph.objects, step.scene.kept, range(99), strict=False):
            if old is None:
                continue
            known = step.before.objects[old]
            assert item.mask == known.mask
            assert (item.box == known.box) == (place not in step.scene.moved)
    assert [len(step.painting.graph.objects) for step in steps] == [3, 4, 4, 3]


def test_every_picture_has_the_noise_of_the_seed(painter, steps):
    for step in steps[1:]:
        graph = keep_layout(step.scene.graph, step.before, step.scene.kept, step.scene.moved)
        assert painter.paint(graph, seed=3).images[0].tobytes() == step.painting.images[0].tobytes()
    assert painter.paint("a sheep in a field under the sky", seed=3).images == steps[0].painting.images


def test_what_stays_keeps_its_seed_where_shapes_are_drawn_at_random(sampled_bundle):
    painter = Painter.from_pretrained(str(sampled_bundle), "cpu")
    steps = list(paint_story(painter, read_story(STORY, painter.parser, painter.vocabulary), seed=3))
    moved = 0
    for step in steps[1:]:
        seeds = [item.seed for item in step.painting.graph.objects]
        assert len(set(seeds)) == len(seeds)
        for place, (item, old) in enumerate(zip(step.painting.graph.objects, step.scene.kept, strict=True)):
            if old is None:
                continue
            known = step.before.objects[old]
            assert item.seed == known.seed
            stays = place not in step.scene.moved
            assert (item.box == known.box, item.mask == known.mask) == (stays, stays)  # a mask fills its box
            moved += not stays
    assert moved
    assert [step.painting.seeds for step in steps] == [(3,)] * 4


def test_what_is_new_or_said_anew_is_marked(steps):
    names = [[step.painting.graph.objects[i].name for i in sorted(step.marks.objects)] for step in steps]
    assert names == [[], ["tree"], ["sheep"], []]
    told = [[step.painting.graph.relationships[i].predicate for i in step.marks.relationships] for step in steps]
    assert told == [[], ["behind"], ["left of"], []]


def test_enforcing_moves_only_what_is_new(painter):
    scenes = read_story("a sheep in a field\nand a boat left of it", painter.parser, painter.vocabulary)
    first, second = paint_story(painter, scenes, seed=3, enforced=True)
    assert second.painting.boxes[:2] == first.painting.boxes
    given_up = second.painting.given_up
    assert all(check.satisfied or check.relationship in given_up for check in second.painting.checks)
    assert second.painting.boxes[2] != painter.layout(scenes[1].graph).boxes[2]  # the boat had to move


def test_a_sheet_as_png_and_html(draw, sg2im, tmp_path):
    Path("story.txt").write_text(STORY)
    done = draw("story", "story.txt", "--seed", 3, "-o", "sheet.png", "-o", "sheet.html", "-q")
    assert (done.code, done.out, done.err) == (0, "sheet.png\nsheet.html\n", "")
    with Image.open("sheet.png") as sheet:
        assert sheet.width == WIDTH and sheet.height > 4 * 300
    page = Page(Path("sheet.html").read_text(encoding="utf8"))
    assert page.open == []
    assert len(page.images) == 4 * 3
    assert all(reference.startswith("data:image/") for reference in page.references)
    assert all(image["alt"] for image in page.images)
    assert page.images[3]["alt"] == "Scene graph: sheep in field; field under sky; tree behind sheep."
    assert re.match(r"Layout: sheep from the left \d+ to \d+ %, from the top ", page.images[4]["alt"])
    assert 'lang="en"' in Path("sheet.html").read_text() and "http" not in Path("sheet.html").read_text()


def test_a_picture_taken_out_of_the_page_is_replayed(draw, sg2im):
    Path("story.txt").write_text(STORY)
    draw("story", "story.txt", "--seed", 3, "-o", "a.html")
    draw("story", "story.txt", "--seed", 3, "-o", "plain.html", "--no-metadata")
    for place, text in ((2, "a sheep in a field under the sky"), (8, None)):
        Path("one.png").write_bytes(png_of("a.html", place))
        assert read_record(Path("one.png")).text == text
        done = sg2im("replay", "one.png", "--json", "-o", f"{place}.png")
        assert json.loads(done.out)["replayed"]["same_pixels"] is True
    assert b"iTXt" not in png_of("plain.html", 2)


def png_of(name, place):
    source = Page(Path(name).read_text(encoding="utf8")).images[place]["src"]
    data = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    assert Image.open(BytesIO(data)).size == (32, 32)
    return data


def test_graphs_are_a_story_too(draw):
    Path("two graphs.json").write_text(json.dumps(GRAPHS))
    done = draw("story", "two graphs.json", "--seed", 3, "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert Path("two-graphs.png").is_file()
    assert [(row["line"], row["text"], row["kept"]) for row in rows] == [
        (1, None, [None, None]),
        (2, None, [None, 1, 0]),
    ]
    car, again = rows[0]["graph"]["objects"][0], rows[1]["graph"]["objects"][2]
    assert car == again and car["name"] == "car"
    assert "Left out, as the weights do not know them: line." in rows[0]["account"]["remarks"]
    assert "Left out, as the weights do not know them: line." in done.err
    assert "do not know 'line'" in draw("story", "two graphs.json", "--strict", "-o", "b.png").err


def test_a_story_from_standard_input(draw):
    done = draw("story", "-", "--seed", 3, stdin="a car on the road\nand a bus behind it\n")
    assert (done.code, done.out) == (0, "story.png\n")
    for said in ("a car on the road", "and a bus behind it", "it", "said before", "bus"):
        assert said in done.err


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (None, (), "There is no file story.txt."),
        ("", (), "story.txt: no line describes a scene; write one, such as: a sheep on grass."),
        ("a sheep\n\nand a unicorn", (), "story.txt: line 3: This model cannot draw 'unicorn'"),
        ("a sheep\nwithout the boat", (), "story.txt: line 2: there is no 'boat' in the scene; it has sheep."),
        ("[1]", (), "story.txt: graph 0: a scene graph is a JSON object"),
        ("a sheep", ("-o", "sheet.pdf"), "sheet.pdf must end in .png or .html."),
        ("a sheep", ("-o", "a.png", "-o", "a.png"), "a.png would be written twice"),
        ("a sheep", ("-o", "story.txt/a.png"), "story.txt"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_code_2(draw, files, text, arguments, message):
    if text is not None:
        Path("story.txt").write_text(text)
    before = files()
    done = draw("story", "story.txt", *arguments)
    assert (done.code, done.out, done.err.count("\n"), files()) == (2, "", 1, before)
    assert message in done.err


def test_no_sheet_is_overwritten_unless_told(draw):
    Path("story.txt").write_text("a sheep")
    Path("story.png").write_text("mine")
    assert draw("story", "story.txt").code == 2
    assert Path("story.png").read_text() == "mine"
    assert draw("story", "story.txt", "--overwrite").code == 0


def test_the_documented_story_and_its_python_run(painter, tmp_path, monkeypatch):
    text = (Path(__file__).parents[3] / "docs" / "story.md").read_text(encoding="utf8")
    from sg2im_parsers.vocabulary import Vocabulary
    from sg2im_weights import resolve

    vocabulary = Vocabulary.from_json(resolve("default").config["vocabulary"])
    scenes = read_story(text.split("```text\n")[1].split("```")[0], painter.parser, vocabulary)
    assert [scene.kind for scene in scenes] == ["scene", *["addition"] * 4, "removal", "replacement"]
    assert not any(scene.account.dropped or scene.account.remarks for scene in scenes)
    monkeypatch.chdir(tmp_path)
    exec(text.split("```python\n")[1].split("```")[0], {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.png", "2.png"]


def test_what_a_line_takes_away_became_nothing(draw, tmp_path):
    (tmp_path / "s.txt").write_text("a dog on a bed beside a tree\nwithout the tree\n")
    told = draw("story", "s.txt", "--seed", 3).err.split("without the tree")[1]
    assert told.split("Objects")[0].split()[-4:] == ["tree", "nothing", "taken", "away"]
