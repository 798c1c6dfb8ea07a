"""``sg2im judge``: make the judge that ``sg2im eval`` asks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.streams import print_path

if TYPE_CHECKING:
    from sg2im_cli.evaluation.judge_training import Accuracy


def command(
    data: options.Data,
    out: Annotated[Path, typer.Option(metavar="DIRECTORY", help="Where the judge goes; new or empty.")],
    epochs: Annotated[int, typer.Option(metavar="N", min=1, help="How often each object is seen.")] = 10,
    least: Annotated[
        int, typer.Option(metavar="N", min=1, help="Leave out categories with fewer than N objects.")
    ] = 20,
    seed: options.AllRandom = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Train the judge that sg2im eval asks.

    A judge is a small network that names objects in pictures. It is trained on objects cut out of the real pictures of
    the train split, and measured on those of val.

    Example: sg2im judge --data scenes --out judge
    """
    import torch

    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.evaluation.judge import JudgeConfig, require_free, save_judge
    from sg2im_cli.evaluation.judge_training import (
        EVERY_PICTURE,
        MEASURED,
        JudgeRecipe,
        describe_training,
        measure_judge,
        read_crops,
        train_judge,
    )
    from sg2im_cli.painter import choose_device

    require_free(out)
    if threads is not None:
        torch.set_num_threads(threads)
    where, screen = choose_device(device), console()
    recipe = JudgeRecipe(epochs=epochs, least=least, seed=seed)
    side = JudgeConfig(classes=()).image_size
    crops = read_crops(data, "train", side, EVERY_PICTURE)
    real = read_crops(data, "val", side, MEASURED)
    screen.print(f"{len(crops.names)} objects in {len(crops.images)} pictures to learn from.")
    began = time.monotonic()

    def told(epoch: int, loss: float, left: float) -> None:
        screen.print(f"epoch {epoch}/{epochs}  loss {loss:.3f}  {left / 60:.1f} minutes left")

    judge = train_judge(crops, recipe, told, where)
    trained = describe_training(recipe, crops, judge, time.monotonic() - began)
    accuracy = measure_judge(judge, real)
    trained |= {"data": data.resolve().name, "val": {name: vars(a) for name, a in accuracy.items()}}
    save_judge(out, judge, trained, _card(trained, accuracy, judge.config.classes, epochs, least, seed))
    for name, found in accuracy.items():
        screen.print(f"val, {name}: right {found.top1:.3f}, among the best five {found.top5:.3f}, of {found.objects}")
    print_path(out)


def _card(
    trained: dict[str, Any],
    accuracy: dict[str, Accuracy],
    classes: tuple[str, ...],
    epochs: int,
    least: int,
    seed: int,
) -> str:
    rows = [f"| {n} | {a.objects} | {a.top1:.3f} | {a.top5:.3f} |" for n, a in accuracy.items()]
    return "\n".join(
        [
            "# The judge of sg2im eval",
            "",
            "A small convolutional network that names objects cut out of pictures. `sg2im eval` asks it whether drawn",
            "objects can be recognised (object accuracy), and compares its features of drawn and real objects (judge",
            "distance). It learned from real pictures only and shares nothing with the discriminators of training.",
            "Figures by different judges cannot be compared, and its distance is not an FID.",
            "",
            "Made by",
            f"`sg2im judge --data {trained['data']} --out DIR --epochs {epochs} --least {least} --seed {seed}`:",
            f"{trained['objects']} objects in {trained['pictures']} pictures of the train split, "
            f"{trained['minutes']} minutes.",
            "The pictures are not part of it; their licence decides what it may be used for.",
            "",
            "Real objects of val that it names rightly; masked are those whose shape the data has, not only a box:",
            "",
            "| objects | how many | right | among the best five |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            f"It knows {len(classes)} categories: {', '.join(classes)}.",
            "",
            f"Left out, as train has fewer than {least} of them: {', '.join(trained['left_out']) or 'none'}.",
            "",
        ]
    )
