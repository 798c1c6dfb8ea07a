"""Reading the original project's checkpoints (google/sg2im) and writing them as bundles.

Parameter names stay as they are; what the generator does not need (``rel_aux_net``) is left out. Files are read with
PyTorch's restricted unpickler only, in the zip format and in the one before PyTorch 1.6.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sg2im_weights.bundle import Bundle, write_bundle
from sg2im_weights.card import build_card
from sg2im_weights.errors import WeightsInputError

IGNORED_SETTINGS = {"vocab", "vec_noise_dim", "gconv_mode", "box_anchor", "decouple_obj_predictions"}
SETTINGS = {
    "image_size",
    "embedding_dim",
    "gconv_dim",
    "gconv_hidden_dim",
    "gconv_num_layers",
    "gconv_pooling",
    "refinement_dims",
    "normalization",
    "activation",
    "mask_size",
    "mlp_normalization",
    "layout_noise_dim",
}
ABSENT = {
    "image_size": (64, 64),
    "gconv_pooling": "avg",
    "mlp_normalization": "none",
    "mask_size": None,
    "layout_noise_dim": 0,
}
"""What a file that lacks a setting means."""

UNUSED_PARTS = ("rel_aux_net.",)

SHARED = 4
"""How many times over the values of a file may be used: tensors of one storage are copied apart."""

SMALL = 1_000_000_000
"""Bytes of tensors that need no such look."""


def _plain_dict(_factory: object = None) -> dict[Any, Any]:
    """Stands for ``defaultdict(list)``, which the restricted unpickler can make but not fill."""
    return {}


Check = Callable[[Path, Mapping[str, Any], Mapping[str, tuple[int, ...]]], None]
"""Raises if tensors of these shapes do not fit a configuration that a file holds."""

HARMLESS: list[Any] = [(_plain_dict, "collections.defaultdict"), list, dict, int, float]
"""What the training script's files name beside tensors."""


def convert(checkpoint: Path, out: Path, overwrite: bool = False, check: Check | None = None) -> Bundle:
    """Write an original checkpoint as a bundle.

    Args:
        checkpoint: a ``.pt`` file with ``model_kwargs`` and ``model_state``.
        out: the bundle's directory.
        overwrite: whether a bundle there may be replaced.
        check: asked before anything is written; the model's code, which this floor does not know, can pass one.

    Raises:
        WeightsInputError: the file is no such checkpoint; the message names it and says why.
        WeightsError: the bundle could not be written.
    """
    saved = _load(checkpoint)
    settings = _mapping(saved, "model_kwargs", checkpoint)
    state = _state(saved, checkpoint)
    config = {
        "generator": _generator(settings, checkpoint),
        "vocabulary": _vocabulary(settings.get("vocab"), state, checkpoint),
        "trained": {"converted_from": checkpoint.name, "project": "google/sg2im"},
    }
    if check is not None:
        check(checkpoint, config, {name: tuple(tensor.shape) for name, tensor in state.items()})
    return write_bundle(out, config, state, _card(checkpoint, config), overwrite)


def _load(path: Path) -> dict[str, Any]:
    import torch

    try:
        if path.is_dir():
            raise WeightsInputError(f"{path} is a directory; name the checkpoint's file.")
        if not path.is_file():
            raise WeightsInputError(f"There is no file {path}.")
    except OSError as error:  # in a directory that may not be looked into, or a name that is too long
        raise WeightsInputError(f"{path} cannot be read: {error.strerror or error}.") from None
    try:
        with torch.serialization.safe_globals(HARMLESS):
            saved = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL ([\w.]+)", str(error))
        what = f"it asks for {found[1]}" if found else "its contents cannot be read"
        raise WeightsInputError(f"{path} holds more than weights, or is damaged, and was not loaded: {what}.") from None
    except OSError as error:
        raise WeightsInputError(f"{path} cannot be read: {error.strerror or error}.") from None
    except Exception as error:  # torch raises whatever it stumbles on: EOFError, RuntimeError, IndexError, ...
        raise WeightsInputError(f"{path} is not a whole PyTorch checkpoint{_why(error)}; fetch it again.") from None
    if not isinstance(saved, dict):
        raise WeightsInputError(f"{path} holds a {type(saved).__name__}, not a checkpoint of the original project.")
    return saved


def _why(error: Exception) -> str:
    """What torch says on purpose, in brackets and without its advice; not what it happens to stumble on."""
    lines = str(error).strip().splitlines()
    return f" ({lines[0].split('. ')[0].rstrip('.')})" if lines and isinstance(error, RuntimeError) else ""


