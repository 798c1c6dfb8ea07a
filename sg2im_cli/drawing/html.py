"""HTML from Jinja templates, each beside the code that fills it. What is filled in is escaped."""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from sg2im_cli.drawing.parts import printable


def render(package: str, name: str, **values: object) -> str:
    """A template with its values.

    Args:
        package: where the template is.
        name: of its file.
        **values: by their names in the template; a name that is not given is an error.
    """
    return _template(package, name).render(values)


def data_url(media: str, data: bytes | str) -> str:
    """A file within a page, so that the page needs no other.

    Args:
        media: its type, such as image/png.
        data: what it holds; text as UTF-8.
    """
    content = data.encode() if isinstance(data, str) else data
    return f"data:{media};base64,{base64.b64encode(content).decode()}"


@cache
def _template(package: str, name: str) -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["printable"] = printable
    return environment.from_string(resources.files(package).joinpath(name).read_text(encoding="utf8"))
