"""Publishing weights: the real client and the real command against a server on loopback; what then comes back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sg2im_weights import read_bundle
from sg2im_weights.card_figures import FigureRow, Figures, add_figures

from .hub_server import FakeHub

NOBODY = "http://127.0.0.1:9"
"""Where no server listens."""

RESOLVE = "import sys; from sg2im_weights import resolve; print(resolve(sys.argv[1]).path)"


@pytest.fixture
def measured(tiny_bundle, tmp_path):
    """A run's directory whose weights have a card that may be shown."""
    run = tmp_path / "run"
    shutil.copytree(tiny_bundle, run / "weights")
    card = run / "weights" / "README.md"
    figures = Figures((FigureRow("mean IoU of predicted boxes", "0.444", "1,767 objects", 0.444),), "scenes", "val", 0)
    text = card.read_text().replace("license: other", "license: other\nlicense_name: research-use")
    card.write_text(add_figures(text, figures))
    (run / "weights" / "notes.txt").write_text("mine, not to be sent")
    return run


@pytest.fixture
def hub(tmp_path):
    folder = tmp_path / "hub"
    folder.mkdir()
    with FakeHub(folder, exists=False) as server:
        yield server


@pytest.fixture
def environment(tmp_path, hub):
    kept = {k: v for k, v in os.environ.items() if not re.fullmatch(r"(https?|all)_proxy|hf_.*", k, re.IGNORECASE)}
    return {
        **kept,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": "hf_ours",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture
def push(environment):
    """Run the command: (exit code, standard output, standard error without the program's name)."""

    def run(*words, **changes):
        done = subprocess.run(
            [sys.executable, "-m", "sg2im_cli", "weights", "push", *map(str, words)],
            env={k: v for k, v in {**environment, **changes}.items() if v is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr.removeprefix("sg2im: ")

    return run


def one_sentence(text):
    return text.endswith(".\n") and text.count("\n") == 1


def test_what_is_pushed_comes_back_the_same(push, measured, hub, environment):
    code, out, err = push(measured, "someone/scenes", "--yes")
    assert code == 0, err
    assert out == f"someone/scenes@{hub.commit}\n"
    assert hub.private
    sent = {p.name: p.read_bytes() for p in (measured / "weights").iterdir() if p.name != "notes.txt"}
    assert {p.name: p.read_bytes() for p in hub.folder.iterdir()} == sent
    for name, data in sent.items():
        assert re.search(rf"{re.escape(name)} +{len(data):,} bytes", err)
    assert "to someone/scenes (new; private), as someone" in err
    fetched = subprocess.run(
        [sys.executable, "-c", RESOLVE, out.strip()], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    assert {name: (Path(fetched) / name).read_bytes() for name in sent} == sent
    assert Path(fetched).name == hub.commit


def test_a_second_push_replaces_the_first_and_public_is_said(push, measured, hub):
    assert push(measured / "weights", "someone/scenes", "--yes", "--public")[0] == 0
    assert not hub.private
    first = hub.commit
    card = measured / "weights" / "README.md"
    card.write_text(card.read_text() + "\nMore.\n")
    code, out, err = push(measured, "someone/scenes", "--yes", "--public")
    assert code == 0, err
    assert "in place of the weights there; everybody will see it" in err
    assert hub.commit != first and out == f"someone/scenes@{hub.commit}\n"
    assert (hub.folder / "README.md").read_text().endswith("More.\n")
    hub.requests.clear()
    assert push(measured, "someone/scenes", "--yes") == (
        2,
        "",
        "someone/scenes is public on the Hub; say --public, or name another repository.\n",
    )
    assert {method for method, _ in hub.requests} == {"GET"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_it_asks_before_it_sends(measured, hub, environment, answer, code):
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "-m", "sg2im_cli", "weights", "push", str(measured), "someone/scenes"]
    done = subprocess.run(command, env=environment, stdin=theirs, capture_output=True, text=True, timeout=300)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert done.stderr.index("bytes") < done.stderr.index("Send it?")
    assert hub.exists == bool(list(hub.folder.iterdir())) == (answer == "y")
    assert ("Nothing was sent." in done.stderr) == (answer == "n")


def test_without_a_terminal_it_does_not_ask_but_refuses(push, measured, hub):
    code, _, err = push(measured, "someone/scenes")
    assert (code, one_sentence(err), "add --yes" in err) == (2, True, True)
    assert hub.requests == []


def without_licence(text):
    return text.replace("license: other\n", "").replace("license_name: research-use\n", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_licence, "has no licence (license in its front matter); add it first"),
        (lambda text: text.replace("license_name: research-use\n", ""), "has no name for its licence 'other'"),
        (
            lambda text: text.replace("| 0.444 |", "| ? |").replace("1,767", "some"),
            "has no figures (sg2im weights card",
        ),
        (lambda text: without_licence(text).partition("<!-- figures")[0], "and no figures"),
        (lambda text: text.replace("<!-- /figures -->", ""), "must have <!-- figures --> and <!-- /figures --> once"),
        (lambda text: text.replace("license: other", "license: [other"), "front matter cannot be read"),
        (lambda text: None, "README.md cannot be read: No such file"),
    ],
)
def test_a_card_that_lacks_something_is_refused(push, measured, hub, change, message):
    card = measured / "weights" / "README.md"
    text = change(card.read_text())
    card.unlink() if text is None else card.write_text(text)
    code, _, err = push(measured, "someone/scenes", "--yes")
    assert (code, one_sentence(err)) == (2, True), err
    assert message in err
    assert hub.requests == []


def cut(bundle):
    path = bundle / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


def other_sizes(bundle):
    path = bundle / "config.json"
    path.write_text(path.read_text().replace('"gconv_hidden_dim": 32', '"gconv_hidden_dim": 48'))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "it is truncated or damaged"),
        (other_sizes, "its configuration asks for"),
        (lambda bundle: shutil.rmtree(bundle), "has no config.json, so it holds no sg2im weights"),
    ],
)
def test_damaged_weights_are_refused(push, measured, hub, damage, message):
    damage(measured / "weights")
    if not (measured / "weights").exists():
        (measured / "log.jsonl").write_text("")
    code, _, err = push(measured, "someone/scenes", "--yes")
    assert (code, one_sentence(err)) == (2, True), err
    assert message in err
    assert not hub.exists


