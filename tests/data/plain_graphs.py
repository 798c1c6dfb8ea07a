"""How graphs are drawn, written plainly: one scene after the other, one step after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sg2im_cli.data.color_terms import COLORS, cover
from sg2im_cli.data.relations import INFORMATIVE, MIRRORED, SYMMETRIC
from sg2im_cli.data.scenes.graphs import pick_objects
from sg2im_cli.data.scenes.recolor import LEAST_PIXELS, PAINTS, paint_area


def draw_plainly(scene, vocabulary, config, rng, exact=False):
    """The scene with the objects and triples of one graph, as `GraphSampler.draw` gives it."""
    kept = list(range(len(scene.objs))) if exact else choose(scene, config, rng)
    drawn = scene.part(np.array(kept))
    flip = not exact and config.flip and rng.random() < 0.5
    if flip:
        drawn = mirror(drawn, vocabulary)
    if drawn.relations is not None:
        drawn = replace(drawn, relations=None, triples=relate(drawn, vocabulary, rng))
    if exact or drawn.attributes is None:
        return drawn
    share = config.attribute_dropout
    silent, unsaid = rng.random(len(kept)) < share, rng.random(drawn.attributes.shape) < share
    said = drawn.attributes & ~unsaid & ~silent[:, None]
    image = drawn.image
    if image is not None and rng.random() < config.recolor:
        image, said = paint(scene, kept, flip, image, said, vocabulary.attributes, rng)
    return replace(drawn, image=image, attributes=said)


def choose(scene, config, rng):
    picked = np.arange(len(scene.objs))
    if scene.triples is not None:
        picked = pick_objects(scene.triples, len(scene.objs), config.max_objects, rng)
    if len(picked) > 1 and rng.random() < config.object_dropout:
        mixed = rng.permutation(len(picked))
        return sorted(picked[mixed[: rng.integers(1, len(picked))]].tolist())
    return picked.tolist()


def mirror(scene, vocabulary):
    boxes = np.array([[1 - x1, y0, 1 - x0, y1] for x0, y0, x1, y1 in scene.boxes], dtype=np.float32)
    names = vocabulary.predicates
    mirrored = [names.index(turned) if (turned := MIRRORED.get(n, n)) in names else 0 for n in names]
    triples, relations = scene.triples, scene.relations
    if triples is not None:
        told = [(s, mirrored[p], o) for s, p, o in triples.tolist() if mirrored[p]]
        triples = np.array(told, dtype=np.int64).reshape(-1, 3)
    if relations is not None:
        relations = np.array([relations[p - 1] for p in mirrored[1:]], dtype=bool).reshape(relations.shape)
    image = None if scene.image is None else scene.image[:, :, ::-1]
    return replace(scene, boxes=boxes, masks=scene.masks[:, :, ::-1], image=image, relations=relations, triples=triples)


def relate(scene, vocabulary, rng):
    """For each object one random other, a coin for who is subject, and one relation that holds."""
    count, names = len(scene.objs), vocabulary.predicates[1:]
    if count < 2 or not names:
        return np.zeros((0, 3), dtype=np.int64)
    steps = rng.integers(1, count, size=count)
    coins, chances = rng.random(count), rng.random(count)
    triples = []
    for i in range(count):
        other = (i + steps[i]) % count
        s, o = (i, other) if coins[i] < 0.5 else (other, i)
        weights = [INFORMATIVE.get(name, 1.0) * scene.relations[p, s, o] for p, name in enumerate(names)]
        totals = np.cumsum(weights)
        p = int(np.searchsorted(totals, chances[i] * totals[-1], side="right"))
        x = [scene.boxes[k, 0] + scene.boxes[k, 2] for k in (s, o)]
        triples.append((o, p + 1, s) if names[p] in SYMMETRIC and x[0] > x[1] else (s, p + 1, o))
    return np.array(triples, dtype=np.int64)


def paint(scene, kept, flip, image, said, words, rng):
    """One of the objects in a colour drawn at random, which is said of it."""
    areas = cover(scene.boxes, scene.masks, *image.shape[1:]) & scene.has_mask[:, None, None]
    seen = [area & ~areas[i + 1 :].any(0) for i, area in enumerate(areas)]
    large = np.array([place for place, i in enumerate(kept) if seen[i].sum() >= LEAST_PIXELS])
    paints = [word for word in words if word in PAINTS]
    if not len(large) or not paints:
        return image, said
    place = rng.choice(large)
    color = paints[rng.integers(len(paints))]
    area = seen[kept[place]]
    said = said.copy()
    for a, word in enumerate(words):
        if word in COLORS:
            said[place, a] = word == color
    return paint_area(image, area[:, ::-1] if flip else area, color), said
