"""All rewrites, in the order in which they run."""

from __future__ import annotations

from sg2im_parsers.english.rewrites import (
    attachment,
    clearnlp,
    compounds,
    coordination,
    inversion,
    locations,
    negation,
    numerals,
    prepositions,
    reciprocals,
    simplification,
    wrong_edges,
    wrong_tags,
)
from sg2im_parsers.english.rewrites.rewrite import listed

REWRITES = listed(
    clearnlp.UNIVERSAL_LABELS,
    wrong_tags.TAGS,
    wrong_edges.EDGES,
    coordination.LISTS,
    locations.PLACES,
    attachment.ATTACHMENT,
    compounds.WEARERS,
    compounds.HYPHENS,
    compounds.SIZES,
    numerals.NUMBERS,
    compounds.PARTICIPLES,
    reciprocals.EACH_OTHER,
    prepositions.PREPOSITIONS,
    reciprocals.AFTER_EACH_OTHER,
    inversion.INVERSIONS,
    simplification.THERE_IS,
    simplification.SIDES,
    simplification.MEASURES,
    simplification.HELPER_VERBS,
    negation.NEGATION,
)
