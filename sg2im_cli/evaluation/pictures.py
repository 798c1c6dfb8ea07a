"""The section of a report about whole pictures and how real they look."""

from __future__ import annotations

from sg2im_cli.evaluation.figures import Section
from sg2im_cli.evaluation.inception import measure_inception
from sg2im_cli.evaluation.lite1 import lite1_figures
from sg2im_cli.evaluation.subject import Subject


def measure_pictures(subject: Subject) -> Section:
    """By a network that the user names, and by EfficientNet-Lite1 where its package is installed."""
    named = measure_inception(subject)
    figures, notes = lite1_figures(subject)
    return Section(named.name, named.title, (*figures, *named.figures), (*named.notes, *notes), named.details)
