"""``sg2im --file``: each line is drawn, what fails is told, and the same command makes what is missing."""

from __future__ import annotations

import json
import ntpath
import os
import posixpath
import signal
import subprocess
import sys
from hashlib import sha256
from itertools import islice, product
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import referencing
from PIL import Image

from sg2im_cli.output.batch.lines import MOST_BYTES, Kind, line_schema, read_groups, read_line
from sg2im_cli.output.batch.manifest import manifest_schema
from sg2im_cli.provenance.read import read_record
from sg2im_errors import InputError
from sg2im_parsers.graph_json import graph_schema

LINES = ("a car on the road", "", "two dogs beside a red boat", "   ", "a tree")
NAMES = ["out/00001-0.png", "out/00003-2.png", "out/00005-4.png"]
GRAPH = {"objects": ["car", {"name": "road", "box": [0, 0.5, 1, 1]}], "relationships": [[0, "on", 1]]}


@pytest.fixture
def write(tmp_path):
    """A file of these lines; JSON where a line is no string."""

    def call(name, *lines):
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        (tmp_path / name).write_text("\n".join(texts) + "\n")
        return name

    return call


def rows(name="out/manifest.jsonl"):
    found = [json.loads(line) for line in Path(name).read_text().splitlines()]
    for row in found:
        jsonschema.validate(row, manifest_schema())
    return found


def levels(one, other):
    with Image.open(one) as a, Image.open(other) as b:
        return int(np.abs(np.asarray(a, int) - np.asarray(b, int)).max())


def times(names):
    return [Path(name).stat().st_mtime_ns for name in names]


def test_sentences(draw, write, files):
    done = draw("--file", write("captions.txt", *LINES), "--output", "out/")
    assert (done.code, done.out.split()) == (0, NAMES)
    assert done.err.startswith("3 pictures made")
    assert files() == ["captions.txt", *NAMES, "out/manifest.jsonl"]
    draw(LINES[2], "--seed", 2, "--output", "alone.png")
    assert levels("out/00003-2.png", "alone.png") <= 1
    assert [(row["line"], row["text"], row["seed"], row["output"]) for row in rows()] == [
        (1, LINES[0], 0, NAMES[0]),
        (3, LINES[2], 2, NAMES[1]),
        (5, LINES[4], 4, NAMES[2]),
    ]
    second = rows()[1]
    assert (second["objects"], second["dropped"]) == (["dog", "dog", "boat"], ["red"])
    assert [c["relationship"] for c in second["checks"]] == [[0, "beside", 2], [1, "beside", 2]]
    assert second["sha256"] == sha256(Path(NAMES[1]).read_bytes()).hexdigest()
    record = read_record(Path(NAMES[1]))
    assert (record.text, record.seed, record.options.device) == (LINES[2], 2, "cpu")


def test_lines_of_json(draw, write, files):
    lines = write(
        "lines.jsonl",
        {"text": "a car", "seed": 40, "samples": 2.0, "output": "a/{index}-{seed}.jpg"},
        {"graph": GRAPH, "output": "b.png"},
        {"layout": GRAPH, "seed": 1, "output": "c.png"},
        {"text": "a dog", "output": "folder/"},
        {"text": "a cat"},
    )
    done = draw("--file", lines, "--output", "rest/{seed}.webp", "--seed", 10, "--no-metadata", "--quiet")
    made = ["a/1-40.jpg", "a/1-41.jpg", "b.png", "c.png", "folder/00004-13.png", "rest/14.webp"]
    assert (done.code, done.out.split(), done.err) == (0, made, "")
    assert files() == sorted([*made, lines, "rest/manifest.jsonl"])
    assert [row["seed"] for row in rows("rest/manifest.jsonl")] == [40, 41, 11, 1, 13, 14]
    Path("graph.json").write_text(json.dumps(GRAPH))
    draw("--scene-graph", "graph.json", "--seed", 1, "--output", "alone.png")
    assert levels("c.png", "alone.png") <= 1
    with Image.open("c.png") as image:
        assert "sg2im" not in image.info


