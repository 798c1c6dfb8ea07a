"""Whether a sentence is read, and a picture drawn."""

from __future__ import annotations

import time

from sg2im_cli.doctor.finding import Finding

SENTENCE = "a car on the street beside buildings"
OBJECTS = ["car", "street", "buildings"]
TOLD = ("car", "on", "street")
"""Among what the sentence says, in its own words."""


def language() -> Finding:
    """Whether the embedded pipeline loads, and reads a sentence as it should."""
    start = time.perf_counter()
    from sg2im_parsers.english.parser import SceneGraphParser
    from sg2im_parsers.english.pipeline import EMBEDDED, load_pipeline

    nlp = load_pipeline()
    graph = SceneGraphParser(nlp)(SENTENCE).graph
    seconds = time.perf_counter() - start
    names = [item.text for item in graph.objects]
    said = [(names[r.subject], r.predicate, names[r.object]) for r in graph.relationships]
    version = nlp.meta["version"]
    facts = {"path": str(EMBEDDED), "version": version, "seconds": round(seconds, 2), "read": said}
    if names != OBJECTS or TOLD not in said:
        advice = "install spaCy again as sg2im-cli asks for it: pip install --force-reinstall sg2im-cli"
        return Finding("language", "fail", f"{SENTENCE!r} was read as {said}", advice, facts)
    return Finding("language", "ok", f"pipeline {version}, read a sentence after {seconds:.1f} s", facts=facts)


def picture(weights: str, device: str) -> Finding:
    """Draw a picture from a sentence, as ``sg2im`` does, and time the second of two."""
    from sg2im_cli.painter import Painter

    painter = Painter.from_pretrained(weights, device)
    painter.paint(SENTENCE, seed=0)
    start = time.perf_counter()
    image = painter.paint(SENTENCE, seed=7).images[0]
    milliseconds = 1000 * (time.perf_counter() - start)
    plain = all(low == high for low, high in image.getextrema())  # type: ignore[misc]
    where = painter.device.type
    facts = {"device": where, "milliseconds": round(milliseconds, 1), "size": list(image.size)}
    if plain:
        return Finding(
            "picture", "fail", f"one colour all over, on {where}", "try --device cpu, or other weights", facts
        )
    found = f"{image.width} x {image.height} pixels of {SENTENCE!r} in {milliseconds:.0f} ms on {where}"
    return Finding("picture", "ok", found, facts=facts)
