"""Many pictures, several of different graphs in one pass of the network.

for painting in painter.paint_many(["a cat on a mat", "two sheep in a field"], seed=7):
    painting.images[0].save(f"{painting.seeds[0]}.png")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from torch import Tensor

from sg2im_cli.painter.painting import Painting, Surrounding, with_pictures
from sg2im_cli.painter.painting_model import PaintingModel
from sg2im_cli.painter.placing import Placed, lay_out, layout_of
from sg2im_cli.painter.requirements import require_kind, require_seeds
from sg2im_errors import InputError
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.grounding.graph import ground_graph
from sg2im_parsers.scene_graph import SceneGraph

ON_CPU, ON_GPU = 8, 64
"""Pictures of one pass: a CPU gains little from more, a GPU much."""

MOST_OBJECTS = 1024
"""Of one pass, as far as one graph does not have more: each needs a mask as large as the picture."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One picture to paint.

    Attributes:
        graph: in the model's words.
        seed: of all that is drawn at random for the picture.
        account: what became of a sentence's words.
        text: the sentence, or None.
    """

    graph: SceneGraph
    seed: int
    account: Account = field(default_factory=Account)
    text: str | None = None


AnyJob = TypeVar("AnyJob", bound=Job)


def paint_many(
    painter: PaintingModel,
    sources: Iterable[str | SceneGraph],
    seed: int = 0,
    enforced: bool | None = None,
    strict: bool = False,
    batch_size: int | None = None,
) -> Iterator[Painting]:
    """See `Painter.paint_many`."""
    size = default_size(painter) if batch_size is None else batch_size
    if size < 1:
        raise InputError(f"batch_size is {size} and must be at least 1.")
    numbered = enumerate(sources)
    while some := list(islice(numbered, size)):
        parsed = parse_many(painter, (source for _, source in some if isinstance(source, str)))
        jobs = [_job(painter, source, parsed, i, seed + i, strict) for i, source in some]
        for batch in in_batches(jobs, size):
            yield from paint_together(painter, batch, enforced)


def parse_many(painter: PaintingModel, texts: Iterable[str]) -> Iterator[ParsedText]:
    """Parse sentences, as many at a time as the painter's parser can."""
    if isinstance(painter.parser, SceneGraphParser):
        return painter.parser.pipe(texts)
    return map(painter.parser, texts)


def default_size(painter: PaintingModel) -> int:
    """How many pictures one pass makes where nobody says."""
    return ON_CPU if painter.device.type == "cpu" else ON_GPU


def in_batches(jobs: Iterable[AnyJob], size: int) -> Iterator[list[AnyJob]]:
    """Jobs in groups of at most ``size``, and fewer where graphs are large."""
    batch: list[AnyJob] = []
    objects = 0
    for job in jobs:
        count = len(job.graph.objects) + 1
        if batch and (len(batch) >= size or objects + count > MOST_OBJECTS):
            yield batch
            batch, objects = [], 0
        batch.append(job)
        objects += count
    if batch:
        yield batch


def paint_together(painter: PaintingModel, jobs: Sequence[Job], enforced: bool | None = None) -> tuple[Painting, ...]:
    """Paint jobs in one pass, one picture each.

    Args:
        painter: paints them.
        jobs: at least one.
        enforced: see `Painter.paint`.
    """
    if len(jobs) > 1 and painter.generator.config.mask_size is None and any(_has_mask(job.graph) for job in jobs):
        return tuple(painting for job in jobs for painting in paint_together(painter, [job], enforced))
    graphs, seeds = [job.graph for job in jobs], [job.seed for job in jobs]
    placed, canvas = lay_out(painter.generator, painter.vocabulary, graphs, seeds, enforced)
    images, around = painter.refine(canvas, seeds)
    images = images.float().cpu()
    return tuple(_painting(painter, *each) for each in zip(jobs, placed, images[:, None], around, strict=True))


def _painting(
    painter: PaintingModel, job: Job, placed: Placed, image: Tensor, around: tuple[Surrounding, ...]
) -> Painting:
    layout = layout_of(placed, job.graph, job.account, job.text, painter.vocabulary)
    return with_pictures(layout, (painter.picture(image),), (job.seed,), painter.weights, (around,))


def _job(
    painter: PaintingModel, source: str | SceneGraph, parsed: Iterator[ParsedText], index: int, seed: int, strict: bool
) -> Job:
    try:
        require_kind(source, str, SceneGraph)
        require_seeds(seed)
        if isinstance(source, SceneGraph):
            return Job(graph=ground_graph(source, painter.vocabulary), seed=seed)
        grounded = painter.ground(next(parsed), seed, strict)
    except InputError as error:
        raise InputError(f"Source {index}: {error}") from None
    return Job(graph=grounded.graph, seed=seed, account=grounded.account, text=source)


def _has_mask(graph: SceneGraph) -> bool:
    return any(item.mask is not None for item in graph.objects)