def test_a_layout_that_was_saved_makes_the_picture_that_it_was_saved_with(draw, write):
    draw("two sheep in a field", "--seed", 5, "--output", "before.png", "--save-layout", "sheep.json")
    layout = json.loads(Path("sheep.json").read_text())
    layout["objects"][0]["box"] = [0.1, 0.1, 0.4, 0.5]
    lines = write("lines.jsonl", *({"layout": json.loads(Path("sheep.json").read_text())}, {"layout": layout}))
    assert draw("--file", lines, "--output", "{index}.png").code == 0
    assert levels("1.png", "before.png") <= 1
    assert [row["seed"] for row in rows("manifest.jsonl")] == [5, 5]
    assert levels("2.png", "before.png") > 1
    assert read_record(Path("2.png")).drawn.objects[0].box == (0.1, 0.1, 0.4, 0.5)


def test_standard_input_may_have_both(draw):
    lines = f"a car on the road\n{json.dumps({'text': 'a dog', 'output': 'dog.png'})}\na tree"
    done = draw("--file", "-", "--output", "out/", "--json", stdin=b"\xef\xbb\xbf" + lines.encode())
    made = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, made) == (0, rows("out/manifest.jsonl"))
    assert [row["output"] for row in made] == ["out/00001-0.png", "dog.png", "out/00003-2.png"]


def test_what_fails_is_told_with_its_number_and_the_rest_goes_on(draw, write, files):
    Path("file").write_text("")
    bad = {
        1: ("{", "not JSON"),
        2: ({"txt": "a car"}, "txt: unknown; did you mean 'text'?"),
        3: ({"text": "a unicorn"}, "This model cannot draw 'unicorn'."),
        4: ({"graph": {"objects": ["car"], "relationships": [[0, "on", 1]]}}, "graph: relationships[0]"),
        6: ({"text": "a car", "output": "file/a.png"}, "file is a file"),
        7: ({"text": "a car", "output": "a.gif"}, "a.gif must end in .png"),
        8: ({"text": "a car", "samples": 2, "output": "a.png"}, "a.png names one file"),
        9: ({"graph": {"objects": ["griffin"]}}, "These weights do not know 'griffin'"),
    }
    lines = [*(bad[i][0] if i in bad else {"text": "a car"} for i in range(1, 11))]
    done = draw("--file", write("lines.jsonl", *lines), "--output", "out/")
    assert (done.code, done.out.split()) == (1, ["out/00005-4.png", "out/00010-9.png"])
    for number, (_, message) in bad.items():
        assert f"sg2im: Line {number}: {message}" in done.err
    assert "2 pictures made" in done.err
    assert "8 failed" in done.err
    assert sorted(row["line"] for row in rows() if row["error"]) == list(bad)
    before = rows()
    again = draw("--file", "lines.jsonl", "--output", "out/")
    assert (again.code, again.out) == (1, "")
    assert "2 were there before; 8 failed" in again.err
    assert rows() == before


def test_strict_and_enforce_are_for_every_line(draw, write):
    done = draw("--file", write("a.txt", "a red car", "a dog beside a tree"), "-o", "out/", "--strict", "--enforce")
    assert done.code == 1
    assert "Line 1: --strict keeps every word, but 'red' would be dropped" in done.err
    assert rows()[0]["checks"][0]["satisfied"]
    assert read_record(Path("out/00002-1.png")).options.enforce


def test_places_and_what_was_given_up_are_in_the_manifest(draw, write):
    captions = write("a.txt", "a boat on the left", "a car above a dog, the dog is above the car")
    draw("--file", captions, "-o", "out/", "--enforce")
    first, second = rows()
    assert [(c["object"], c["place"], c["satisfied"]) for c in first["places"]] == [(0, "on the left", True)]
    assert len(second["checks"]) == 2
    assert second["given_up"] in ([[0, "above", 1]], [[1, "above", 0]])


