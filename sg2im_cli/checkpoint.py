"""From a bundle's files to a generator, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sg2im_cli.config import ConfigError, GeneratorConfig, plain, read
from sg2im_cli.model.generator import Generator
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import Bundle, WeightsInputError, convert, write_bundle

SPARE_PARAMETERS = 10_000_000
"""By how much a configuration may be larger than its weights and still be compared with them tensor by tensor."""


@dataclass(frozen=True)
class Checkpoint:
    """A generator in eval mode, and the words it knows."""

    generator: Generator
    vocabulary: Vocabulary


def load_generator(
    bundle: Bundle, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
) -> Checkpoint:
    """Build the generator of a bundle and load its weights.

    Raises:
        WeightsInputError: configuration and tensors do not fit; the message names the file and the tensor.
    """
    shapes = bundle.tensor_shapes()
    empty = _build_empty(bundle.config_path, bundle.config, shapes)
    _require_fit(bundle.tensors_path, empty.generator, shapes)
    tensors = bundle.tensors()
    _require_finite(bundle.tensors_path, tensors)
    state = {
        name: tensors.get(name, torch.zeros((), dtype=torch.int64)).to(expected.dtype)
        for name, expected in empty.generator.state_dict().items()
    }
    empty.generator.load_state_dict(state, assign=True)
    generator = empty.generator.eval().requires_grad_(False)
    return Checkpoint(generator.to(device=device, dtype=dtype), empty.vocabulary)


def convert_checkpoint(checkpoint: Path, out: Path, overwrite: bool = False) -> Bundle:
    """Write a checkpoint of the original project as a bundle, if this generator can load it.

    Args:
        checkpoint: a ``.pt`` file.
        out: the bundle's directory.
        overwrite: whether a bundle there may be replaced.

    Raises:
        WeightsInputError: the file cannot be used, or settings and tensors in it do not fit; nothing was written.
        WeightsError: the bundle could not be written.
    """
    return convert(checkpoint, out, overwrite, check=_require_loadable)


def _require_loadable(path: Path, config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> None:
    _require_fit(path, _build_empty(path, config, shapes).generator, shapes)


def _require_finite(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Weights that are no numbers draw black pictures."""
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            wrong = int((~tensor.isfinite()).sum())
            raise WeightsInputError(
                f"{path}: {wrong} of {tensor.numel()} values of {name} are infinite or no numbers; fetch it again, or "
                f"take weights from before a training went wrong."
            )


def _build_empty(path: Path, config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Checkpoint:
    """A generator as the configuration in a file describes it, with random weights.

    Args:
        path: what to name in messages.
        config: ``generator`` and ``vocabulary``.
        shapes: of the tensors beside it; nothing is built that is much larger.
    """
    try:
        settings = read(GeneratorConfig, config["generator"], "generator")
        vocabulary = Vocabulary.from_json(config["vocabulary"])
        _require_size(path, settings, vocabulary, sum(map(math.prod, shapes.values())))
        # not on the meta device: initialising there imports torch._dynamo, a second that a cold start would wait
        sizes = len(vocabulary.objects), len(vocabulary.predicates), len(vocabulary.attributes)
        return Checkpoint(Generator(settings, *sizes), vocabulary)
    except (ConfigError, InputError) as error:
        raise WeightsInputError(f"{path} cannot be used: {error}") from None
    except RuntimeError as error:  # sizes that no tensor can have
        raise WeightsInputError(f"{path} describes a generator that cannot be built: {error}.") from None


def _require_size(path: Path, settings: GeneratorConfig, vocabulary: Vocabulary, there: int) -> None:
    words = len(vocabulary.objects), len(vocabulary.predicates), len(vocabulary.attributes)
    asked = settings.parameters(*words)
    if asked > 2 * there + SPARE_PARAMETERS:
        raise WeightsInputError(
            f"{path} asks for a model of about {asked:,} parameters, and its file of weights has {there:,}."
        )


def _require_fit(path: Path, generator: Generator, shapes: Mapping[str, tuple[int, ...]]) -> None:
    expected = {name: tuple(tensor.shape) for name, tensor in generator.state_dict().items()}
    for name, shape in expected.items():
        if name.endswith(".num_batches_tracked"):  # a counter that does not change pictures
            continue
        if name not in shapes:
            raise WeightsInputError(f"{path} lacks the tensor {name}, which its configuration asks for.")
        if shapes[name] != shape:
            raise WeightsInputError(
                f"{path}: {name} has shape {list(shapes[name])}, and its configuration asks for {list(shape)}."
            )
    if unknown := sorted(set(shapes) - expected.keys()):
        raise WeightsInputError(f"{path} has a tensor {unknown[0]} that its configuration has no place for.")


def save_generator(
    directory: Path,
    generator: Generator,
    vocabulary: Vocabulary,
    trained: Mapping[str, Any],
    card: str,
    *,
    dtype: torch.dtype = torch.float32,
    overwrite: bool = False,
) -> Bundle:
    """Write a generator as a bundle.

    Args:
        directory: where it goes.
        generator: what to save.
        vocabulary: the words it was trained with.
        trained: on what and how, for ``config.json``.
        card: the model card.
        dtype: of floating-point tensors in the file.
        overwrite: whether a bundle there may be replaced.
    """
    config = {"generator": plain(generator.config), "vocabulary": vocabulary.to_json(), "trained": dict(trained)}
    tensors = {
        name: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for name, tensor in generator.state_dict().items()
        if not name.endswith(".num_batches_tracked")
    }
    return write_bundle(directory, config, tensors, card, overwrite)
