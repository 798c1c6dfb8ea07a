"""A sheet as one HTML file: nothing outside it is needed, and what it shows is also said in words."""

from __future__ import annotations

import base64
from html import escape

from sg2im_cli.drawing.graph import graph_svg
from sg2im_cli.drawing.layout import layout_svg
from sg2im_cli.drawing.parts import encode_png, printable
from sg2im_cli.drawing.sheet import Row, Sheet
from sg2im_cli.drawing.words import graph_in_words, layout_in_words

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --soft: #595959; --rule: #ddd; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #ececec; --soft: #a9a9a9; --rule: #3a3d42; } }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 0; }
p { margin: .15rem 0; color: var(--soft); font-size: .9rem; }
ol { list-style: none; margin: 1.5rem 0 0; padding: 0; }
li { border-top: 1px solid var(--rule); padding: 1.25rem 0 1.75rem; }
.panels { display: grid; grid-template-columns: 1.7fr 1fr 1fr; gap: 1.25rem; margin-top: .75rem; }
@media (max-width: 48rem) { .panels { grid-template-columns: 1fr; } }
figure { margin: 0; display: flex; flex-direction: column; }
figure > div { flex: 1; display: flex; align-items: center; justify-content: center; background: #fff;
  border: 1px solid var(--rule); border-radius: 6px; overflow: hidden; }
figure img { width: 100%; height: auto; display: block; }
figure.graph img { width: auto; max-width: 100%; max-height: 22rem; }
figcaption { color: var(--soft); font-size: .8rem; padding-top: .35rem; }
"""


def sheet_page(sheet: Sheet) -> str:
    """The sheet as an HTML document."""
    title = _text(sheet.title)
    legend = "".join(f"<p>{_text(line)}</p>\n" for line in sheet.legend)
    rows = "\n".join(_row(row) for row in sheet.rows)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{legend}"
        f"<ol>\n{rows}\n</ol>\n</main>\n</body>\n</html>\n"
    )


def _row(row: Row) -> str:
    notes = "".join(f"<p>{_text(note)}</p>\n" for note in row.notes)
    figures = [
        _figure("graph", f"Scene graph: {graph_in_words(row.graph)}.", "svg+xml", graph_svg(row.graph, row.marks)),
        _figure("layout", f"Layout: {layout_in_words(row.graph)}.", "svg+xml", layout_svg(row.graph, marks=row.marks)),
        _figure(
            "picture",
            f"Picture, drawn by the model, of: {graph_in_words(row.graph)}.",
            "png",
            row.png or encode_png(row.image),
        ),
    ]
    return f'<li>\n<h2>{_text(row.caption)}</h2>\n{notes}<div class="panels">\n{"".join(figures)}</div>\n</li>'


def _figure(kind: str, alt: str, media: str, data: str | bytes) -> str:
    content = base64.b64encode(data.encode() if isinstance(data, str) else data).decode()
    return (
        f'<figure class="{kind}"><div><img src="data:image/{media};base64,{content}" alt="{_text(alt)}"></div>'
        f"<figcaption>{kind}</figcaption></figure>\n"
    )


def _text(text: str) -> str:
    return escape(printable(text))