def test_only_what_is_missing_is_made(draw, write):
    command = ("--file", write("captions.txt", *LINES), "--output", "out/")
    draw(*command)
    before, first = times(NAMES), Path(NAMES[0]).read_bytes()
    done = draw(*command)
    assert (done.code, done.out) == (0, "")
    assert "0 pictures made, 3 were there before; 0 failed" in done.err
    Path(NAMES[0]).unlink()
    assert draw(*command).out.split() == [NAMES[0]]
    assert times(NAMES)[1:] == before[1:]
    assert len(Path(NAMES[0]).read_bytes()) == pytest.approx(len(first), rel=0.05)
    assert [row["output"] for row in rows()] == [*NAMES, NAMES[0]]


def test_another_line_for_a_file_that_is_there(draw, write):
    write("captions.txt", *LINES)
    draw("--file", "captions.txt", "--output", "out/")
    before = times(NAMES)
    write("captions.txt", "a bus", *LINES[1:])
    command = ("--file", "captions.txt", "--output", "out/")
    done = draw(*command)
    assert (done.code, done.out, times(NAMES)) == (1, "", before)
    assert f"Line 1: {NAMES[0]} was made from another line, or with other weights or options; use --over" in done.err
    assert draw(*command, "--overwrite").out.split() == [NAMES[0]]
    assert times(NAMES)[1:] == before[1:]
    assert read_record(Path(NAMES[0])).text == "a bus"
    assert draw(*command, "--overwrite").out == ""


@pytest.mark.parametrize("option", [("--scale", 2), ("--seed", 9), ("--no-metadata",)])
def test_another_option_for_files_that_are_there(draw, write, option):
    command = ("--file", write("a.txt", "a car"), "--output", "out/{index}.png")
    draw(*command)
    done = draw(*command, *option)
    assert (done.code, done.out) == (1, "")
    assert "was made from another line" in done.err


def test_a_file_that_is_not_the_manifests(draw, write):
    command = ("--file", write("captions.txt", *LINES), "--output", "out/")
    draw(*command)
    with Image.open(NAMES[0]) as image:
        image.transpose(Image.Transpose.ROTATE_180).save(NAMES[0])
    Path(NAMES[1]).rename("out/00002-1.png")
    write("captions.txt", LINES[0], "a dog", *LINES[2:])
    done = draw(*command)
    assert (done.code, done.out.split()) == (1, [NAMES[1]])
    assert f"Line 1: {NAMES[0]} was changed since it was made; use --overwrite" in done.err
    assert "Line 2: out/00002-1.png exists, and the manifest does not know it; use --overwrite" in done.err


def test_two_lines_with_one_output(draw, write, files):
    lines = [{"text": t, "output": o} for t, o in (("a car", "x.png"), ("a dog", "y.png"), ("a cat", "./y.png"))]
    done = draw("--file", write("lines.jsonl", *lines))
    assert (done.code, done.out, files()) == (2, "", ["lines.jsonl"])
    assert "y.png would be written twice, by lines 2 and 3" in done.err
    streamed = draw("--file", "-", stdin=Path("lines.jsonl").read_bytes())
    assert (streamed.code, streamed.out.split()) == (1, ["x.png", "y.png"])
    assert "Line 3: y.png would be written twice, by lines 2 and 3" in streamed.err
    done = draw("--file", write("lines.jsonl", {"text": "a car", "samples": 2, "output": "{index}.png"}))
    assert (done.code, done.out) == (2, "")
    assert "1.png would be written twice, by line 1;" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--file", "captions.txt"), "Say where the pictures go"),
        (("--file", "captions.txt", "a car"), "Give either a sentence in quotes, --scene-graph FILE or --file FILE"),
        (("--file", "none.txt", "-o", "out/"), "There is no file none.txt"),
        (("--file", "folder", "-o", "out/"), "folder cannot be read: Is a directory"),
        (("--file", "blank.txt", "-o", "out/"), "blank.txt has no line to draw"),
        (("--file", "-", "-o", "out/"), "Standard input has no line to draw"),
        (("--file", "captions.txt", "-o", "one.png"), "one.png names one file"),
        (("--file", "captions.txt", "-o", "{line}.png"), "{line}.png has {line}"),
        (("--file", "captions.txt", "-o", "captions.txt/"), "captions.txt is a file"),
        (
            ("--file", "captions.txt", "-o", "out/", "--save-graph", "g.json"),
            "--save-graph is for one sentence or graph",
        ),
        (("--file", "captions.txt", "-o", "out/", "--manifest", "m.json"), "m.json must end in .jsonl"),
        (("--file", "lines.jsonl", "-o", "out/", "--manifest", "./lines.jsonl"), "would be read and written"),
        (("--file", "captions.txt", "-o", "out/", "--manifest", "lines.jsonl"), "lines.jsonl is no manifest of sg2im"),
        (("--file", "nowhere.jsonl"), "Line 2 has no output; add one, or say --output DIRECTORY/"),
        (("--file", "captions.txt", "-o", "out/", "--best-of", "3"), "--best-of is for one sentence or graph"),
        (("--file", "captions.txt", "-o", "out/", "--save-masks"), "--save-masks is for one sentence or graph"),
        (("a car", "--manifest", "m.jsonl"), "--manifest goes with --file"),
        (("a car", "--batch-size", "3"), "--batch-size goes with --file"),
    ],
)
def test_nothing_starts(draw, write, files, arguments, message):
    write("captions.txt", "a car", "a dog")
    write("lines.jsonl", {"text": "a car", "output": "x.png"})
    write("nowhere.jsonl", "", {"text": "a car"})
    write("blank.txt", " ", "")
    Path("folder").mkdir()
    before = files()
    done = draw(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert files() == before


def start(*arguments, bundle, **streams):
    command = [sys.executable, "-m", "sg2im_cli", *arguments, "--weights", str(bundle), "--device", "cpu"]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, **streams)


