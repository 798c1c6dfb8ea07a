"""From English to scene graphs, and from a sentence's words to a model's words.

Names are imported when they are first asked for, so that graphs and vocabularies need no spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sg2im_errors import InputError, Sg2imError

if TYPE_CHECKING:
    from sg2im_parsers.english.explanation import Explanation, explain
    from sg2im_parsers.english.open_graph import open_json
    from sg2im_parsers.english.parsed_text import Mention, ParsedText, Word
    from sg2im_parsers.english.parser import SceneGraphParser, parse_doc
    from sg2im_parsers.english.pipeline import load_pipeline
    from sg2im_parsers.errors import GraphError, UnknownWordsError
    from sg2im_parsers.graph_json import graph_from_json, graph_schema, graph_to_json, load_graphs
    from sg2im_parsers.grounding.account import Account, WordAccount
    from sg2im_parsers.grounding.graph import ground_graph
    from sg2im_parsers.grounding.sentence import Grounded, ground
    from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
    from sg2im_parsers.stories.story import Scene, read_story, scenes_of
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
    "Scene",
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
    "read_story",
    "scenes_of",
]

_HOMES = {
    "Account": "grounding.account",
    "Explanation": "english.explanation",
    "GraphError": "errors",
    "Grounded": "grounding.sentence",
    "Mention": "english.parsed_text",
    "ParsedText": "english.parsed_text",
    "Relationship": "scene_graph",
    "Scene": "stories.story",
    "SceneGraph": "scene_graph",
    "SceneGraphParser": "english.parser",
    "SceneObject": "scene_graph",
    "UnknownWordsError": "errors",
    "Vocabulary": "vocabulary",
    "Word": "english.parsed_text",
    "WordAccount": "grounding.account",
    "explain": "english.explanation",
    "graph_from_json": "graph_json",
    "graph_schema": "graph_json",
    "graph_to_json": "graph_json",
    "ground": "grounding.sentence",
    "ground_graph": "grounding.graph",
    "load_graphs": "graph_json",
    "load_pipeline": "english.pipeline",
    "open_json": "english.open_graph",
    "parse_doc": "english.parser",
    "read_story": "stories.story",
    "scenes_of": "stories.story",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sg2im_parsers' has no attribute {name!r}")
    return getattr(import_module(f"sg2im_parsers.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
