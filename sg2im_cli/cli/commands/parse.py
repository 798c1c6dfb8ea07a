"""``sg2im parse``: show the scene graph of a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.streams import print_json, print_path, read_text
from sg2im_cli.output.encode import check_graph_file, graph_file
from sg2im_cli.output.encoding import decode_line, require_no_utf16
from sg2im_cli.output.files import write_file
from sg2im_errors import InputError
from sg2im_parsers.graph_json import graph_to_json
from sg2im_parsers.grounding.account import require_every_word

if TYPE_CHECKING:
    from sg2im_parsers.english.explanation import Explanation
    from sg2im_parsers.english.parsed_text import ParsedText
    from sg2im_parsers.grounding.sentence import Grounded
    from sg2im_parsers.vocabulary import Vocabulary


def command(
    text: options.Text = None,
    open_words: Annotated[
        bool, typer.Option("--open", help="Keep the sentence's own words, not those of a model.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON for each line of --file.")] = False,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read one sentence from each line; - reads standard input.")
    ] = None,
    strict: options.Strict = False,
    weights: options.VocabularyOf = "default",
    nlp: options.Nlp = None,
    tree: Annotated[bool, typer.Option("--tree", help="Show the dependency tree, and what each rule made.")] = False,
    save_graph: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the graph as .json, .png or .svg.")
    ] = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Show the objects, attributes and relationships of a sentence.

    Example: sg2im parse "a brown dog next to two trees" --open
    """
    if (text is None) == (file is None):
        raise InputError("Give either a sentence in quotes or --file FILE.")
    if jsonl and file is None:
        raise InputError("--jsonl goes with --file; for one sentence use --json.")
    if strict and open_words:
        raise InputError("--strict goes with a model's words; --open keeps every word anyway.")
    if tree and file is not None:
        raise InputError("--tree goes with one sentence, not with --file.")
    if save_graph is not None:
        if file is not None:
            raise InputError("--save-graph goes with one sentence, not with --file.")
        check_graph_file(save_graph, overwrite)
    vocabulary = None if open_words else _vocabulary(weights)
    if file is not None:
        _print_lines(file, vocabulary, nlp, strict)
        return
    explanation = _explain(read_text(text or ""), nlp) if tree else None
    parsed = next(_parse([read_text(text or "")], nlp)) if explanation is None else explanation.parsed
    grounded = _ground(parsed, vocabulary)
    if not as_json:
        if explanation is not None:  # before it is refused: the tree says why nothing was found
            _show_explanation(explanation)
        from sg2im_parsers.grounding.sentence import require_objects

        require_objects(grounded, parsed)
    if strict:
        require_every_word(grounded.account)
    if save_graph is not None:
        write_file(save_graph, graph_file(grounded.graph, save_graph), overwrite)
        if not as_json:
            print_path(save_graph)
    if as_json:
        print_json(as_line(parsed, vocabulary) | ({} if explanation is None else {"tree": explanation.to_json()}))
    else:
        _show(grounded)


def as_line(parsed: ParsedText, vocabulary: Vocabulary | None) -> dict[str, Any]:
    """What JSON says of one sentence: in its own words without a vocabulary, else in the model's, with the account."""
    from sg2im_parsers.english.open_graph import open_json

    if vocabulary is None:
        return open_json(parsed)
    grounded = _ground(parsed, vocabulary)
    return {"text": parsed.text, **graph_to_json(grounded.graph), "account": grounded.account.to_json()}


def _vocabulary(weights: str) -> Vocabulary:
    from sg2im_parsers.vocabulary import Vocabulary
    from sg2im_weights import resolve

    return Vocabulary.from_json(resolve(weights).config["vocabulary"])


def _parse(texts: Iterable[str], nlp: str | None) -> Iterator[ParsedText]:
    from sg2im_parsers.english.parser import SceneGraphParser
    from sg2im_parsers.english.pipeline import load_pipeline

    return SceneGraphParser(load_pipeline(nlp)).pipe(texts)


def _explain(text: str, nlp: str | None) -> Explanation:
    from sg2im_parsers.english.explanation import explain
    from sg2im_parsers.english.pipeline import load_pipeline

    return explain(load_pipeline(nlp), text)


def _ground(parsed: ParsedText, vocabulary: Vocabulary | None) -> Grounded:
    """In a model's words; without a vocabulary in the text's own, which need no account but how they were read."""
    from sg2im_parsers.grounding.account import Account
    from sg2im_parsers.grounding.sentence import Grounded, ground

    return Grounded(parsed.graph, Account((), parsed.remarks)) if vocabulary is None else ground(parsed, vocabulary)


def _print_lines(file: str, vocabulary: Vocabulary | None, nlp: str | None, strict: bool) -> None:
    """One line of JSON for each line of input, blank ones too, as they come."""
    if file == "-":
        _print_stream(sys.stdin.buffer if sys.stdin else BytesIO(), vocabulary, nlp, strict)
        return
    try:
        with Path(file).open("rb") as stream:
            _print_stream(stream, vocabulary, nlp, strict)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None


def _print_stream(stream: BinaryIO, vocabulary: Vocabulary | None, nlp: str | None, strict: bool) -> None:
    for number, parsed in enumerate(_parse(_lines(stream), nlp), 1):
        if strict:
            require_every_word(_ground(parsed, vocabulary).account, f"Line {number}: ")
        print_json(as_line(parsed, vocabulary))


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a file without their ends.

    Raises:
        InputError: one is not in UTF-8; those before have been given.
    """
    for number, line in enumerate(stream, 1):
        if number == 1:
            require_no_utf16(line, "What --file names")
        try:
            yield decode_line(line).rstrip("\r\n")
        except InputError as error:
            raise InputError(f"Line {number}: {error}.") from None


def _show_explanation(explanation: Explanation) -> None:
    from sg2im_cli.cli.display.parse_tree import show_explanation
    from sg2im_cli.cli.display.tables import console

    show_explanation(console(error=False), explanation)


def _show(grounded: Grounded) -> None:
    from sg2im_cli.cli.display.tables import console, show_account, show_graph

    screen = console(error=False)
    show_graph(screen, grounded.graph)
    if grounded.account.words or grounded.account.remarks:
        screen.print()
        show_account(screen, grounded.account)
