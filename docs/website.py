"""Build the site from the documents, with warnings as errors.

python docs/website.py [DIRECTORY]

The pages are the files that can be read in the repository, too, laid out flat, with their links turned to each other.
It takes the extra ``docs``; DIRECTORY is build/site if not given, and DIRECTORY/site is what can be published.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
CODE = (ROOT, ROOT / "parsers", ROOT / "weights")
"""Where the docstrings are."""

OTHERS = {
    "README.md": "index.md",
    "examples/README.md": "examples.md",
    "weights/sg2im_weights/default/README.md": "model_card.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "CITATION.cff": "citation.md",
    "NOTICE": "notice.md",
    "LICENSE": "license.md",
}
"""Pages that do not lie in docs/, by their path in the repository."""

LINK = re.compile(r'(\]\(|<img src=")(?!\w+:|#)([^)"\s]+)')
CODE_BLOCK = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def main() -> None:
    """Lay out and build."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"
    lay_out(folder)
    sys.exit(build(folder))


def lay_out(folder: Path) -> None:
    """Write all pages and images, and the configuration, into a new directory.

    Raises:
        ValueError: a page has a link to a file that is no part of the site.
    """
    shutil.rmtree(folder, ignore_errors=True)
    pages = {**{f"docs/{path.name}": path.name for path in DOCS.glob("*.md")}, **OTHERS}
    shutil.copytree(DOCS / "images", folder / "pages" / "images")
    shutil.copy(DOCS / "zensical.toml", folder)
    for source, name in pages.items():
        (folder / "pages" / name).write_text(page(source, pages), encoding="utf8")


def page(source: str, pages: dict[str, str]) -> str:
    """A page as the site has it.

    Args:
        source: its path in the repository.
        pages: the site's name of every page, by that path.
    """
    text = FRONT_MATTER.sub("", (ROOT / source).read_text(encoding="utf8"))
    if not source.endswith(".md"):
        return f"# {Path(source).stem.capitalize()}\n\n```text\n{text}```\n"
    parts = CODE_BLOCK.split(text)  # every other one is code
    parts[::2] = [LINK.sub(lambda found: found[1] + target(source, found[2], pages), part) for part in parts[::2]]
    return "".join(parts)


def target(source: str, link: str, pages: dict[str, str]) -> str:
    """Where a link of a page leads on the site."""
    file, sign, anchor = link.partition("#")
    path = os.path.normpath(Path(source).parent / file)
    if path in pages:
        return pages[path] + sign + anchor
    if path.startswith("docs/images/") and (ROOT / path).is_file():
        return path.removeprefix("docs/")
    raise ValueError(f"{source} has a link to {link}, which is no page or image of the site.")


def build(folder: Path) -> int:
    """Run zensical; what it warns of is an error.

    Returns:
        Its exit code.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, CODE))}
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=folder, env=environment).returncode


if __name__ == "__main__":
    main()