def test_killed_in_the_middle_and_run_again(draw, write, tiny_bundle):
    count = 400
    write("captions.txt", *(f"a car beside {i} dogs" for i in range(count)))
    command = ("--file", "captions.txt", "--output", "out/")
    process = start(*command, bundle=tiny_bundle, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for _ in range(20):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    made = sorted(Path("out").glob("[0-9]*.png"))
    assert 20 <= len(made) < count
    for path in made:
        with Image.open(path) as image:
            image.load()
    before = times(made)
    with Path("out/manifest.jsonl").open("ab") as file:
        file.write(b'{"line": 7, "te')  # a row that was cut off, whether or not this kill did so
    assert draw(*command, "--quiet").code == 0
    assert times(made) == before
    found = {row["output"]: row["sha256"] for row in rows()}
    assert len(found) == count
    assert all(sha256(Path(name).read_bytes()).hexdigest() == checksum for name, checksum in found.items())
    assert draw(*command).out == ""
    draw("--file", "captions.txt", "--output", "whole/{index}-{seed}.png")
    assert max(levels(f"out/{i + 1:05}-{i}.png", f"whole/{i + 1}-{i}.png") for i in range(0, count, 7)) <= 1


def test_a_picture_whose_row_was_all_that_was_written(draw, write):
    """A kill between the two, while a file was being replaced."""
    command = ("--file", write("a.txt", "a car"), "--output", "out/")
    draw(*command)
    old = Path(NAMES[0]).read_bytes()
    draw("--file", write("a.txt", "a dog"), "--output", "out/", "--overwrite")
    Path(NAMES[0]).write_bytes(old)
    assert draw(*command, "--overwrite").out.split() == [NAMES[0]]
    assert read_record(Path(NAMES[0])).text == "a dog"


def test_a_pipe_is_drawn_as_it_comes_and_holds_its_manifest(sg2im, write, tiny_bundle):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = start("--file", "-", "-o", "out/", "-q", bundle=tiny_bundle, **pipes)
    try:
        for number in (1, 2):
            process.stdin.write(b"a car on the road\n")
            process.stdin.flush()
            path = process.stdout.readline().decode().strip()
            assert path == f"out/{number:05}-{number - 1}.png"
            assert Path(path).exists()
        done = sg2im("--file", write("a.txt", "a dog"), "-o", "out/", "--weights", tiny_bundle)
        assert done.code == 2
        assert "out/manifest.jsonl is another running sg2im's" in done.err
    finally:
        process.stdin.close()
        assert process.wait() == 0
        process.stdout.close()


class Endless:
    """Lines without end."""

    read = 0

    def read1(self, size):
        self.read += 1
        return b"a car on the road\n" * (size // 18)


def test_no_more_lines_are_read_than_are_drawn():
    stream = Endless()
    groups = list(islice(read_groups(stream), 40))
    assert [number for group in groups for number, _ in group] == list(range(1, sum(map(len, groups)) + 1))
    assert max(map(len, groups)) == 256
    assert stream.read == 3


def test_a_line_longer_than_memory_is_not_kept():
    class Long:
        left = 5 * MOST_BYTES

        def read1(self, size):
            self.left -= size
            return b"x" * size if self.left > 0 else b"\na car\n" if self.left > -size else b""

    (group,) = read_groups(Long())
    assert [number for number, _ in group] == [1, 2]
    assert len(group[0][1]) <= MOST_BYTES + 65_536
    with pytest.raises(InputError, match="longer than the 1,000,000 bytes"):
        read_line(group[0][1], Kind.TEXT)
    assert read_line(group[1][1], Kind.TEXT).source == "a car"


def line_validator():
    graphs = referencing.Resource.from_contents(graph_schema())
    registry = referencing.Registry().with_resource("scene_graph.schema.json", graphs)
    return jsonschema.Draft202012Validator(line_schema(), registry=registry)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"text": "a car", "seed": 3, "samples": 2, "output": "x-{seed}.png"}, None),
        ({"graph": GRAPH}, None),
        ({"layout": GRAPH, "seed": 2.0}, None),
        ([], "must be a JSON object"),
        ({}, "needs one of text, graph and layout, and has none"),
        ({"text": "a", "graph": GRAPH}, "has text and graph"),
        ({"text": " "}, "text: must be a sentence"),
        ({"text": 3}, "text: must be a sentence"),
        ({"text": "a" * 10_001}, "a text of 10,001 characters is longer"),
        ({"graph": "boat.json"}, "graph: a scene graph is a JSON object"),
        ({"layout": {"objects": [{"name": "car", "box": [0, 0, 2, 1]}]}}, "layout: objects[0].box"),
        ({"text": "a", "seed": -1}, "seed: must be a whole number from 0"),
        ({"text": "a", "seed": 2**63}, "seed: must be a whole number"),
        ({"text": "a", "seed": True}, "seed: must be a whole number"),
        ({"text": "a", "seed": None}, "seed: must be a whole number"),
        ({"text": "a", "samples": 0}, "samples: must be a whole number from 1 to 10000"),
        ({"text": "a", "samples": 1.5}, "samples: must be a whole number"),
        ({"text": "a", "output": ""}, "output: must be a file's name"),
        ({"text": "a", "output": None}, "output: must be a file's name"),
        ({"text": "a", "output": "/tmp/a.png"}, "output: must lie below the working directory"),
        ({"text": "a", "output": "../a.png"}, "output: must lie below the working directory"),
        ({"text": "a", "output": "a/../b.png"}, "give a relative name without .. in it"),
        ({"text": "a", "output": "a\\..\\b.png"}, "output: must lie below the working directory"),
        ({"text": "a", "output": "C:a.png"}, "output: must lie below the working directory"),
        ({"text": "a", "output": "./a..b/..c.png"}, None),
        ({"text": "a", "sed": 3}, "sed: unknown; did you mean 'seed'?"),
        ({"text": "a", "zzz": 3}, "zzz: unknown; known are text, graph"),
    ],
)
def test_the_schema_says_what_is_read(line, message):
    assert line_validator().is_valid(line) == (message is None)
    data = json.dumps(line).encode()
    if message is None:
        assert read_line(data, Kind.JSON) is not None
        return
    with pytest.raises(InputError) as caught:
        read_line(data, Kind.JSON)
    assert message in str(caught.value)


