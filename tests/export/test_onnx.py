"""What an exported file computes is what torch computes, whatever the model and however many things there are."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from sg2im_cli.checkpoint import Checkpoint, load_generator
from sg2im_cli.config import GeneratorConfig
from sg2im_cli.data.batch import batch_graphs
from sg2im_cli.export.onnx_file import export_onnx
from sg2im_cli.export.picture_model import example_inputs
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.latents import draw_latents_of_pictures, draw_noise, draw_picture_latents
from sg2im_cli.painter import Painter
from sg2im_errors import Sg2imError
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

ROOT = Path(__file__).parents[2]
SMALL = GeneratorConfig(
    image_size=(32, 32),
    embedding_dim=12,
    gconv_dim=16,
    gconv_hidden_dim=24,
    gconv_num_layers=3,
    mask_size=8,
    refinement_dims=(24, 16, 8),
    layout_noise_dim=4,
)
VARIANTS = {
    "paper": SMALL,
    "no masks, instance norm, not square": replace(
        SMALL, mask_size=None, normalization="instance", image_size=(32, 64)
    ),
    "no graph convolution, no norm, nothing drawn, bilinear": replace(
        SMALL, gconv_num_layers=0, normalization="none", layout_noise_dim=0, upsampling="bilinear"
    ),
    "one graph convolution, batch norm in MLPs, sums, transpose": replace(
        SMALL, gconv_num_layers=1, mlp_normalization="batch", gconv_pooling="sum", mask_head="transpose", mask_dim=6
    ),
    "latents of pictures, no noise": replace(
        SMALL, layout_noise_dim=0, picture_latent_dim=5, layout_modulation=True, mask_sharpness=3.0
    ),
    "sampled masks, surroundings": replace(
        SMALL,
        box_head="center",
        mask_head="sampled",
        object_latent_dim=6,
        latent_scale=0.7,
        layout_carving=True,
        layout_noise_kept=True,
        layout_vector_dim=6,
        layout_category_dim=5,
        picture_latent_dim=5,
        surroundings_latent_dim=3,
    ),
}
WITH_ATTRIBUTES = {"paper", "sampled masks, surroundings"}
FAST = {"paper"}
BUNDLES = {"the embedded weights": "default", "the long run": str(ROOT / "weights" / "long_run" / "bundle")}
COUNTS = ((0,), (1,), (7,), (2, 5), (3, 1, 8, 0, 4), (4,) * 9)
"""Objects of the pictures of each batch; none is one that is traced."""

WORDS = Vocabulary.from_names(tuple("abcdefgh"), tuple("rstu"), tuple("efgh"))


@cache
def checkpoint(name: str) -> Checkpoint:
    """A bundle's, or a random one's with boxes that have a size and statistics that are not a fresh model's."""
    if name in BUNDLES:
        return load_generator(resolve(BUNDLES[name]))
    torch.manual_seed(0)
    words = replace(WORDS, attributes=("red", "blue", "large")) if name in WITH_ATTRIBUTES else WORDS
    sizes = len(words.objects), len(words.predicates), len(words.attributes)
    generator = Generator(VARIANTS[name], *sizes, things=(1, 2, 3, 4))
    for module in generator.modules():
        if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 1.5)
        if isinstance(module, torch.nn.Embedding):
            torch.nn.init.normal_(module.weight)
    if generator.config.box_head == "corners":
        last = [layer for layer in generator.box_net if isinstance(layer, torch.nn.Linear)][-1]
        last.bias.data.copy_(torch.tensor([0.1, 0.2, 0.8, 0.9]))
    return Checkpoint(generator.eval().requires_grad_(False), words)


@cache
def exported(name: str):
    return export_onnx(checkpoint(name), {"ref": name})


@cache
def session(name: str) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(exported(name).data, providers=["CPUExecutionProvider"])


