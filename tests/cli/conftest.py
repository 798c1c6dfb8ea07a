"""Running the command in this process, as a shell would."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.cli.app import main
from sg2im_cli.data.attributes import DERIVED
from sg2im_cli.model.generator import Generator


@dataclass(frozen=True)
class Done:
    """How a call ended."""

    code: int
    out: str
    err: str


def heed_ctrl_c() -> None:
    """In a process to be: what starts in the background of a shell, as tests may, is told to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def sg2im(monkeypatch, capfd, tmp_path) -> Callable[..., Done]:
    """Call the command in an empty directory: ``sg2im("a cat", "--seed", 3, stdin="...")``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object, stdin: str | bytes = b"") -> Done:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["sg2im", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = 0
        try:
            main()
        except SystemExit as leave:
            code = int(leave.code or 0)
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Done(code, captured.out, captured.err)

    return call


@pytest.fixture
def draw(sg2im, tiny_bundle) -> Callable[..., Done]:
    """The same with weights that the tests made, on the CPU."""

    def call(*arguments: object, stdin: str | bytes = b"") -> Done:
        return sg2im(*arguments, "--weights", tiny_bundle, "--device", "cpu", stdin=stdin)

    return call


@pytest.fixture
def sample(sg2im, sampled_bundle) -> Callable[..., Done]:
    """The same with weights that draw sizes, shapes and style at random."""

    def call(*arguments: object, stdin: str | bytes = b"") -> Done:
        return sg2im(*arguments, "--weights", sampled_bundle, "--device", "cpu", stdin=stdin)

    return call


@pytest.fixture(scope="session")
def knowing_bundle(tmp_path_factory, vocabulary, small_config) -> Path:
    """A bundle whose model knows the colours and sizes, with random weights that make them show."""
    torch.manual_seed(0)
    words = replace(vocabulary, attributes=DERIVED)
    generator = Generator(small_config, len(words.objects), len(words.predicates), len(words.attributes)).eval()
    torch.nn.init.normal_(generator.attribute_embeddings.weight)
    path = tmp_path_factory.mktemp("weights") / "knowing"
    save_generator(path, generator, words, {"recipe": "none", "data": "none"}, "# knowing\n")
    return path


@pytest.fixture
def files(tmp_path) -> Callable[[], list[str]]:
    """What lies in the working directory now."""
    return lambda: sorted(str(Path(p).relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