@pytest.mark.parametrize("output", ["a\x00.png", "\ud800.png"])
def test_names_that_no_file_can_have(output):
    with pytest.raises(InputError, match="output: must be a file's name"):
        read_line(json.dumps({"text": "a car", "output": output}).encode(), Kind.JSON)


def test_no_line_writes_outside_the_working_directory():
    """Whatever the system calls a separator; the schema allows what is read."""
    is_valid = line_validator().is_valid
    read = refused = 0
    for parts in product(("..", "a", "", "C:"), ("/", "\\", ""), repeat=3):
        line = {"text": "a car", "output": "".join(parts)}
        try:
            read_line(json.dumps(line).encode(), Kind.JSON)
        except InputError:
            assert not is_valid(line)
            refused += 1
            continue
        assert is_valid(line)
        read += 1
        assert f"{posixpath.normpath('/x/' + line['output'])}/".startswith("/x/")
        assert f"{ntpath.normpath(ntpath.join('D:/x', line['output']))}\\".startswith("D:\\x\\")
    assert min(read, refused) > 100


def test_a_line_that_leads_outside_is_told_and_the_rest_is_drawn(draw, write, files, tmp_path):
    out = tmp_path / "outside" / "a.png"
    outputs = (str(out), "../a.png", "sub/../../a.png", "sub/a.png")
    done = draw("--file", write("a.jsonl", *({"text": "a car", "output": output} for output in outputs)))
    assert (done.code, done.out.split()) == (1, ["sub/a.png"])
    for number in (1, 2, 3):
        assert f"Line {number}: output: must lie below the working directory" in done.err
    assert files() == ["a.jsonl", "manifest.jsonl", "sub/a.png"]
    assert not (tmp_path.parent / "a.png").exists()