def _mapping(saved: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = saved.get(key)
    if not isinstance(value, Mapping):
        raise WeightsInputError(f"{path} has no {key!r}, so it is no checkpoint of the original project.")
    return value


def _state(saved: Mapping[str, Any], path: Path) -> dict[str, Any]:
    import torch

    state: dict[str, Any] = {}
    room = max(SHARED * path.stat().st_size, SMALL)
    for name, tensor in _mapping(saved, "model_state", path).items():
        name = str(name).removeprefix("module.")
        if not isinstance(tensor, torch.Tensor):
            raise WeightsInputError(f"{path}: {name} in 'model_state' is no tensor.")
        if not name.startswith(UNUSED_PARTS):
            room -= tensor.numel() * tensor.element_size()
            if room < 0:
                raise WeightsInputError(
                    f"{path} claims far more values than it holds ({name} in 'model_state' has the shape "
                    f"{list(tensor.shape)}), so nothing was copied; fetch it again from where it is whole."
                )
            state[name] = tensor.detach().clone()  # tensors of one storage cannot be saved apart
    return state


def _generator(settings: Mapping[str, Any], path: Path) -> dict[str, Any]:
    if unknown := sorted(str(key) for key in set(settings) - SETTINGS - IGNORED_SETTINGS):
        raise WeightsInputError(f"{path} has settings that the original project does not: {', '.join(unknown)}.")
    chosen = {**ABSENT, **{key: settings[key] for key in SETTINGS if key in settings}}
    chosen["mask_size"] = chosen["mask_size"] or None
    size = chosen["image_size"]
    if not isinstance(size, list | tuple) or len(size) != 2 or not all(type(side) is int for side in size):
        raise WeightsInputError(f"{path} has the image_size {size!r}, which must be a height and a width.")
    return {key: list(value) if isinstance(value, tuple) else value for key, value in sorted(chosen.items())}


def _vocabulary(vocab: object, state: Mapping[str, Any], path: Path) -> dict[str, list[str]]:
    if not isinstance(vocab, Mapping):
        raise WeightsInputError(f"{path} has no vocabulary in 'model_kwargs'.")
    rows = {kind: len(_matrix(state, f"{kind}_embeddings.weight", path)) for kind in ("obj", "pred")}
    return {
        "objects": _names(vocab, "object", rows["obj"] - 1, path),  # the original keeps one row more than words
        "predicates": _names(vocab, "pred", rows["pred"], path),
        "stuff": [],
    }


def _matrix(state: Mapping[str, Any], name: str, path: Path) -> Any:  # noqa: ANN401 a tensor; torch is not imported
    if name not in state:
        raise WeightsInputError(f"{path} has no {name} in 'model_state', so it holds no generator.")
    if state[name].dim() != 2:
        raise WeightsInputError(f"{path}: {name} has shape {list(state[name].shape)} and must have rows and columns.")
    return state[name]


def _names(vocab: Mapping[str, Any], kind: str, rows: int, path: Path) -> list[str]:
    """Names by id, one for each row of the embeddings; a row without a name is ``NONE``."""
    key = f"{kind}_name_to_idx"
    ids = vocab.get(key)
    if not isinstance(ids, Mapping) or not all(type(i) is int and i >= 0 for i in ids.values()):
        raise WeightsInputError(f"{path} has no usable {key} in its vocabulary.")
    if len(set(ids.values())) < len(ids):
        raise WeightsInputError(f"{path}: {key} in its vocabulary has two names for one id.")
    highest = max(ids.values(), default=-1)
    if highest >= rows:
        raise WeightsInputError(
            f"{path}: {key} in its vocabulary has the id {highest}, but there are vectors for {rows}."
        )
    names = ["NONE"] * rows
    for name, index in ids.items():
        names[index] = str(name)
    return names


def _card(checkpoint: Path, config: Mapping[str, Any]) -> str:
    settings, vocabulary = config["generator"], config["vocabulary"]
    height, width = settings["image_size"]
    return build_card(
        f"sg2im: {checkpoint.stem}",
        f"""
Converted from `{checkpoint.name}`, a checkpoint of google/sg2im (Johnson, Gupta, Fei-Fei, *Image Generation from Scene
Graphs*, CVPR 2018). Its licence and that of its training data apply.

{height} x {width} pixels. Draw with `sg2im "a sentence" --weights DIRECTORY`.

Relations: {_listed(vocabulary["predicates"])}.

Objects: {_listed(vocabulary["objects"])}.
""",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(name for name in names[1:] if name != "NONE")
