"""The generator: from the ids of a batch of scene graphs to pictures (paper figure 2)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sg2im_cli.config import GeneratorConfig, leaky_slope
from sg2im_cli.model.graph import GraphTripleConv, GraphTripleConvNet
from sg2im_cli.model.heads import boxes_from_head, build_box_head, build_mask_head
from sg2im_cli.model.layers import count_images
from sg2im_cli.model.layout import compose_layout, sample_masks
from sg2im_cli.model.refinement import RefinementNetwork


@dataclass(frozen=True)
class ObjectLayout:
    """What the graph half says of each object.

    Attributes:
        vectors: (O, D) as they enter the layout; see ``layout_vector_dim`` and ``layout_category_dim`` for D.
        boxes: (O, 4).
        mask_logits: (O, M, M) before the sigmoid; None for a model without masks.
        sharpness: factor on the logits, see `GeneratorConfig`.
    """

    vectors: Tensor
    boxes: Tensor
    mask_logits: Tensor | None
    sharpness: float = 1.0

    @property
    def masks(self) -> Tensor | None:
        """(O, M, M) in [0, 1]; None for a model without masks."""
        return None if self.mask_logits is None else (self.sharpness * self.mask_logits).sigmoid()


@dataclass(frozen=True)
class GeneratorOutput:
    """What `Generator` makes of a batch.

    Attributes:
        images: (N, 3, H, W) in model units: (pixel - mean) / std.
        boxes: (O, 4), the predicted ones, also where others were given.
        masks: (O, M, M) in [0, 1], the predicted ones; None for a model without masks.
        layout: (N, D, H, W), without noise.
    """

    images: Tensor
    boxes: Tensor
    masks: Tensor | None
    layout: Tensor


class Generator(nn.Module):
    """Graph network, box head, mask head, layout, refinement network.

    Args:
        config: sizes and options; see `GeneratorConfig`.
        n_objects: entries of the vocabulary's objects, `__image__` among them.
        n_predicates: entries of the vocabulary's predicates, `__in_image__` among them.
        n_attributes: entries of the vocabulary's attributes; 0, as in the paper, adds no parameter.
    """

    def __init__(self, config: GeneratorConfig, n_objects: int, n_predicates: int, n_attributes: int = 0) -> None:
        super().__init__()
        self.config = config
        dim, hidden = config.gconv_dim, config.gconv_hidden_dim
        self.obj_embeddings = nn.Embedding(n_objects + 1, config.embedding_dim)  # the original has one row more
        self.pred_embeddings = nn.Embedding(n_predicates, config.embedding_dim)
        self.gconv: nn.Module
        self.gconv_net: GraphTripleConvNet | None = None
        pooling, mlp = config.gconv_pooling, config.mlp_normalization
        if config.gconv_num_layers == 0:
            self.gconv = nn.Linear(config.embedding_dim, dim)
        else:
            self.gconv = GraphTripleConv(config.embedding_dim, dim, hidden, pooling, mlp)
            if config.gconv_num_layers > 1:
                self.gconv_net = GraphTripleConvNet(dim, config.gconv_num_layers - 1, hidden, pooling, mlp)
        self.box_net = build_box_head(dim, hidden, config.box_head, mlp)
        size = config.mask_size
        self.mask_net = None if size is None else build_mask_head(dim, size, config.mask_head, config.mask_dim)
        reduced, named = config.layout_vector_dim, config.layout_category_dim
        self.layout_projection = None if reduced is None else nn.Linear(dim, reduced)
        self.layout_categories = nn.Embedding(n_objects, named) if named else None
        self.refinement_net = RefinementNetwork(
            config.layout_dim + config.layout_noise_dim,
            config.refinement_dims,
            config.normalization,
            leaky_slope(config.activation),
            config.upsampling,
            config.layout_noise_dim if config.layout_noise_kept else 0,
            config.layout_modulation,
        )
        self.attribute_embeddings = _word_table(n_attributes, config.embedding_dim, 0.01)  # at first next to nothing
        # larger: from next to nothing, rare colours were not learned in 3,000 updates
        self.layout_attributes = _word_table(n_attributes, named, 0.3)

    def forward(
        self,
        objs: Tensor,
        triples: Tensor,
        obj_to_img: Tensor,
        boxes: Tensor | None = None,
        masks: Tensor | None = None,
        noise: Tensor | None = None,
        n_images: int | None = None,
        attributes: Tensor | None = None,
    ) -> GeneratorOutput:
        """Pictures of a batch of graphs.

        Args:
            objs: (O,) category ids, each graph's `__image__` among them.
            triples: (T, 3) subject index, predicate id, object index.
            obj_to_img: (O,) which image an object belongs to.
            boxes: (O, 4) to be used in the layout in place of the predicted ones.
            masks: (O, M', M') likewise, in [0, 1].
            noise: (N, layout_noise_dim, H, W) standard normal; drawn if not given.
            n_images: N; counted if not given, which may wait for a GPU.
            attributes: (O, A) 1 where an attribute is said of an object, else 0; none is said if not given.
        """
        if n_images is None:
            n_images = count_images(obj_to_img)
        predicted = self.predict_layout(objs, triples, attributes)
        layout = self.compose(
            predicted.vectors,
            predicted.boxes if boxes is None else boxes,
            predicted.masks if masks is None else masks,
            obj_to_img,
            n_images,
        )
        joined = self.add_noise(layout, noise)
        layout = joined[:, : layout.shape[1]]  # a view: at the largest batches the layout is most of the memory
        return GeneratorOutput(self.refinement_net(joined), predicted.boxes, predicted.masks, layout)

    def predict_layout(self, objs: Tensor, triples: Tensor, attributes: Tensor | None = None) -> ObjectLayout:
        """The graph half: (O,) ids and (T, 3) triples to vectors, boxes and masks; it needs no pixels.

        An object's vector is its category's embedding plus those of its ``attributes`` (O, A).
        """
        vectors = _add_rows(self.obj_embeddings(objs), self.attribute_embeddings, attributes)
        if self.config.gconv_num_layers == 0:
            vectors = self.gconv(vectors)
        else:
            edges = triples[:, [0, 2]]
            vectors, predicates = self.gconv(vectors, self.pred_embeddings(triples[:, 1]), edges)
            if self.gconv_net is not None:
                vectors, _ = self.gconv_net(vectors, predicates, edges)
        boxes = boxes_from_head(self.box_net(vectors), self.config.box_head)
        logits = None if self.mask_net is None else self.mask_net(vectors[:, :, None, None])[:, 0]
        named = self._layout_vectors(vectors, objs, attributes)
        return ObjectLayout(named, boxes, logits, self.config.mask_sharpness)

    def _layout_vectors(self, vectors: Tensor, objs: Tensor, attributes: Tensor | None) -> Tensor:
        if self.layout_projection is not None:
            vectors = self.layout_projection(vectors)
        if self.layout_categories is not None:
            named = _add_rows(self.layout_categories(objs), self.layout_attributes, attributes)
            vectors = torch.cat([vectors, named.to(vectors)], dim=1)
        return vectors

    def compose(
        self, vectors: Tensor, boxes: Tensor, masks: Tensor | None, obj_to_img: Tensor, n_images: int
    ) -> Tensor:
        """The layout (N, D, H, W) of objects with these vectors, boxes and masks."""
        coverage = sample_masks(boxes, masks, *self.config.image_size)
        return compose_layout(vectors, coverage, obj_to_img, n_images)

    def refine(self, layout: Tensor, noise: Tensor | None = None) -> Tensor:
        """The picture half: a layout (N, D, H, W), and noise, to images (N, 3, H, W) in model units."""
        return self.refinement_net(self.add_noise(layout, noise))  # type: ignore[no-any-return]

    def add_noise(self, layout: Tensor, noise: Tensor | None = None) -> Tensor:
        """A layout (N, D, H, W) with the noise's channels behind its own; noise is drawn if not given."""
        if not self.config.layout_noise_dim:
            return layout
        if noise is None:
            shape = (len(layout), self.config.layout_noise_dim, *layout.shape[2:])
            noise = torch.randn(shape, dtype=layout.dtype, device=layout.device)
        return torch.cat([layout, noise.to(layout)], dim=1)


def _word_table(rows: int, dim: int, std: float) -> nn.Embedding | None:
    """Vectors of words that are added to an object's; None without any."""
    if not rows or not dim:
        return None
    table = nn.Embedding(rows, dim)
    nn.init.normal_(table.weight, std=std)
    return table


def _add_rows(vectors: Tensor, table: nn.Embedding | None, chosen: Tensor | None) -> Tensor:
    """Add to each of (O, D) vectors the rows of a table that (O, A) chooses for it."""
    if table is None or chosen is None:
        return vectors
    return vectors + (chosen.to(table.weight) @ table.weight).to(vectors)
