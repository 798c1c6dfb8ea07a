"""Graph convolution over objects and relationships (paper section 3, figure 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sg2im_cli.model.layers import build_mlp, init_kaiming


class GraphTripleConv(nn.Module):
    """One layer: new vectors for objects and predicates from the triples they stand in.

    Args:
        input_dim: size of the vectors that come in.
        output_dim: D, size of the vectors that go out.
        hidden_dim: H, size of a triple's candidates.
        pooling: ``"avg"`` or ``"sum"`` over an object's candidates.
        mlp_normalization: ``"none"`` or ``"batch"``.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        hidden_dim: int,
        pooling: str = "avg",
        mlp_normalization: str = "none",
    ) -> None:
        super().__init__()
        self.sizes = [hidden_dim, output_dim, hidden_dim]
        self.pooling = pooling
        self.net1 = build_mlp([3 * input_dim, hidden_dim, 2 * hidden_dim + output_dim], mlp_normalization)
        self.net2 = build_mlp([hidden_dim, hidden_dim, output_dim], mlp_normalization)
        self.apply(init_kaiming)

    def forward(self, objects: Tensor, predicates: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """Pass messages once.

        Args:
            objects: (O, D in) vectors.
            predicates: (T, D in) vectors.
            edges: (T, 2) subject and object of each triple.

        Returns:
            (O, D) and (T, D) vectors; an object in no triple pools to zero.
        """
        subjects, others = edges[:, 0], edges[:, 1]
        # on CPUs, gradients of objects[subjects] are added up in an order that chance decides, where there are threads
        ends = objects.index_select(0, subjects), objects.index_select(0, others)
        triples = torch.cat([ends[0], predicates, ends[1]], dim=1)
        from_subject, new_predicates, from_object = self.net1(triples).split(self.sizes, dim=1)
        pooled = from_subject.new_zeros(len(objects), self.sizes[0])
        pooled = pooled.index_add(0, subjects, from_subject).index_add(0, others, from_object)
        if self.pooling == "avg":
            counts = pooled.new_zeros(len(objects)).index_add(0, edges.flatten(), pooled.new_ones(edges.numel()))
            pooled = pooled / counts.clamp_min(1)[:, None]
        return self.net2(pooled), new_predicates


class GraphTripleConvNet(nn.Module):
    """Further graph convolutions of one size, in a row."""

    def __init__(self, dim: int, num_layers: int, hidden_dim: int, pooling: str, mlp_normalization: str) -> None:
        super().__init__()
        self.gconvs = nn.ModuleList(
            GraphTripleConv(dim, dim, hidden_dim, pooling, mlp_normalization) for _ in range(num_layers)
        )

    def forward(self, objects: Tensor, predicates: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """As `GraphTripleConv.forward`."""
        for gconv in self.gconvs:
            objects, predicates = gconv(objects, predicates, edges)
        return objects, predicates
