"""Starting from the weights of a bundle, whose words may be others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.refinement import RefinementNetwork
from sg2im_cli.model.shapes import SampledMaskHead
from sg2im_cli.model.surroundings import Surroundings
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary

OBJECT_TABLES = ("obj_embeddings", "layout_categories")
PREDICATE_TABLES = ("pred_embeddings",)
ATTRIBUTE_TABLES = ("attribute_embeddings", "layout_attributes")


@dataclass(frozen=True)
class Start:
    """What a run took from a bundle.

    Attributes:
        known: words whose rows were taken.
        new: words that the bundle lacks; their rows are as they were initialised.
        anew: parts of the generator, by name, that the bundle lacks or has in another shape.
    """

    known: tuple[str, ...]
    new: tuple[str, ...]
    anew: tuple[str, ...]

    def __str__(self) -> str:
        words = f"{len(self.known)} words keep their vectors"
        if self.new:
            words += f", {len(self.new)} are new: {', '.join(self.new)}"
        return f"{words}. " + (f"These parts start anew: {', '.join(self.anew)}." if self.anew else "")


@torch.no_grad()
def start_from(generator: Generator, vocabulary: Vocabulary, source: Checkpoint) -> Start:
    """Give a new generator the weights of another as far as they fit.

    Words keep their rows by name. Every other part (graph network, heads) is taken whole if all its tensors fit, else
    it starts anew; what it has beyond them, all zeros (such as a layout's modulation), may stay. Of a refinement
    network for larger pictures, the coarse modules are taken, and the rest starts anew.

    Args:
        generator: changed in place.
        vocabulary: its words.
        source: where weights come from.

    Raises:
        InputError: neither the graph network nor the refinement network fits.
    """
    anew = []
    for name, part in generator.named_children():
        given = getattr(source.generator, name, None)
        if name in OBJECT_TABLES:
            taken = _take_rows(part, given, vocabulary.objects, _ids(source.vocabulary.objects))
        elif name in PREDICATE_TABLES:
            taken = _take_rows(part, given, vocabulary.predicates, _ids(source.vocabulary.predicates))
        elif name in ATTRIBUTE_TABLES:
            taken = _take_rows(part, given, vocabulary.attributes, _ids(source.vocabulary.attributes))
        elif isinstance(part, SampledMaskHead):
            taken = _take_head(part, given, vocabulary.objects, _ids(source.vocabulary.objects))
        elif isinstance(part, Surroundings):
            taken = _take_surroundings(part, given, vocabulary.objects, _ids(source.vocabulary.objects))
        elif isinstance(part, RefinementNetwork) and not _take_whole(part, given):
            count = _take_modules(part, given)
            anew += [f"{name} from its module {count + 1}"] if count else [name]
            continue
        else:
            taken = _take_whole(part, given)
        if not taken:
            anew.append(name)
    if {"gconv", "refinement_net"} <= set(anew):
        raise InputError(
            "The weights to start from fit this recipe neither in the graph network nor in the refinement network; "
            "name others with --init, or give the recipe their sizes."
        )
    pairs = [(_words(vocabulary)[kind], {*_words(source.vocabulary)[kind]}) for kind in range(3)]
    known, new = (
        tuple(word for wanted, there in pairs for word in wanted if (word in there) is kept) for kept in (True, False)
    )
    return Start(known, new, tuple(anew))


def _words(vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    """Of each kind: "orange" may be an object of one model and an attribute of another."""
    return vocabulary.object_names, vocabulary.predicate_names, vocabulary.attribute_names


def _ids(names: tuple[str, ...]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}


def _take_rows(part: nn.Module, given: nn.Module | None, names: tuple[str, ...], ids: Mapping[str, int]) -> bool:
    """Copy the rows of the words that both have; False if there is no table with rows of this size."""
    if given is None:
        return False
    mine, theirs = part.weight, given.weight
    assert isinstance(mine, Tensor)
    assert isinstance(theirs, Tensor)
    if mine.shape[1] != theirs.shape[1]:
        return False
    for i, name in enumerate(names):
        if name in ids:
            mine[i] = theirs[ids[name]]
    return True


def _take_head(part: SampledMaskHead, given: nn.Module | None, names: tuple[str, ...], ids: Mapping[str, int]) -> bool:
    """A head of sampled masks, whose categories have rows by name."""
    if not isinstance(given, SampledMaskHead):
        return False
    mine, theirs = part.state_dict(), given.state_dict()
    table = "categories.weight"
    if {k: v.shape for k, v in mine.items() if k != table} != {k: v.shape for k, v in theirs.items() if k != table}:
        return False
    part.load_state_dict({**theirs, table: mine[table]})
    return _take_rows(part.categories, given.categories, names, ids)


def _take_surroundings(
    part: Surroundings, given: nn.Module | None, names: tuple[str, ...], ids: Mapping[str, int]
) -> bool:
    """A network of surroundings, whose categories have rows by name: of words, of vectors and of scores."""
    if not isinstance(given, Surroundings):
        return False
    mine, theirs = part.state_dict(), given.state_dict()
    rows = {name for name in mine if name.split(".")[0] in ("words", "vectors", "out")}
    if any(mine[name].shape[1:] != theirs[name].shape[1:] for name in rows):
        return False
    if any(mine[name].shape != theirs[name].shape for name in mine.keys() - rows):
        return False
    for name in rows:
        for i, word in enumerate(names):
            if word in ids:
                mine[name][i] = theirs[name][ids[word]]
    part.load_state_dict({**theirs, **{name: mine[name] for name in rows}})
    return True


def _take_modules(part: RefinementNetwork, given: nn.Module | None) -> int:
    """How many of its first modules a refinement network has from another, which draws smaller pictures."""
    if not isinstance(given, RefinementNetwork):
        return 0
    count = 0
    for mine, theirs in zip(part.refinement_modules, given.refinement_modules, strict=False):
        if not _take_whole(mine, theirs):
            break
        count += 1
    return count


def _take_whole(part: nn.Module, given: nn.Module | None) -> bool:
    if given is None:
        return False
    mine, theirs = part.state_dict(), given.state_dict()
    added = {name for name in mine.keys() - theirs.keys() if not mine[name].any()}  # zeros change nothing at first
    if {k: v.shape for k, v in mine.items() if k not in added} != {k: v.shape for k, v in theirs.items()}:
        return False
    part.load_state_dict(theirs, strict=not added)
    return True


ADVERSARIES = "adversaries.safetensors"
"""Beside a generator's weights: what was trained with it and is needed to go on, under NETWORK.TENSOR."""


@torch.no_grad()
def take_adversaries(networks: Mapping[str, nn.Module], directory: Path) -> tuple[str, ...]:
    """Give networks of a new run the weights that lie beside a generator's, where all of one's tensors fit.

    Args:
        networks: by name, changed in place.
        directory: of the generator's weights; without a file of adversaries nothing happens.

    Returns:
        the names of those that were taken.

    Raises:
        InputError: the file is damaged.
    """
    path = directory / ADVERSARIES
    if not path.is_file():
        return ()
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path} cannot be loaded: {error}; remove it to start without.") from None
    taken = []
    for name, network in networks.items():
        there = {k.removeprefix(f"{name}."): t for k, t in tensors.items() if k.startswith(f"{name}.")}
        mine = network.state_dict()
        if mine and {k: t.shape for k, t in mine.items()} == {k: t.shape for k, t in there.items()}:
            network.load_state_dict({k: t.to(mine[k].dtype) for k, t in there.items()})
            taken.append(name)
    return tuple(taken)


def save_adversaries(networks: Mapping[str, nn.Module], directory: Path) -> None:
    """Write networks beside a generator's weights, in float16, for `take_adversaries`."""
    tensors = {
        f"{name}.{k}": (t.half() if t.is_floating_point() else t).contiguous()
        for name, network in networks.items()
        for k, t in network.state_dict().items()
    }
    part = directory / f"{ADVERSARIES}.part"
    save_file(tensors, part)
    part.replace(directory / ADVERSARIES)
