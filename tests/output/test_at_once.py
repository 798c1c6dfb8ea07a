"""Several processes write into one folder: none takes what is another's, and what the dead left is removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sg2im_cli.output.files import write_file
from sg2im_cli.output.parts import LOCKS, PART

COUNT, EACH = 8, 5

HOLD = """
import sys
from pathlib import Path
from sg2im_cli.output.parts import written_part
with written_part(Path(sys.argv[1]), b"whole") as part:
    print(part.name, flush=True)
    sys.stdin.read()
    part.rename(sys.argv[1])
"""
MAKE = f"""
import sys
from sg2im_cli.output.files import Target
from sg2im_errors import InputError
output, name = sys.argv[1:]
print("ready", flush=True)
sys.stdin.read()
for i in range({EACH}):
    target = Target(output, overwrite=False, many=False)
    try:
        print(target.make("a cat", 0, 0, lambda _: f"{{name}} {{i}} ".encode() * 20_000), flush=True)
    except InputError as error:
        print(error, flush=True)
"""


def start(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def at_once(output):
    """What each of several processes that begin together printed."""
    processes = [start(MAKE, output, name) for name in range(COUNT)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.close()
    said = [process.stdout.read().splitlines() for process in processes]
    for process in processes:
        assert process.wait() == 0
        process.stdout.close()
    return said


def test_each_finds_a_free_name(tmp_path):
    said = at_once(f"{tmp_path}/")
    names = [Path(line).name for lines in said for line in lines]
    numbers = ["", *(f"-{number}" for number in range(2, COUNT * EACH + 1))]
    assert sorted(names) == sorted(f"a-cat-0{number}.png" for number in numbers)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    for name, lines in enumerate(said):
        for i, path in enumerate(lines):
            assert Path(path).read_text() == f"{name} {i} " * 20_000


def test_a_name_that_the_user_gave_is_one_processs(tmp_path):
    path = tmp_path / "x.png"
    said = [line for lines in at_once(path) for line in lines]
    assert said.count(str(path)) == 1
    assert sum("exists; use --overwrite to replace it" in line for line in said) == COUNT * EACH - 1
    assert list(tmp_path.iterdir()) == [path]
    assert len(path.read_text().split()) == 40_000


@pytest.mark.skipif(not LOCKS, reason="this system has no locks that end with a process")
def test_what_the_dead_left_is_removed_and_nothing_else(tmp_path):
    others = [".a.png.0123456789abcdef", "a.png.sg2im-0123456789abcdef", ".a.png.sg2im-0123456789abcdeF", ".git"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".folder.sg2im-0123456789abcdef").mkdir()
    (tmp_path / ".link.sg2im-0123456789abcdef").symlink_to(".git")
    kept = {path.name for path in tmp_path.iterdir()}
    living, dead = start(HOLD, tmp_path / "living.png"), start(HOLD, tmp_path / "dead.png")
    parts = [process.stdout.readline().strip() for process in (living, dead)]
    assert all(PART.fullmatch(part) for part in parts)
    dead.kill()
    dead.wait()
    assert {path.name for path in tmp_path.iterdir()} == {*kept, *parts}
    write_file(tmp_path / "new.png", b"new", overwrite=False)
    assert {path.name for path in tmp_path.iterdir()} == {*kept, parts[0], "new.png"}
    living.stdin.close()
    assert living.wait() == 0
    assert (tmp_path / "living.png").read_bytes() == b"whole"
    assert {path.name for path in tmp_path.iterdir()} == {*kept, "living.png", "new.png"}
    for pipe in (living.stdout, dead.stdin, dead.stdout):
        pipe.close()
