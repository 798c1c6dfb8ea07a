"""``sg2im weights export``: a model as a file for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.completion import offer_weights
from sg2im_cli.cli.streams import print_path
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.export.onnx_file import OnnxFile
    from sg2im_weights import Bundle


def command(
    ref: Annotated[
        str, typer.Argument(help="default, a directory, or owner/name[@revision].", autocompletion=offer_weights)
    ],
    out: Annotated[Path, typer.Argument(help="The file to make, as model.onnx.")],
    overwrite: options.Overwrite = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a model as one ONNX file.

    It goes from the ids of scene graphs to pictures, boxes and masks, and needs nothing of sg2im: its metadata says
    which words it knows and what its inputs are. How many objects, relationships and pictures there are is open. It is
    checked against torch before it is written.

    Needs: pip install 'sg2im-cli[onnx]'.

    Example: sg2im weights export default model.onnx
    """
    from sg2im_cli.output.files import require_new, write_file

    if out.suffix.lower() != ".onnx":
        raise InputError(f"{out} must end in .onnx; give it such a name.")
    require_new(out, overwrite)
    made = _export(ref)
    write_file(out, made.data, overwrite)
    if as_json:
        typer.echo(json.dumps({"path": str(out), **made.to_json()}, ensure_ascii=False))
        return
    print_path(out)
    _show(made)


def _export(ref: str) -> OnnxFile:
    from sg2im_cli.checkpoint import load_generator
    from sg2im_cli.export.onnx_file import export_onnx
    from sg2im_weights import resolve

    bundle = resolve(ref)
    return export_onnx(load_generator(bundle), _origin(bundle))


def _origin(bundle: Bundle) -> dict[str, str | None]:
    """Which weights, and under which licence; of a directory its name, for where it lies is nobody's business."""
    from sg2im_weights.card import licence_of

    name = bundle.path.resolve().name if Path(bundle.ref).is_dir() else bundle.ref
    card = bundle.path / "README.md"
    licence = licence_of(card.read_text(encoding="utf8")) if card.is_file() else {}
    return {"ref": name, "revision": bundle.revision, "checksum": bundle.checksum(), **licence}


def _show(made: OnnxFile) -> None:
    from rich.table import Table

    from sg2im_cli.cli.display.tables import console

    table = Table(box=None, show_header=False, pad_edge=False)
    for kind, infos in (("input", made.inputs), ("output", made.outputs)):
        for info in infos:
            sizes = ", ".join(map(str, info.shape))
            table.add_row(kind, info.name, f"{info.dtype} ({sizes})", info.meaning)
    screen = console()
    screen.print(table)
    screen.print(f"{len(made.data):,} bytes, opset {made.opset}")
    screen.print(f"It differs from torch by at most {made.difference:.1e} of the largest value.")
