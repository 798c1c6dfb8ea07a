"""``sg2im "a sentence"`` and its commands. Nothing here imports torch or spaCy: ``--help`` must be quick.

Of the commands only what a command line names is imported and described to typer; `app` is all of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer
from typer.core import TyperGroup

from sg2im_cli.cli.streams import quieten_downloads, visible
from sg2im_cli.version import __version__
from sg2im_errors import InputError, Sg2imError

DEFAULT_COMMAND = "generate"
STOPPED = 130
"""The exit code of what Ctrl-C ended."""

CommandLineError = cast(type[Exception], typer.BadParameter.__mro__[2])
"""What typer raises for a command line that it cannot read; it has no public name."""

GROUPS = {
    "Pictures": ("generate", "render", "story", "diff", "replay", "show"),
    "Words and graphs": ("parse", "words"),
    "Weights": ("weights", "train", "eval", "judge", "data"),
    "This machine": ("doctor",),
}
"""How ``--help`` lists the commands; one that is not here comes under the last heading."""

HELP = """Pictures from sentences, through a scene graph that you can see, check and edit.

\b
    sg2im "a car on the street beside buildings"
    sg2im "two sheep in a field" --samples 4 --seed 7 --output sheep/
    sg2im parse "a dog next to a tree"

The options of a picture are those of `sg2im generate --help`. `sg2im --install-completion` lets your shell complete
commands, options and their values."""


class SentenceGroup(TyperGroup):
    """A group of commands whose first argument may also be a sentence to draw."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
        """List the commands by what they are for."""
        grouped = {name for names in GROUPS.values() for name in names}
        rest = tuple(name for name in self.commands if name not in grouped)
        width = max(map(len, self.commands))
        for heading, names in {**GROUPS, list(GROUPS)[-1]: (*list(GROUPS.values())[-1], *rest)}.items():
            there = [(name, self.commands[name]) for name in names if name in self.commands]
            if not there:
                continue
            limit = formatter.width - width - 6
            rows = [(name.ljust(width), command.get_short_help_str(limit)) for name, command in there]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Put the command `generate` before what is neither a command nor an option of the group."""
        if args and args[0] not in self._own_words(ctx):
            self._refuse_lone_word(ctx, args)
            _refuse_sentences(ctx, args)
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

    def _own_words(self, ctx: Any) -> set[str]:  # noqa: ANN401
        options = {word for p in self.get_params(ctx) for word in (*p.opts, *p.secondary_opts)}
        return {*self.commands, *options}

    def _refuse_lone_word(self, ctx: Any, args: list[str]) -> None:  # noqa: ANN401
        word = args[0]
        if ctx.resilient_parsing:  # the shell asks how the line may go on
            return
        if not word or word.startswith("-") or len(word.split()) != 1 or word != word.strip():
            return
        near = get_close_matches(word.lower(), self.commands, n=1)
        if len(args) > 1 and not args[1].startswith("-"):
            sentence = " ".join(args[: next((i for i, a in enumerate(args) if a.startswith("-")), len(args))])
            hint = f", or did you mean the command {near[0]!r}?" if near else "."
            raise InputError(f'Put the sentence in quotes: sg2im "{sentence}"{hint}')
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise InputError(f"There is no command {word!r}. {hint}To draw it, say: sg2im {DEFAULT_COMMAND} {word}")

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:  # noqa: ANN401
        """Offer the options of a picture, too: they may stand before the sentence."""
        offered = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            offered += self.commands[DEFAULT_COMMAND].shell_complete(ctx, incomplete)
        return list({item.value: item for item in offered}.values())


def _refuse_sentences(ctx: Any, args: list[str]) -> None:  # noqa: ANN401
    """Two sentences in quotes, as a shell hands them over."""
    many = next((i for i, word in enumerate(args) if word.startswith("-")), len(args))
    if many > 1 and len(args[0].split()) > 1 and not ctx.resilient_parsing:
        raise InputError(
            f"There are {many} sentences, and one is drawn at a time; put each on a line of a file and say: "
            f"sg2im --file FILE -o pictures/."
        )


COMMANDS = tuple(name for names in GROUPS.values() for name in names)
"""Each is the module of its name in `sg2im_cli.cli.commands`."""


def needed(args: Sequence[str]) -> tuple[str, ...]:
    """The commands that a command line can be about: the one it names, `generate` for a sentence, or else all."""
    first = args[0] if args and "_SG2IM_COMPLETE" not in os.environ else ""
    if first in COMMANDS:
        return (first,)
    return (DEFAULT_COMMAND,) if len(first.split()) > 1 and not first.startswith("-") else COMMANDS


def app_of(names: Iterable[str]) -> typer.Typer:
    """The command with some of its commands."""
    app = typer.Typer(
        cls=SentenceGroup,
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_group)
    for name in names:
        module = import_module(f"sg2im_cli.cli.commands.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


@cache
def __getattr__(name: str) -> object:
    if name != "app":
        raise AttributeError(f"module 'sg2im_cli.cli.app' has no attribute {name!r}")
    return app_of(COMMANDS)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sg2im {__version__}")
        raise typer.Exit


def _group(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; what a person did wrong is one sentence and exit code 2, a failure is 1."""
    if sys.stdout is None:
        _leave("Standard output is closed; to print nothing, send it to /dev/null.", 1)
    _require_working_directory()
    _print_whatever_comes()
    quieten_downloads(quiet=False)
    try:
        code = app_of(needed(sys.argv[1:]))(prog_name="sg2im", standalone_mode=False)
    except InputError as error:
        _leave(error, 2)
    except Sg2imError as error:
        _leave(error, 1)
    except CommandLineError as error:
        _leave_usage(error)
    except typer.Abort:
        code = STOPPED
    except OSError as error:
        name = error.filename or "Standard output or error cannot be written"
        _leave(f"{name}: {error.strerror or error}.", 1)
    if code == STOPPED:
        _leave("Stopped.", STOPPED)
    sys.exit(code)


def _require_working_directory() -> None:
    try:
        Path.cwd()
    except FileNotFoundError:
        _leave("The working directory was deleted; change to one that exists.", 1)


def _print_whatever_comes() -> None:
    """Words and names that a terminal's encoding lacks are printed as escapes, not as a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _leave_usage(error: Any) -> NoReturn:  # noqa: ANN401
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        sys.exit(2)
    problem = error.format_message().replace("Value error, ", "").rstrip(".")
    context = getattr(error, "ctx", None)
    see = f"see {context.command_path} --help" if context else "see sg2im --help"
    _leave(f"{problem} {see.capitalize()}." if problem.endswith("?") else f"{problem}; {see}.", 2)


def _leave(problem: object, code: int) -> NoReturn:
    if sys.stderr is not None:
        sys.stderr.write(visible(f"sg2im: {problem}\n"))
    sys.exit(code)
