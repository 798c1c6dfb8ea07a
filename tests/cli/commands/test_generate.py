"""``sg2im "a sentence"``: what it prints where, what it writes, and what it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from sg2im_cli.cli.display.tables import preview
from sg2im_cli.cli.streams import read_standard_input
from sg2im_cli.output.files import slug
from tests.cli.conftest import heed_ctrl_c

CAR = "a car on the road"
TWO = "two sheep in a field"


def pixels(name):
    with Image.open(name) as image:
        return image.tobytes()


def size(name):
    with Image.open(name) as image:
        return image.size


def load(name):
    return json.loads(Path(name).read_text())


def test_a_sentence_makes_a_picture_and_prints_its_path(draw, files):
    done = draw(CAR, "--seed", 7)
    assert (done.code, done.out) == (0, "a-car-on-the-road-7.png\n")
    assert files() == ["a-car-on-the-road-7.png"]
    assert size("a-car-on-the-road-7.png") == (32, 32)


def test_a_person_sees_words_objects_relationships_and_the_seed(draw):
    err = draw("a red sedan on the street", "--seed", 7).err
    for expected in ("sedan", "car", "kind of", "road", "synonym", "red", "no attributes", "0 car", "seed 7"):
        assert expected in err


def test_quiet_prints_paths_only(draw):
    done = draw(CAR, "--seed", 1, "--quiet")
    assert (done.out, done.err) == ("a-car-on-the-road-1.png\n", "")


def test_json(draw):
    made = json.loads(draw(CAR, "--seed", 3, "--samples", 2, "--json").out)
    assert list(made) == ["text", "seed", "weights", "outputs", "graph", "account"]
    assert made["text"] == CAR
    assert made["outputs"] == [
        {"path": "a-car-on-the-road-3.png", "seed": 3},
        {"path": "a-car-on-the-road-4.png", "seed": 4},
    ]
    assert made["graph"]["relationships"] == [[0, "on", 1]]
    assert [word["status"] for word in made["account"]["words"]] == ["kept", "kept", "kept"]


def test_a_seed_drawn_at_random_is_printed_and_makes_the_same_picture(draw):
    made = json.loads(draw(CAR, "--json", "--output", "one.png").out)
    draw(CAR, "--seed", made["seed"], "--output", "two.png")
    assert pixels("one.png") == pixels("two.png")


def test_a_sample_equals_the_picture_made_alone(draw):
    draw(CAR, "--seed", 5, "--samples", 3, "--output", "many/")
    draw(CAR, "--seed", 7, "--output", "alone.png")
    assert pixels("many/a-car-on-the-road-7.png") == pixels("alone.png")


def test_names_with_seed_and_index(draw, files):
    draw(CAR, "--seed", 5, "--samples", 2, "-o", "out/{index}-{seed}.jpg")
    assert files() == ["out/0-5.jpg", "out/1-6.jpg"]


def test_a_free_name_is_found(draw, files):
    draw(CAR, "--seed", 7)
    assert draw(CAR, "--seed", 7).out == "a-car-on-the-road-7-2.png\n"
    assert len(files()) == 2


def test_nothing_is_overwritten_unless_told(draw):
    Path("mine.png").write_text("precious")
    done = draw(CAR, "-o", "mine.png")
    assert done.code == 2
    assert done.err == "sg2im: mine.png exists; use --overwrite to replace it, or another name.\n"
    assert Path("mine.png").read_text() == "precious"
    assert draw(CAR, "-o", "mine.png", "--overwrite").code == 0
    assert size("mine.png") == (32, 32)


def test_scale(draw):
    draw(CAR, "--scale", 4, "-o", "big.png")
    assert size("big.png") == (128, 128)


def test_options_before_the_sentence(draw):
    assert draw("--seed", 3, CAR, "-q").out == "a-car-on-the-road-3.png\n"


def test_standard_input(draw):
    assert draw("-", "--seed", 3, "-q", stdin=CAR + "\n").out == "a-car-on-the-road-3.png\n"


def test_graphs_of_the_original_project(draw, tmp_path):
    graphs = [
        {"objects": ["sky", "field"], "relationships": [[0, "above", 1]]},
        {"objects": ["sheep", "field", "tree"], "relationships": [[0, "on", 1], [2, "behind", 0]]},
    ]
    (tmp_path / "graphs.json").write_text(json.dumps(graphs))
    done = draw("--scene-graph", "graphs.json", "--seed", 1, "-o", "{index}.png", "-q")
    assert (done.code, done.out) == (0, "0.png\n1.png\n")
    done = draw("--scene-graph", "-", "--seed", 1, "-q", stdin=json.dumps(graphs[0]))
    assert done.out == "sky-field-1.png\n"


def test_unknown_words_of_a_graph_are_all_named(draw, tmp_path):
    graph = {"objects": ["unicorn", "field", "griffin"], "relationships": [[0, "juggles", 1]]}
    (tmp_path / "g.json").write_text(json.dumps(graph))
    done = draw("--scene-graph", "g.json")
    assert done.code == 2
    for word in ("unicorn", "griffin", "juggles"):
        assert repr(word) in done.err


def test_nothing_is_drawn_if_one_graph_of_a_file_cannot_be(draw, tmp_path, files):
    (tmp_path / "g.json").write_text('[{"objects": ["car"]}, {"objects": ["unicorn"]}, {"objects": ["griffin"]}]')
    done = draw("--scene-graph", "g.json", "-o", "out/")
    assert (done.code, done.out, files()) == (2, "", ["g.json"])
    assert "'unicorn'" in done.err and "'griffin'" in done.err


def test_graphs_alike_have_names_of_their_own_also_when_overwriting(draw, tmp_path):
    (tmp_path / "g.json").write_text('[{"objects": ["car"]}, {"objects": ["car"]}]')
    for _ in range(2):
        done = draw("--scene-graph", "g.json", "--seed", 1, "-q", "-o", "out/", "--overwrite")
        assert done.out == "out/car-1.png\nout/car-1-2.png\n"


@pytest.mark.parametrize(
    "names",
    [
        ("-o", "a.png", "--save-graph", "./a.png"),
        ("-o", "a.png", "--save-graph", "g.json", "--save-layout", "g.json"),
        ("-o", "a{index}.png", "--save-layout", "a0.png"),
    ],
)
def test_one_name_for_two_files(draw, files, names):
    done = draw(CAR, *names, "--overwrite")
    assert (done.code, files()) == (2, [])
    assert "would be written twice" in done.err


@pytest.mark.parametrize("option", ["-o", "--save-graph"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mine.txt/a.png", "mine.txt is a file, so nothing can be written to mine.txt"),
        ("n" * 300 + ".png", "use another name"),
        ("pipe.png", "pipe.png is a device or a pipe; name a file"),
    ],
)
def test_names_that_cannot_be_written(draw, files, tmp_path, option, name, message):
    (tmp_path / "mine.txt").write_text("precious")
    os.mkfifo(tmp_path / "pipe.png")
    done = draw(CAR, option, name, "--overwrite")
    assert (done.code, done.out, files()) == (2, "", ["mine.txt"])
    assert message in done.err
    assert (tmp_path / "pipe.png").is_fifo()


def test_a_file_in_place_of_a_directory(draw, files, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    done = draw(CAR, "-o", "mine.txt/")
    assert (done.code, files()) == (2, ["mine.txt"])
    assert "mine.txt is a file" in done.err


def test_overwriting_follows_a_link(draw, tmp_path):
    (tmp_path / "real.png").write_text("old")
    (tmp_path / "link.png").symlink_to("real.png")
    assert draw(CAR, "-o", "link.png", "--overwrite").code == 0
    assert (tmp_path / "link.png").is_symlink()
    assert size("real.png") == (32, 32)


def test_a_closed_standard_input(sg2im, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert read_standard_input() == ""


def test_a_byte_order_mark_on_standard_input(draw):
    assert draw("--scene-graph", "-", "-q", "--seed", 1, stdin='\ufeff{"objects": ["car"]}').out == "car-1.png\n"


@pytest.mark.parametrize("columns", [10, 40, 200])
def test_a_preview_fits_the_terminal(columns):
    lines = preview(Image.new("RGB", (64, 32)), columns).plain.splitlines()
    assert {len(line) for line in lines} == {min(columns, 48)}


def test_what_is_saved_can_be_drawn(draw):
    saved = ("--save-graph", "g.json", "--save-layout", "l.json", "--save-masks")
    draw("two sheep in a field", "--seed", 4, "-o", "a.png", *saved)
    graph, layout = (load(name) for name in ("g.json", "l.json"))
    assert all("box" not in item for item in graph["objects"])
    assert all(len(item["box"]) == 4 for item in layout["objects"])
    assert draw("--scene-graph", "g.json", "--seed", 4, "-o", "b.png").code == 0
    assert pixels("a.png") == pixels("b.png")
    assert all(len(item["mask"]) == 8 for item in layout["objects"])
    assert draw("--scene-graph", "l.json", "--seed", 4, "-o", "c.png").code == 0
    assert pixels("a.png") == pixels("c.png")


def test_paths_of_graphs_and_layouts_are_printed_after_their_picture(draw):
    call = (TWO, "--seed", 4, "--samples", 2, "-o", "{seed}.png", "--overwrite", "-q")
    saved = ("--save-graph", "g.json", "--save-layout", "l{seed}.svg")
    assert draw(*call, *saved).out.split() == ["4.png", "g.json", "l4.svg", "5.png", "l5.svg"]
    made = json.loads(draw(*call, *saved, "--json").out)
    assert made["saved"] == ["g.json", "l4.svg", "l5.svg"]
    assert "saved" not in json.loads(draw(*call, "--json").out)


def test_what_does_not_hold_says_by_how_much_of_what_and_what_to_do(draw, tmp_path):
    objects = [{"name": "car", "box": [0.1, 0.1, 0.4, 0.4]}, {"name": "road", "box": [0.1, 0.6, 0.4, 0.9]}]
    graphs = {
        "two.json": [{"objects": ["car", "road"], "relationships": said} for said in ([[0, "above", 1]], [])],
        "boxed.json": [{"objects": objects, "relationships": [[0, "below", 1]]}],
    }
    for name, value in graphs.items():
        (tmp_path / name).write_text(json.dumps(value))
    call = ("--scene-graph", "two.json", "--seed", 4, "-o", "{index}.png", "--overwrite")
    plain, held = draw(*call, "--no-enforce").err, draw(*call).err
    assert "without --no-enforce they move" in plain
    assert "of the picture" in plain
    assert "no, off by" not in held
    assert "enforce" not in held
    given = draw("--scene-graph", "boxed.json").err  # given boxes are as they were meant
    assert "no, off by" in given
    assert "enforce" not in given


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-o", "{index}.jpg"), 1),
        (("-o", "{index}.WebP"), 1),
        (("-o", "{index}.png"), 0),
        (("-o", "{index}.jpg/"), 0),  # a directory, of PNG
        ((), 0),
        (("-o", "{index}.jpg", "--no-metadata"), 0),
        (("-o", "{index}.jpg", "-q"), 0),
    ],
)
def test_pictures_that_lose_what_made_them_say_so_once(draw, tmp_path, arguments, told):
    (tmp_path / "lines.txt").write_text("a car on a road\n")
    assert draw(CAR, *arguments).err.count("does not carry what made it") == told
    lines = draw("--file", "lines.txt", "--overwrite", *(arguments or ("-o", "pictures/")))
    assert lines.code == 0
    assert lines.err.count("does not carry what made it") == told


def test_a_layout_that_was_drawn_at_random_is_saved_with_its_seeds(sample):
    sample(TWO, "--seed", 4, "-o", "a.png", "--save-graph", "g.json", "--save-layout", "l.json")
    graph, layout = (load(name) for name in ("g.json", "l.json"))
    assert not any({"box", "mask", "seed"} & set(item) for item in graph["objects"])
    assert all({"box", "seed"} <= set(item) and "mask" not in item for item in layout["objects"])
    sample("--scene-graph", "g.json", "--seed", 4, "-o", "b.png")
    sample("render", "l.json", "-o", "c.png")
    assert pixels("a.png") == pixels("b.png") == pixels("c.png")
    sample("render", "l.json", "--seed", 5, "--save-layout", "again.json", "-o", "d.png")
    assert load("again.json")["objects"] == layout["objects"]
    assert pixels("d.png") != pixels("a.png")


def test_an_edited_layout_keeps_the_shapes_of_the_rest(sample):
    sample(TWO, "--seed", 4, "-o", "a.png", "--save-layout", "l.json", "--save-masks")
    layout = load("l.json")
    before = {item["seed"]: item for item in layout["objects"]}
    edited = {"objects": ["boat", *layout["objects"][::-1]], "seed": layout["seed"]}
    Path("edited.json").write_text(json.dumps(edited))
    sample("render", "edited.json", "-o", "b.png", "--save-layout", "after.json", "--save-masks")
    added, *kept = load("after.json")["objects"]
    assert kept == [before[item["seed"]] for item in kept] == edited["objects"][1:]
    assert added["seed"] not in before


def test_layouts_of_samples_are_the_firsts_or_each_ones(sample, files):
    names = ("-o", "{seed}.png", "--save-graph", "g{index}.json")
    done = sample(TWO, "--seed", 4, "--samples", 2, *names, "--save-layout", "l{seed}.json")
    assert "Each seed has a layout of its own; the boxes are those of seed 4." in done.err
    assert files() == ["4.png", "5.png", "g0.json", "g1.json", "l4.json", "l5.json"]
    assert load("l4.json")["objects"] != load("l5.json")["objects"]
    for seed in (4, 5):
        sample("render", f"l{seed}.json", "-o", f"again{seed}.png")
        assert pixels(f"again{seed}.png") == pixels(f"{seed}.png")
    sample(TWO, "--seed", 4, "--samples", 2, "-o", "many/", "--save-layout", "first.json")
    assert load("first.json") == load("l4.json")


def test_layouts_of_several_graphs_have_names_of_their_own(draw, files, tmp_path):
    (tmp_path / "g.json").write_text('[{"objects": ["car"]}, {"objects": ["dog"]}]')
    call = ("--scene-graph", "g.json", "--seed", 4, "-o", "{index}.png", "--save-layout")
    assert "l.json is for one graph, and there are 2 in the file; use {index} in the name" in draw(*call, "l.json").err
    assert "l{name}.json has {name}; only {seed} and {index} are filled in" in draw(*call, "l{name}.json").err
    assert "l4.json would be written twice" in draw(*call, "l{seed}.json").err
    assert files() == ["g.json"]
    assert draw(*call, "l{index}.json").code == 0
    assert [load(f"l{i}.json")["objects"][0]["name"] for i in (0, 1)] == ["car", "dog"]
    assert "l0.json exists" in draw(*call, "l{index}.json").err


def test_a_given_box_is_used(draw, tmp_path):
    box = [0.1, 0.2, 0.3, 0.9]
    graph = {"objects": [{"name": "car", "box": box}, "road"], "relationships": [[0, "on", 1]]}
    (tmp_path / "g.json").write_text(json.dumps(graph))
    made = json.loads(draw("--scene-graph", "g.json", "--json").out)
    assert made["graph"]["objects"][0]["box"] == box
    assert "box" in made["graph"]["objects"][1]


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_graph_and_layout_as_pictures(draw, ending, tmp_path):
    draw(CAR, "--save-graph", f"g.{ending}", "--save-layout", f"l.{ending}")
    for name in ("g", "l"):
        data = (tmp_path / f"{name}.{ending}").read_bytes()
        assert data.startswith(b"\x89PNG" if ending == "png" else b"<svg")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "The text is empty"),
        (("   ",), "The text is empty"),
        (("quickly and quietly",), "No object was found"),
        (("a unicorn with a dragon",), "This model cannot draw 'unicorn', 'dragon'"),
        ((CAR, "--device", "tpu"), "There is no device 'tpu' here"),
        ((CAR, "--scene-graph", "g.json"), "Give either a sentence in quotes, --scene-graph FILE or --file"),
        (("--seed", "1"), "Give either a sentence in quotes, --scene-graph FILE or --file"),
        (("--scene-graph", "none.json"), "There is no file none.json"),
        ((CAR, "-o", "a.bmp"), "a.bmp must end in .png"),
        ((CAR, "-o", "noending"), "noending must end in .png"),
        ((CAR, "-o", ""), "--output is empty"),
        ((CAR, "--seed", 2**63 - 1, "--samples", 2), "The last picture would have a seed above"),
        ((CAR, "--seed", "-1"), "'--seed'"),
        ((CAR, "--scale", "1.5"), "'--scale'"),
        ((CAR, "-o", "a_{indx}.png"), "a_{indx}.png has {indx}; only {seed} and {index} are filled in"),
        ((CAR, "-o", "a.png", "--samples", "2"), "a.png names one file, but there are several pictures"),
        ((CAR, "--save-graph", "g.txt"), "g.txt must end in .json"),
        ((CAR, "--nlp", "no_such_pipeline"), "No spaCy pipeline named 'no_such_pipeline'"),
        ((CAR, "--samples", "0"), "'--samples'"),
        ((CAR, "--dtype", "int8"), "Invalid value for '--dtype': 'int8' is not one of"),
        ((CAR, "--bogus"), "No such option"),
        ((CAR, "a dog"), "unexpected extra argument"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_code_2(sg2im, tiny_bundle, files, arguments, message):
    weights = () if "--device" in arguments else ("--device", "cpu")
    done = sg2im("generate", *arguments, "--weights", tiny_bundle, *weights)
    assert done.code == 2
    assert done.err.startswith("sg2im: ")
    assert message in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
    assert files() == []


def test_wrong_weights(sg2im):
    done = sg2im(CAR, "--weights", "nowhere")
    assert done.code == 2
    assert done.err.startswith("sg2im: There are no weights 'nowhere'")
    assert done.err.count("\n") == 1


def test_nothing_is_written_when_one_of_many_exists(draw, files, tmp_path):
    (tmp_path / "1.png").write_text("precious")
    assert draw(CAR, "--samples", 2, "-o", "{index}.png").code == 2
    assert files() == ["1.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("where", [("-o", "closed/a.png"), ("-o", "closed/new/"), ("--save-graph", "closed/g.json")])
def test_a_directory_that_cannot_be_written_is_refused_before_drawing(draw, tmp_path, files, where):
    (tmp_path / "closed").mkdir(mode=0o500)
    done = draw(CAR, *where)
    assert (done.code, files()) == (2, [])
    assert "closed is not yours to write to" in done.err


def test_a_full_disk(tiny_bundle, tmp_path):
    """A limit on file size is the full disk that any user can make."""
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "from sg2im_cli.cli.app import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, CAR, "--weights", tiny_bundle, "--device", "cpu", "-q", "-o", "a.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == "sg2im: a.png could not be written: File too large; use another place.\n"
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_keeps_the_pictures_that_are_done_and_says_which(tiny_bundle, tmp_path):
    call = [sys.executable, "-m", "sg2im_cli", CAR, "--weights", tiny_bundle, "--device", "cpu", "-q", "-o", "out/"]
    with subprocess.Popen(
        [*call, "--seed", "0", "--samples", "10000"],
        cwd=tmp_path,
        stdout=-1,
        stderr=-1,
        text=True,
        preexec_fn=heed_ctrl_c,
    ) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, problem = process.communicate()
    assert problem == "sg2im: Stopped.\n"
    assert process.returncode in (130, -signal.SIGINT)
    told, there = {first, *rest.splitlines(keepends=True)}, {f"out/{p.name}\n" for p in (tmp_path / "out").iterdir()}
    assert told <= there
    assert len(there - told) <= 1  # stopped between writing and saying so
    assert all(size(tmp_path / name.strip()) == (32, 32) for name in there)


def test_a_closed_standard_output_is_said_before_anything_is_drawn(tmp_path):
    call = ["sh", "-c", '"$@" >&-', "sh", sys.executable, "-m", "sg2im_cli", CAR]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("sg2im: Standard output is closed")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_closes_early_is_no_crash(tiny_bundle, tmp_path):
    call = [sys.executable, "-m", "sg2im_cli", CAR, "--weights", tiny_bundle, "-q", "-o", "out/", "--samples", "300"]
    done = subprocess.run(
        ["sh", "-c", '"$@" | head -n 1', "sh", *call], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8:strict"])
def test_words_and_names_that_the_terminal_or_utf_8_cannot_hold(tiny_bundle, tmp_path, encoding):
    call = [sys.executable, "-m", "sg2im_cli", b"a caf\xc3\xa9 car \xff on the road", "--weights", tiny_bundle]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    name = b"\xc3\xbcn\xff.png"
    done = subprocess.run([*call, "-o", name], cwd=tmp_path, env=environment, capture_output=True)
    assert (done.returncode, done.stdout) == (0, name + b"\n"), done.stderr
    call = [*call, "-o", name, "--overwrite", "--json", "-q"]
    done = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True)
    assert os.fsencode(json.loads(done.stdout)["outputs"][0]["path"]) == name
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [name]


def test_a_graph_with_a_lone_surrogate_is_refused(draw, tmp_path):
    (tmp_path / "g.json").write_text('{"objects": [{"name": "car", "text": "\\ud800"}]}')
    done = draw("--scene-graph", "g.json", "--json")
    assert (done.code, done.out) == (2, "")
    assert "objects[0].text: holds half of a character" in done.err


def test_no_color(draw, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in draw(CAR).err


@pytest.mark.parametrize(
    ("text", "name"),
    [("A cat, on a mat!", "a-cat-on-a-mat"), ("...", "picture"), ("../../etc/passwd", "etc-passwd"), ("é", "é")],
)
def test_file_names_from_sentences(text, name):
    assert slug(text) == name
    assert len(slug(text * 100)) <= 60


def test_relationships_are_checked_and_can_be_enforced(draw):
    text = "a car left of a tree. the car is above a boat."
    before = json.loads(draw(text, "--seed", "1", "--json", "-q", "-o", "a.png", "--no-enforce").out)
    after = json.loads(draw(text, "--seed", "1", "--json", "-q", "-o", "b.png").out)
    assert [c["relationship"] for c in before["account"]["checks"]] == before["graph"]["relationships"]
    assert len(after["account"]["checks"]) == 2
    assert all(c["satisfied"] and c["margin"] >= 0 for c in after["account"]["checks"])
    assert not all(c["satisfied"] for c in before["account"]["checks"])
    assert "holds" in draw(text, "-o", "c.png").err


def test_things_that_hide_each_other_are_named_and_kept_apart(draw):
    text = "a car and a boat"
    hidden = draw(text, "--seed", "1", "-o", "a.png", "--no-enforce")
    assert "0 car and 1 boat hide each other: they are in nearly one place." in hidden.err
    assert "without --no-enforce they move" in hidden.err
    assert "hide" not in draw(text, "--seed", "1", "-o", "b.png").err
    for more, pairs in ((("--no-enforce",), [[0, 1]]), ((), [])):
        done = draw(text, "--seed", "1", "--json", "-q", "-o", "c.png", "--overwrite", *more)
        assert json.loads(done.out)["account"]["hiding"] == pairs


def test_what_contradicts_itself_is_named(draw):
    graph = {"objects": ["car", "boat"], "relationships": [[0, "above", 1], [1, "above", 0]]}
    done = draw("--scene-graph", "-", "--enforce", stdin=json.dumps(graph))
    assert "contradicts the others: 1 boat above 0 car" in done.err
