"""Model cards: what a run says of itself, what a person wrote and what was measured stay apart."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
from huggingface_hub import ModelCard

from sg2im_cli.cli.app import main
from sg2im_weights import WeightsInputError, bundle_of_run, describe, read_bundle, write_bundle
from sg2im_weights.card import build_card, licence_of
from sg2im_weights.card_check import card_problems
from sg2im_weights.card_figures import FigureRow, Figures, add_figures, has_figures, read_figures
from sg2im_weights.card_sections import read_section, write_section
from sg2im_weights.model_card import RARE, model_card, renew_card

TRAINED = {
    "recipe": "tiny",
    "recipe_settings": {"training": {"betas": (0.9, 0.99)}},
    "data": "scenes",
    "data_licence": None,
    "pictures": 12,
    "seed": 3,
    "layout_steps": 4,
    "steps": 6,
    "hours": 0.5,
    "device": "cpu (Some Processor), 2 threads",
    "examples": {"person": RARE, "car": RARE - 1, "dog": 0, "cat": 900},
    "masked_examples": {"person": 3, "car": 2, "dog": 0, "cat": 0},
}
FIGURES = Figures((FigureRow("R@0.5", "0.354", "1,767 objects", 0.354),), "scenes", "val", 0)


@pytest.fixture
def config(tiny_bundle):
    return {**read_bundle(tiny_bundle).config, "trained": TRAINED}


@pytest.fixture
def trained(tiny_bundle, config, tmp_path):
    """A run's directory with a card of its own."""
    path = tmp_path / "run" / "weights"
    path.parent.mkdir()
    parameters = describe(read_bundle(tiny_bundle))["parameters"]
    write_bundle(path, config, read_bundle(tiny_bundle).tensors(), model_card(config, parameters))
    return path.parent


def report(**changes):
    figure = {"name": "recall_50", "title": "R@0.5", "layout": "predicted", "value": 0.3541, "count": 1767}
    figure |= {"interval": [0.33, 0.3812], "of": "objects", "better": "higher"}
    sections = {"layout": {"title": "Boxes", "figures": [figure, {**figure, "name": "none", "value": None}]}}
    return {"weights": "runs/new", "data": "scenes", "split": "val", "seed": 1, "sections": sections, **changes}


def saved(tmp_path, content):
    path = tmp_path / "eval.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_card_says_what_the_run_knows(config):
    card = model_card(config, 2_500_000)
    for said in (
        "2.5 million parameters,\n32 x 32 pixels, 20 objects and 12 relations",
        "| recipe | `tiny`, seed 3 |",
        "| data | `scenes`: 12 pictures |",
        "| updates | 4 of the graph half alone, 6 with pictures |",
        "| time | 0.5 hours on cpu (Some Processor), 2 threads |",
        "That licence: not stated by the data: research use is assumed; ask",
        f"Fewer than {RARE} examples in the training data: car ({RARE - 1}).",
        "No example at all in the training data: dog.",
        "No mask in the training data, so no shape of their own: cat.",
        '"betas": [',
        "Relations: on, under,",
    ):
        assert said in card
    assert "start |" not in card
    assert "51,064 parameters" in model_card(config, 51_064)
    assert "| start | from `default` |" in model_card({**config, "trained": {**TRAINED, "init": "default"}}, 1)


def test_the_front_matter_is_what_the_hub_reads(config):
    of_hub = {**config, "trained": {**TRAINED, "data": "someone/scenes", "data_licence": "CC BY 4.0"}}
    card = add_figures(model_card(of_hub, 1), FIGURES)
    data = ModelCard(card).data.to_dict()
    assert (data["license"], data["license_name"], data["datasets"]) == ("other", "research-use", ["someone/scenes"])
    assert (data["library_name"], data["pipeline_tag"]) == ("sg2im", "text-to-image")
    (result,) = data["model-index"][0]["results"]
    assert (result["dataset"]["name"], result["dataset"]["split"]) == ("scenes", "val")
    assert result["metrics"] == [{"type": "r_0_5", "name": "R@0.5", "value": 0.354}]
    assert "That licence: CC BY 4.0." in card
    assert "datasets" not in ModelCard(model_card(config, 1)).data.to_dict()


def test_what_a_person_wrote_outlives_the_card_being_made_anew(config):
    card = model_card(config, 1)
    card = write_section(card, "limits", "It knows streets.\n\nAnimals are blots.")
    card = write_section(card, "notes", "Made by `sg2im train`.")
    card = card.replace("license: other\nlicense_name: research-use", "license: cc-by-4.0")
    card = add_figures(card, FIGURES)
    again = model_card(config, 1, card)
    assert again == card
    longer = {**config, "trained": {**TRAINED, "steps": 7}}
    later = model_card(longer, 1, card, config)
    assert read_section(later, "limits") == "It knows streets.\n\nAnimals are blots."
    assert read_section(later, "notes") == "Made by `sg2im train`."
    assert licence_of(later) == {"license": "cc-by-4.0"}
    assert not has_figures(later), "they are of other weights"
    assert "model-index" not in ModelCard(later).data.to_dict()
    assert "7 with pictures" in later


