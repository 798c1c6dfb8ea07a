"""Python, the packages that were installed, and what computes."""

from __future__ import annotations

import os
import platform
import re
import sys
from importlib import metadata
from typing import Any

from sg2im_cli.doctor.finding import Finding
from sg2im_cli.version import __version__

DISTRIBUTION = "sg2im-cli"
OLDEST = (3, 11)
EXTRAS = {"train": "sg2im train and eval"}
EXTRA = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")
NAME = re.compile(r"[\w.-]+")
GIBI = 2**30


def python() -> Finding:
    """Which Python runs this."""
    version = platform.python_version()
    facts = {"version": version, "executable": sys.executable, "platform": platform.platform()}
    found = f"{version} on {platform.platform()} ({sys.executable})"
    if sys.version_info < OLDEST:
        return Finding("python", "fail", found, "use Python 3.11 or newer", facts)
    return Finding("python", "ok", found, facts=facts)


def packages() -> Finding:
    """Versions of what is needed, and whether they are among those that were asked for."""
    try:
        needed = _requirements(None)
    except metadata.PackageNotFoundError:
        advice = "install it, so that its requirements are known: pip install ."
        return Finding("packages", "warn", f"sg2im {__version__} runs without being installed", advice)
    versions = {name: _version(name) for name in needed}
    wrong = [line for name, bounds in needed.items() if (line := _problem(name, versions[name], bounds))]
    facts = {"sg2im": __version__, **versions}
    if wrong:
        names = " ".join(f"'{name}{needed[name]}'" for name in needed if _problem(name, versions[name], needed[name]))
        return Finding("packages", "fail", "; ".join(wrong), f"pip install {names}", facts)
    return Finding("packages", "ok", ", ".join(f"{name} {version}" for name, version in facts.items()), facts=facts)


def extras() -> Finding:
    """What is installed beyond the needed."""
    try:
        lacking = {extra: _lacking(extra) for extra in EXTRAS}
    except metadata.PackageNotFoundError:
        return Finding("extras", "ok", "not known, as sg2im-cli runs without being installed")
    absent = [extra for extra, names in lacking.items() if names]
    said = [f"{extra}: {'no ' + ', no '.join(names) if names else 'there'}" for extra, names in lacking.items()]
    advice = ""
    if absent:
        uses = "; ".join(f"{EXTRAS[extra]} with {extra!r}" for extra in absent)
        advice = f"only if wanted ({uses}): pip install '{DISTRIBUTION}[{','.join(absent)}]'"
    return Finding("extras", "ok", "; ".join(said), advice, {"lacking": lacking})


def devices() -> Finding:
    """What torch can compute on, and how much memory there is."""
    import torch

    total = _memory()
    threads, cores = torch.get_num_threads(), os.cpu_count()
    facts: dict[str, Any] = {"threads": threads, "cores": cores, "memory": total, "cuda": [], "mps": False}
    said = [f"CPU with {threads} of {cores} threads" + ("" if total is None else f", {total / GIBI:.1f} GiB")]
    for i in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        name = torch.cuda.get_device_name(i)
        free, whole = torch.cuda.mem_get_info(i)
        facts["cuda"].append({"name": name, "free": free, "memory": whole})
        said.append(f"cuda:{i} {name}, {free / GIBI:.1f} of {whole / GIBI:.1f} GiB free")
    if torch.backends.mps.is_available():
        facts["mps"] = True
        said.append("MPS")
    if torch.version.cuda and not facts["cuda"]:
        advice = "pictures are drawn on the CPU; for the GPU look at its driver, with nvidia-smi"
        return Finding("devices", "warn", f"{'; '.join(said)}; torch is built for CUDA and finds no GPU", advice, facts)
    return Finding("devices", "ok", "; ".join(said), facts=facts)


def _requirements(extra: str | None) -> dict[str, str]:
    """Names and bounds of what this package needs, or of what one of its extras adds."""
    found = {}
    for line in metadata.requires(DISTRIBUTION) or []:
        requirement, _, marker = line.partition(";")
        wanted = EXTRA.search(marker)
        if (wanted and wanted[1]) == extra:
            name = NAME.match(requirement.strip())
            assert name is not None
            found[name[0]] = requirement.strip()[name.end() :].strip()
    return found


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _lacking(extra: str) -> list[str]:
    return [name for name in _requirements(extra) if _version(name) is None]


def _problem(name: str, version: str | None, bounds: str) -> str | None:
    """What is wrong with an installed version; None if nothing is, or nothing can be told."""
    if version is None:
        return f"{name} is not installed"
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return None
    if SpecifierSet(bounds).contains(version, prereleases=True):
        return None
    return f"{name} {version} is installed, and {bounds} is needed"


def _memory() -> int | None:
    """Of the machine, in bytes, where the system tells."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
