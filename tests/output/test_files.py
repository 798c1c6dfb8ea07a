"""Files are whole or not there, like any other program's, and a PNG keeps every pixel and what made it."""

import errno
import os
import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sg2im_cli.output.encode import encode
from sg2im_cli.output.files import Target, write_file
from sg2im_cli.output.problems import FullDiskError, write_problem
from sg2im_cli.provenance.png_text import png_info, read_png_text
from sg2im_errors import InputError


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_file_has_the_rights_that_the_user_gives_new_files(tmp_path, umask):
    before = os.umask(umask)
    try:
        write_file(tmp_path / "deep" / "a.png", b"data", overwrite=False)
        (tmp_path / "plain").write_bytes(b"data")
    finally:
        os.umask(before)
    made = tmp_path / "deep" / "a.png"
    assert made.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert made.read_bytes() == b"data"
    assert list(made.parent.iterdir()) == [made]


def test_what_is_there_stays_unless_told_and_nothing_else_is_left(tmp_path):
    path = tmp_path / f"{'n' * 200}.png"
    write_file(path, b"one", overwrite=False)
    with pytest.raises(InputError, match="exists"):
        write_file(path, b"two", overwrite=False)
    assert path.read_bytes() == b"one"
    write_file(path, b"three", overwrite=True)
    assert path.read_bytes() == b"three"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_of_a_write_that_is_stopped(tmp_path, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.png", b"data", overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_whole_files_where_the_file_system_has_no_links(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.png"
    write_file(path, b"one", overwrite=False)
    with pytest.raises(InputError, match="exists"):
        write_file(path, b"two", overwrite=False)
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_that_leads_nowhere_has_its_name(tmp_path):
    (tmp_path / "a-cat-0.png").symlink_to("nothing")
    path = Target(f"{tmp_path}/", overwrite=False, many=False).make("a cat", 0, 0, lambda _: b"one")
    assert (path.name, path.read_bytes()) == ("a-cat-0-2.png", b"one")
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(("path", "place"), [("out/a.png", "out"), ("a.png", "the working directory")])
def test_a_full_disk_is_named(code, path, place):
    problem = write_problem(Path(path), OSError(code, "no"))
    assert isinstance(problem, FullDiskError)
    assert f"the disk that holds {place} is" in str(problem)


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (128, 64), (200, 31)])
@pytest.mark.parametrize("kind", ["noise", "flat"])
def test_a_png_keeps_every_pixel(size, kind):
    count = 3 * size[0] * size[1]
    pixels = random.Random(0).randbytes(count) if kind == "noise" else bytes([7, 200, 31]) * (count // 3)
    image = Image.frombytes("RGB", size, pixels)
    with Image.open(BytesIO(encode(image, Path("a.png")))) as kept:
        assert kept.tobytes() == pixels


@pytest.mark.parametrize("text", ["{}", '{"text": "x"}' * 500, "é\U0001f415" * 90])
def test_pillow_and_we_read_the_text_that_a_png_carries(tmp_path, text):
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8)).save(path, pnginfo=png_info("sg2im", text))
    assert read_png_text(path, "sg2im") == text
    with Image.open(path) as image:
        image.load()
        assert image.info["sg2im"] == text