def test_figures_take_the_place_of_figures():
    card = add_figures(build_card("A model", "Text.\n\n<!-- figures -->\nold\n<!-- /figures -->\n\nMore."), FIGURES)
    again = add_figures(card, Figures((FigureRow("R@0.3", "0.6", "9 boxes", 0.6),), "other", "test", 2))
    assert again.count("<!-- figures -->") == 1
    assert "old" not in card and "R@0.5" not in again
    assert "| R@0.3 | 0.6 | 9 boxes |" in again and "on `other` test, seed 2" in again
    assert again.endswith("More.\n")


def test_a_card_without_a_place_for_figures_gets_one():
    card = add_figures(build_card("A model", "Text."), FIGURES)
    assert "Text." in card and has_figures(card)


def test_what_a_card_lacks():
    bare = build_card("A model", "Text.")
    assert [problem.partition(" (")[0] for problem in card_problems(bare)] == [
        "name for its licence 'other'",
        "figures",
    ]
    named = build_card("A model", "Text.", extra={"license_name": "research-use"})
    assert card_problems(add_figures(named, FIGURES)) == []
    assert card_problems(add_figures(build_card("A model", "Text.", "mit"), FIGURES)) == []
    assert "licence" in card_problems("# Only a heading")[0]


def test_figures_of_eval_are_read(tmp_path):
    figures = read_figures(saved(tmp_path, report(checksum="abc")))
    row = FigureRow("R@0.5, predicted layout", "0.354 (0.330 to 0.381)", "1,767 objects", 0.3541)
    assert figures == Figures((row,), "scenes", "val", 1, "abc")


def test_figures_of_two_weights_stand_side_by_side(tmp_path):
    other = report(weights="default")
    other["sections"]["layout"]["figures"][0]["value"] = 0.3
    figures = read_figures(saved(tmp_path, {"differences": [], "a": report(), "b": other}))
    card = add_figures(build_card("A model", "Text."), figures)
    assert "| measure | value | default | over |" in card
    assert "| R@0.5, predicted layout | 0.354 (0.330 to 0.381) | 0.300 (0.330 to 0.381) | 1,767 objects |" in card


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no file"),
        ("{", "cannot be read as JSON"),
        ("[]", "holds no figures of sg2im eval; make it with: sg2im eval -o"),
        ({"sections": {}}, "holds no figures"),
        (report(sections={"layout": {"figures": [{"name": "x"}]}}), "holds no figures"),
        (report(sections=3), "holds no figures"),
        (report(seed="many"), "holds no figures"),
    ],
)
def test_a_file_without_figures_is_said(tmp_path, content, message):
    path = tmp_path / "eval.json" if content is None else saved(tmp_path, content)
    with pytest.raises(WeightsInputError, match=message) as caught:
        read_figures(path)
    assert "\n" not in str(caught.value)


def call(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["sg2im", "weights", "card", *map(str, words)])
    with pytest.raises(SystemExit) as leave:
        main()
    out, err = capsys.readouterr()
    return int(leave.value.code or 0), out, err.removeprefix("sg2im: ")


def test_the_command_puts_figures_on_the_card_of_a_run(trained, tmp_path, monkeypatch, capsys):
    checksum = bundle_of_run(trained).checksum()
    figures = saved(tmp_path, report(checksum=checksum))
    card = trained / "weights" / "README.md"
    assert call(monkeypatch, capsys, trained, "--figures", figures) == (0, f"{card}\n", "")
    assert has_figures(card.read_text())
    assert card_problems(card.read_text()) == []
    assert sorted(p.name for p in card.parent.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    before = card.read_text()
    assert call(monkeypatch, capsys, trained / "weights")[0] == 0
    assert card.read_text() == before


def test_figures_of_other_weights_are_refused(trained, tmp_path, monkeypatch, capsys):
    before = (trained / "weights" / "README.md").read_text()
    code, _, err = call(monkeypatch, capsys, trained, "--figures", saved(tmp_path, report(checksum="0" * 64)))
    assert code == 2
    assert err.startswith("The figures are of other weights than those in ") and err.count("\n") == 1
    assert (trained / "weights" / "README.md").read_text() == before


def test_a_card_with_broken_marks_is_left_as_it_is(trained, monkeypatch, capsys):
    card = trained / "weights" / "README.md"
    card.write_text(card.read_text().replace("<!-- /limits -->", ""))
    before = card.read_text()
    code, _, err = call(monkeypatch, capsys, trained)
    assert (code, "<!-- limits --> and <!-- /limits --> once each" in err) == (2, True)
    assert card.read_text() == before


def test_a_card_that_is_not_there_is_made(trained):
    card = trained / "weights" / "README.md"
    text = card.read_text()
    card.unlink()
    renew_card(bundle_of_run(trained), FIGURES)
    assert card.read_text() == add_figures(text, FIGURES)


def test_a_card_by_hand_keeps_its_words(tiny_bundle, tmp_path):
    path = tmp_path / "converted"
    shutil.copytree(tiny_bundle, path)
    renew_card(read_bundle(path))
    assert (path / "README.md").read_text() == (tiny_bundle / "README.md").read_text()
    renew_card(read_bundle(path), FIGURES)
    assert "Random." in (path / "README.md").read_text() and has_figures((path / "README.md").read_text())


@pytest.mark.parametrize("name", ["limits", "notes", "figures"])
def test_sections_survive_the_round_trip(config, name):
    card = model_card(config, 1)
    assert read_section(write_section(card, name, "a\n\nb"), name) == "a\n\nb"
    assert write_section(write_section(card, name, "x"), name, read_section(card, name)) == card