@pytest.fixture
def disk(tmp_path):
    """A directory on a disk of its own, of 400 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk can only be mounted by root, on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up(draw, write, tiny_bundle, disk):
    """What is finished is told and in the manifest, and the same command goes on when there is room."""
    count = 24
    write("captions.txt", *(f"a car beside {i} dogs" for i in range(count)))
    command = ("--file", "captions.txt", "--output", "disk/out/", "--batch-size", "4")
    (disk / "other").write_bytes(bytes(330 * 1024))
    process = start(*command, "--quiet", bundle=tiny_bundle, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = (text.decode() for text in process.communicate())
    assert process.returncode == 1
    assert err.count("\n") == 1 and "the disk that holds disk/out is full; make room there" in err
    made = sorted(path for path in Path("disk/out").iterdir() if path.suffix == ".png")
    assert 0 < len(made) < count
    assert out.split() == list(map(str, made))
    assert {path.name for path in Path("disk/out").iterdir()} == {"manifest.jsonl", *(path.name for path in made)}
    told = {row["output"]: row["sha256"] for row in rows("disk/out/manifest.jsonl")}
    assert all(told[str(path)] == sha256(path.read_bytes()).hexdigest() for path in made)
    before = times(made)
    assert draw(*command).code == 1
    assert times(made) == before
    there = len(list(Path("disk/out").glob("*.png")))
    (disk / "other").unlink()
    done = draw(*command)
    assert (done.code, len(done.out.split())) == (0, count - there)
    assert times(made) == before


def test_text_that_is_no_text(draw):
    lines = b'{"text": "a car \\ud800"}\na cat on a caf\xe9 table\n\x00 a tree and a house and a dog\n'
    done = draw("--file", "-", "--output", "out/", stdin=lines)
    assert (done.code, len(done.out.split())) == (1, 2)
    assert "Line 2: the byte 0xe9 after 14 characters is not UTF-8; the file may be in Windows-1252" in done.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (["--file", "a.txt", "--output", "out/"], "What --file names"),
        (["parse", "--file", "a.txt", "--jsonl"], "What --file names"),
        (["story", "a.txt"], "a.txt"),
        (["-"], "Standard input"),
    ],
)
def test_utf_16_is_refused_before_anything_is_drawn(draw, sg2im, tmp_path, encoding, call, name):
    data = "a cat on a mat\na dog\n".encode(encoding)
    (tmp_path / "a.txt").write_bytes(data)
    done = sg2im(*call, "--open") if call[0] == "parse" else draw(*call, stdin=data)
    assert (done.code, done.err) == (2, f"sg2im: {name} is in UTF-16; save it as UTF-8.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
