"""The generator: from the ids of a batch of scene graphs to pictures (paper figure 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.config import GeneratorConfig, leaky_slope
from sg2im_cli.model.graph import GraphTripleConv, GraphTripleConvNet
from sg2im_cli.model.heads import boxes_from_head, build_box_head, build_mask_head
from sg2im_cli.model.layers import count_images
from sg2im_cli.model.layout import carve, compose_layout, sample_masks
from sg2im_cli.model.object_layout import GeneratorOutput, ObjectLayout, whole_picture
from sg2im_cli.model.refinement import RefinementNetwork
from sg2im_cli.model.shapes import SampledMaskHead, SampledSizes
from sg2im_cli.model.surroundings import Surroundings, shares_of, shown_shares
from sg2im_cli.model.word_vectors import add_rows, word_table


class Generator(nn.Module):
    """Graph network, box head, mask head, layout, refinement network.

    Args:
        config: sizes and options; see `GeneratorConfig`.
        n_objects: entries of the vocabulary's objects, `__image__` among them.
        n_predicates: entries of the vocabulary's predicates, `__in_image__` among them.
        n_attributes: entries of the vocabulary's attributes; 0, as in the paper, adds no parameter.
        things: ids of the objects that are things: they have latents, and a model with ``layout_carving`` cuts them out
            of all others but `__image__`; kept with the weights.
    """

    is_thing: Tensor | None

    def __init__(
        self,
        config: GeneratorConfig,
        n_objects: int,
        n_predicates: int,
        n_attributes: int = 0,
        things: Sequence[int] = (),
    ) -> None:
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
        self.mask_net: nn.Module | None = None
        if size is not None and config.mask_head == "sampled":
            self.mask_net = SampledMaskHead(n_objects, dim, config.object_latent_dim, size)
        elif size is not None:
            self.mask_net = build_mask_head(dim, size, config.mask_head, config.mask_dim)
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
            config.picture_latent_dim,
        )
        self.attribute_embeddings = word_table(n_attributes, config.embedding_dim, 0.01)  # at first next to nothing
        # larger: from next to nothing, rare colours were not learned in 3,000 updates
        self.layout_attributes = word_table(n_attributes, named, 0.3)
        latent = config.object_latent_dim
        self.size_net = SampledSizes(dim, latent) if latent else None
        self.surroundings: Surroundings | None = None
        if config.surroundings_latent_dim:
            self.surroundings = Surroundings(n_objects, config.layout_dim, config.surroundings_latent_dim)
        marks = torch.zeros(n_objects, dtype=torch.bool)
        marks[list(things)] = True
        self.register_buffer("is_thing", marks if config.layout_carving or latent else None)

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
        latents: Tensor | None = None,
        picture_latents: Tensor | None = None,
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
            latents: (O, object_latent_dim); zeros, the most usual, if not given.
            picture_latents: (N, drawn_latent_dim) standard normal; drawn if not given.
        """
        if n_images is None:
            n_images = count_images(obj_to_img)
        predicted = self.predict_layout(objs, triples, attributes, latents)
        used = predicted if boxes is None else self.fill_boxes(predicted, boxes, objs)
        masks = used.masks if masks is None else masks
        canvas = self.compose(predicted.vectors, used.boxes, masks, obj_to_img, n_images, objs)
        layout, style = self.surround(canvas, self.picture_latents(n_images, picture_latents))
        del canvas
        joined = self.add_noise(layout, noise)
        layout = joined[:, : layout.shape[1]]  # a view: at the largest batches the layout is most of the memory
        images = self.refinement_net(joined, style)
        return GeneratorOutput(images, predicted.boxes, predicted.masks, layout)

    def predict_layout(
        self, objs: Tensor, triples: Tensor, attributes: Tensor | None = None, latents: Tensor | None = None
    ) -> ObjectLayout:
        """The graph half: (O,) ids and (T, 3) triples to vectors, boxes and masks; it needs no pixels.

        An object's vector is its category's embedding plus those of its ``attributes`` (O, A). From a thing's latent
        (O, Z) come size and shape; zeros, as without latents, are the size that is most usual and a usual shape. Stuff
        has no latent: its masks are averages, which leave no holes.
        """
        vectors = self.graph_vectors(objs, triples, attributes)
        boxes = self.usual_boxes(vectors)
        if self.size_net is not None and latents is not None:
            latents = latents.to(vectors) * self.things(objs)[:, None]
            boxes = self.resize(boxes, vectors, latents)
        named = self.layout_vectors(vectors, objs, attributes)
        logits = self.mask_logits(vectors, boxes, objs, latents)
        if self.config.mask_head == "sampled":
            boxes, logits = whole_picture(objs, boxes, logits)
        return ObjectLayout(named, boxes, logits, self._sharpness(objs), vectors, latents)

    def things(self, objs: Tensor) -> Tensor:
        """(O,) bool: which of these objects have latents, and are cut out of the others."""
        assert self.is_thing is not None, "a model that carves or has latents"
        return self.is_thing.index_select(0, objs)

    def _sharpness(self, objs: Tensor) -> float | Tensor:
        """Sampled masks of things have edges of their own."""
        if self.config.mask_head != "sampled":
            return self.config.mask_sharpness
        things = self.things(objs)[:, None, None]
        return torch.where(things, 1.0, self.config.mask_sharpness)

    def graph_vectors(self, objs: Tensor, triples: Tensor, attributes: Tensor | None = None) -> Tensor:
        """What graph convolution makes of (O,) ids, (T, 3) triples and (O, A) attributes: vectors (O, D)."""
        vectors = add_rows(self.obj_embeddings(objs), self.attribute_embeddings, attributes)
        if self.config.gconv_num_layers == 0:
            return self.gconv(vectors)  # type: ignore[no-any-return]
        edges = triples[:, [0, 2]]
        vectors, predicates = self.gconv(vectors, self.pred_embeddings(triples[:, 1]), edges)
        if self.gconv_net is not None:
            vectors, _ = self.gconv_net(vectors, predicates, edges)
        return vectors  # type: ignore[no-any-return]

    def usual_boxes(self, vectors: Tensor) -> Tensor:
        """The most usual boxes (O, 4) of vectors (O, D)."""
        return boxes_from_head(self.box_net(vectors), self.config.box_head)

    def resize(self, boxes: Tensor, vectors: Tensor, latents: Tensor) -> Tensor:
        """Boxes (O, 4), most usual for graph vectors (O, D), in the sizes that latents (O, Z) ask for."""
        assert self.size_net is not None
        return self.size_net(boxes, vectors, latents)  # type: ignore[no-any-return]

    def fill_boxes(self, predicted: ObjectLayout, boxes: Tensor, objs: Tensor) -> ObjectLayout:
        """The same objects in other boxes (O, 4): sampled masks are made anew to fill them, others stay as they are."""
        if self.config.mask_head != "sampled":
            return replace(predicted, boxes=boxes)
        assert predicted.hidden is not None
        logits = self.mask_logits(predicted.hidden, boxes, objs, predicted.latents)
        boxes, logits = whole_picture(objs, boxes, logits)
        return replace(predicted, boxes=boxes, mask_logits=logits)

    def mask_logits(self, vectors: Tensor, boxes: Tensor, objs: Tensor, latents: Tensor | None) -> Tensor | None:
        """(O, M, M) of vectors (O, D); sampled ones also of boxes (O, 4), which are not learned from them."""
        if self.mask_net is None:
            return None
        if not isinstance(self.mask_net, SampledMaskHead):
            return self.mask_net(vectors[:, :, None, None])[:, 0]  # type: ignore[no-any-return]
        if latents is None:
            latents = boxes.new_zeros(len(objs), self.config.object_latent_dim)
        return self.mask_net(vectors, objs, boxes.detach(), latents)  # type: ignore[no-any-return]

    def layout_vectors(self, vectors: Tensor, objs: Tensor, attributes: Tensor | None) -> Tensor:
        """Vectors (O, D) of the graph network as they enter the layout: reduced, with words beside them."""
        if self.layout_projection is not None:
            vectors = self.layout_projection(vectors)
        if self.layout_categories is not None:
            named = add_rows(self.layout_categories(objs), self.layout_attributes, attributes)
            vectors = torch.cat([vectors, named.to(vectors)], dim=1)
        return vectors

    def compose(
        self, vectors: Tensor, boxes: Tensor, masks: Tensor | None, obj_to_img: Tensor, n_images: int, objs: Tensor
    ) -> Tensor:
        """The layout (N, D, H, W) of objects with these vectors, boxes, masks and category ids.

        Behind its D channels, a model with surroundings has what these are told (see `surround`).
        """
        coverage = self.cover(boxes, masks, obj_to_img, n_images, objs)
        layout = compose_layout(vectors, coverage, obj_to_img, n_images)
        if self.surroundings is None:
            return layout
        return torch.cat([layout, self.surroundings.tell(coverage, objs, obj_to_img, n_images).to(layout)], dim=1)

    def cover(self, boxes: Tensor, masks: Tensor | None, obj_to_img: Tensor, n_images: int, objs: Tensor) -> Tensor:
        """(O, H, W) in [0, 1]: how much of each object is seen at each place of its picture."""
        coverage = sample_masks(boxes, masks, *self.config.image_size)
        if not self.config.layout_carving:
            return coverage
        things = self.things(objs)
        return carve(coverage, things, ~things & (objs != 0), obj_to_img, n_images)

    def refine(self, canvas: Tensor, noise: Tensor | None = None, picture_latents: Tensor | None = None) -> Tensor:
        """The picture half: what `compose` made, noise and latents to images (N, 3, H, W) in model units."""
        layout, style = self.surround(canvas, self.picture_latents(len(canvas), picture_latents))
        return self.refinement_net(self.add_noise(layout, noise), style)  # type: ignore[no-any-return]

    def surround(self, canvas: Tensor, latents: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """What `compose` made with its free places filled (N, D, H, W), and the latents that are left (N, L).

        Args:
            canvas: (N, D + W + 1, H, W); of a model without surroundings (N, D, H, W), to which nothing is done.
            latents: (N, L + S) standard normal.
        """
        if self.surroundings is None or latents is None:
            return canvas, latents
        style = latents[:, : self.config.picture_latent_dim] if self.config.picture_latent_dim else None
        return self.fill(canvas, self.propose(canvas, latents)), style

    def fill(self, canvas: Tensor, shares: Tensor) -> Tensor:
        """What `compose` made with its free places filled (N, D, H, W) by what `propose` made."""
        assert self.surroundings is not None
        layout, told = canvas[:, : self.config.layout_dim], canvas[:, self.config.layout_dim :]
        return layout + self.surroundings.fill(shares, told[:, -1:], self.category_vectors()).to(layout)

    def surroundings_of(self, canvas: Tensor, latents: Tensor | None) -> Tensor | None:
        """(N, C) which share of each picture shows unsaid stuff of each category; None for a model without."""
        if self.surroundings is None or latents is None:
            return None
        return shown_shares(self.propose(canvas, latents), canvas[:, -1:])

    def propose(self, canvas: Tensor, latents: Tensor) -> Tensor:
        """How much each place is to show of each stuff (N, C, h, w), of what `compose` made and latents (N, L + S)."""
        assert self.surroundings is not None
        told = canvas[:, self.config.layout_dim :]
        mean, log_variance = self.surroundings.expect(told)
        own = mean + latents[:, self.config.picture_latent_dim :].to(mean) * (log_variance / 2).exp()
        return shares_of(self.surroundings(told, own, self.stuff()))

    def category_vectors(self) -> Tensor:
        """(C, D): what a layout says of each category by itself, with nothing of a graph."""
        assert self.layout_categories is not None
        named = self.layout_categories.weight
        return functional.pad(named, (self.config.layout_dim - named.shape[1], 0))

    def stuff(self) -> Tensor:
        """(C,) bool: which categories are neither things nor `__image__`."""
        assert self.is_thing is not None, "a model that carves or has latents"
        others = ~self.is_thing
        others[0] = False
        return others

    def picture_latents(self, n_images: int, latents: Tensor | None = None) -> Tensor | None:
        """(N, L + S) as they are given, or drawn; None for a model without."""
        weight = self.obj_embeddings.weight
        if not self.config.drawn_latent_dim:
            return None
        if latents is None:
            return torch.randn(n_images, self.config.drawn_latent_dim, dtype=weight.dtype, device=weight.device)
        return latents.to(weight)

    def add_noise(self, layout: Tensor, noise: Tensor | None = None) -> Tensor:
        """A layout (N, D, H, W) with the noise's channels behind its own; noise is drawn if not given."""
        if not self.config.layout_noise_dim:
            return layout
        if noise is None:
            shape = (len(layout), self.config.layout_noise_dim, *layout.shape[2:])
            noise = torch.randn(shape, dtype=layout.dtype, device=layout.device)
        return torch.cat([layout, noise.to(layout)], dim=1)
