"""From English to scene graphs, and from a sentence's words to a model's words.

Names are imported when they are first asked for, so that graphs and vocabularies need no spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sg2im_parsers.account import Account, WordAccount
    from sg2im_parsers.errors import GraphError, InputError, Sg2imError, UnknownWordsError
    from sg2im_parsers.explanation import Explanation, explain
    from sg2im_parsers.given_graphs import ground_graph
    from sg2im_parsers.graph_json import graph_from_json, graph_schema, graph_to_json, load_graphs
    from sg2im_parsers.grounding import Grounded, ground
    from sg2im_parsers.open_graph import open_json
    from sg2im_parsers.parsed import Mention, ParsedText, Word
    from sg2im_parsers.parser import SceneGraphParser, parse_doc
    from sg2im_parsers.pipeline import load_pipeline
    from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
    from sg2im_parsers.vocabulary import Vocabulary

__all__ = [
    "Account",
    "Explanation",
    "GraphError",
    "Grounded",
    "InputError",
    "Mention",
    "ParsedText",
    "Relationship",
    "SceneGraph",
    "SceneGraphParser",
    "SceneObject",
    "Sg2imError",
    "UnknownWordsError",
    "Vocabulary",
    "Word",
    "WordAccount",
    "explain",
    "graph_from_json",
    "graph_schema",
    "graph_to_json",
    "ground",
    "ground_graph",
    "load_graphs",
    "load_pipeline",
    "open_json",
    "parse_doc",
]

_HOMES = {
    "Account": "account",
    "Explanation": "explanation",
    "GraphError": "errors",
    "Grounded": "grounding",
    "InputError": "errors",
    "Mention": "parsed",
    "ParsedText": "parsed",
    "Relationship": "scene_graph",
    "SceneGraph": "scene_graph",
    "SceneGraphParser": "parser",
    "SceneObject": "scene_graph",
    "Sg2imError": "errors",
    "UnknownWordsError": "errors",
    "Vocabulary": "vocabulary",
    "Word": "parsed",
    "WordAccount": "account",
    "explain": "explanation",
    "graph_from_json": "graph_json",
    "graph_schema": "graph_json",
    "graph_to_json": "graph_json",
    "ground": "grounding",
    "ground_graph": "given_graphs",
    "load_graphs": "graph_json",
    "load_pipeline": "pipeline",
    "open_json": "open_graph",
    "parse_doc": "parser",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sg2im_parsers' has no attribute {name!r}")
    return getattr(import_module(f"sg2im_parsers.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