def run(name: str, given: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    outputs = [value.name for value in session(name).get_outputs()]
    return dict(zip(outputs, session(name).run(None, {k: v.numpy() for k, v in given.items()}), strict=True))


@torch.no_grad()
def expected(generator: Generator, given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What the generator makes, as a person would look at it."""
    config = generator.config
    told = {**given, **({"latents": config.latent_scale * given["latents"]} if "latents" in given else {})}
    made = generator(**told)
    std, mean = (torch.tensor(values).view(3, 1, 1) for values in (config.pixel_std, config.pixel_mean))
    found = {"images": (made.images * std + mean).clamp(0, 1), "boxes": made.boxes}
    return found if made.masks is None else {**found, "masks": made.masks}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in FAST else pytest.mark.slow) for n in (*VARIANTS, *BUNDLES)]
)
def test_a_file_computes_what_torch_computes_for_any_numbers_of_things(name):
    generator = checkpoint(name).generator
    for counts in COUNTS:
        given = example_inputs(generator, counts)
        found, wanted = run(name, given), expected(generator, given)
        assert found.keys() == wanted.keys()
        for key, want in wanted.items():
            assert found[key].shape == tuple(want.shape), (key, counts)
            error = np.abs(found[key] - want.numpy()).max() / want.abs().max().clamp_min(1e-6)
            assert error <= 1e-4, (key, counts)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLES)
def test_a_file_draws_the_picture_that_the_painter_paints(name):
    painter = Painter.from_pretrained(BUNDLES[name], device="cpu")
    painting = painter.paint("a dog on grass beside a red car", seed=5, enforced=False)
    batch = batch_graphs([painting.asked], painter.vocabulary)
    config = painter.generator.config
    given = {"objs": batch.objs, "triples": batch.triples, "obj_to_img": batch.obj_to_img}
    latents = draw_latents_of_pictures(replace(config, latent_scale=1.0), [5], batch.obj_to_img)
    drawn = {"noise": draw_noise(config, [5]), "picture_latents": draw_picture_latents(config, [5])}
    more = {"attributes": batch.attributes, "latents": latents, **drawn}
    images = run(name, {**given, **{k: v for k, v in more.items() if v is not None}})["images"]
    levels = (images[0].transpose(1, 2, 0) * 255).round()
    assert np.abs(levels - np.asarray(painting.images[0], dtype=float)).max() <= 1


def test_a_file_says_what_its_words_and_inputs_are():
    proto = onnx.load_from_string(exported("paper").data)
    told = {entry.key: json.loads(entry.value) for entry in proto.metadata_props}
    assert Vocabulary.from_json(told["vocabulary"]) == checkpoint("paper").vocabulary
    assert told["generator"]["image_size"] == [32, 32] and told["weights"] == {"ref": "paper"}
    for kind, values in (("inputs", proto.graph.input), ("outputs", proto.graph.output)):
        assert list(told[kind]) == [value.name for value in values]
        for value in values:
            sizes = [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
            assert told[kind][value.name]["shape"] == sizes
            assert told[kind][value.name]["meaning"] == value.doc_string


def test_a_file_is_whole_and_says_nothing_of_this_machine():
    made = exported("paper")
    onnx.checker.check_model(made.data, full_check=True)
    assert [(entry.domain, entry.version) for entry in onnx.load_from_string(made.data).opset_import] == [("", 18)]
    for trace in (b".py", b"/lib/", str(ROOT).encode()):
        assert trace not in made.data


def test_a_file_that_does_not_compute_the_same_is_not_handed_out(monkeypatch):
    broken = checkpoint("no masks, instance norm, not square")
    run_rightly = onnxruntime.InferenceSession.run
    monkeypatch.setattr(
        onnxruntime.InferenceSession, "run", lambda *given: [1.5 * value for value in run_rightly(*given)]
    )
    with pytest.raises(Sg2imError, match="do not compute the same"):
        export_onnx(broken, {})


@pytest.mark.parametrize("package", ["onnx", "onnxscript", "onnxruntime"])
def test_a_package_that_is_missing_is_named(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Sg2imError, match=r"pip install 'sg2im-cli\[onnx\]'"):
        export_onnx(checkpoint("paper"), {})