@pytest.mark.parametrize("name", ["scenes", "some one/scenes", "someone/scenes@v1", "-someone/scenes", "a/b/c"])
def test_a_name_that_is_none_is_refused(name, tiny_bundle):
    from sg2im_weights import WeightsInputError
    from sg2im_weights.upload import check_publishable

    with pytest.raises(WeightsInputError, match="is no name for a repository; write it as owner/name"):
        check_publishable(read_bundle(tiny_bundle), name)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"HF_TOKEN": None}, 2, "There is no token for the Hub; log in with: hf auth login, or set HF_TOKEN"),
        ({"HF_TOKEN": "hf_wrong"}, 2, "The Hub does not accept your token; log in with"),
        ({"HF_TOKEN": "hf_theirs"}, 2, "does not let stranger's token write to someone/scenes; name a repository of"),
        ({"HF_ENDPOINT": NOBODY}, 1, "The Hub cannot be reached or the upload to someone/scenes broke off"),
        ({"HF_HUB_OFFLINE": "1"}, 1, "HF_HUB_OFFLINE is set, so nothing can be published; unset it"),
    ],
)
def test_what_stands_in_the_way_is_said(push, measured, hub, changes, code, message):
    found, _, err = push(measured, "someone/scenes", "--yes", **changes)
    said = err.splitlines(keepends=True)[-1]
    assert found == code, err
    assert one_sentence(said) and message in said
    assert not hub.exists and not list(hub.folder.iterdir())


def test_a_repository_with_something_else_is_left_alone(push, measured, hub):
    hub.exists = hub.private = True
    (hub.folder / "config.json").write_text('{"model_type": "bert"}')
    code, _, err = push(measured, "someone/scenes", "--yes")
    assert (code, err) == (2, "someone/scenes holds something that is no sg2im weights; name another repository.\n")
    assert [p.name for p in hub.folder.iterdir()] == ["config.json"]


def test_a_private_repository_is_not_made_public(push, measured, hub):
    hub.exists = hub.private = True
    code, _, err = push(measured, "someone/scenes", "--yes", "--public")
    assert (code, one_sentence(err), "--public does not change that" in err) == (2, True, True)
    assert hub.private


def test_a_card_that_the_hub_refuses_is_said_before_the_weights_go(push, measured, hub):
    hub.bad_card = '"license" must be one of [apache-2.0, ...]'
    code, _, err = push(measured, "someone/scenes", "--yes")
    assert code == 2
    assert re.search(r'The Hub does not accept the model card \(.*"license" must be one of', err)
    assert hub.stored == {} and not list(hub.folder.iterdir())


@pytest.mark.parametrize("refusal", [(503, "Unavailable")])
def test_a_hub_that_is_ill(push, measured, hub, refusal):
    hub.refusal = refusal
    code, _, err = push(measured, "someone/scenes", "--yes")
    assert (code, one_sentence(err)) == (1, True), err
    assert re.match("The Hub did not take someone/scenes: .*503.*; nothing was published, try again later", err)


@pytest.mark.slow
def test_an_upload_that_breaks_off_publishes_nothing_and_the_next_one_does(push, measured, hub):
    hub.break_uploads = 100
    code, _, err = push(measured, "someone/scenes", "--yes")
    assert code == 1
    assert "broke off" in err and "nothing was published" in err
    assert not list(hub.folder.iterdir())
    hub.break_uploads = 0
    code, out, err = push(measured, "someone/scenes", "--yes")
    assert (code, out) == (0, f"someone/scenes@{hub.commit}\n"), err
    assert "there already; private" in err
