"""Bundles on the Hugging Face Hub: pinned by commit, from the cache first, checked whenever they are used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sg2im_weights.bundle import Bundle, read_bundle, sha256
from sg2im_weights.errors import WeightsError, WeightsInputError
from sg2im_weights.header import read_header
from sg2im_weights.hub_errors import explain
from sg2im_weights.writing import CARD, CONFIG, TENSORS

REFERENCE = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>\S+))?")
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class HubRef:
    """A repository and a branch, tag or commit of it; None for its main branch."""

    repo: str
    revision: str | None

    def __str__(self) -> str:
        return self.repo if self.revision is None else f"{self.repo}@{self.revision}"


def parse_ref(ref: str) -> HubRef | None:
    """``owner/name[@revision]``, or None for what does not look like it."""
    match = REFERENCE.fullmatch(ref)
    return HubRef(match["repo"], match["revision"]) if match else None


def fetch(ref: HubRef, cache_dir: Path | None = None, refresh: bool = False) -> Bundle:
    """A bundle from the cache, or from the Hub if it is not there.

    What is in the cache is used without asking the Hub, whether pinned or not.

    Args:
        ref: what to fetch.
        cache_dir: in place of huggingface_hub's own.
        refresh: ask the Hub whether a branch or tag has moved on.

    Raises:
        WeightsInputError: no such repository, revision or file.
        WeightsError: the download failed, or what came is damaged.
    """
    folder = None if refresh else in_cache(ref, cache_dir)
    if folder is None:
        folder = _snapshot(ref, cache_dir, local=False)
    assert folder is not None
    for name in (CONFIG, TENSORS):
        if not (folder / name).exists():
            raise WeightsInputError(f"The repository {ref} has no {name}, so it holds no sg2im weights.")
    _verify(folder / TENSORS)
    return read_bundle(folder, str(ref), folder.name if COMMIT.fullmatch(folder.name) else None)


def in_cache(ref: HubRef, cache_dir: Path | None = None) -> Path | None:
    """The folder of the cache with all files of a commit, if it is there; the Hub is not asked."""
    folder = _snapshot(ref, cache_dir, local=True)
    return folder if folder and all((folder / name).exists() for name in (CONFIG, TENSORS)) else None


def _snapshot(ref: HubRef, cache_dir: Path | None, local: bool) -> Path | None:
    """The folder with the files of a commit; None if only the cache is asked and has none."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            ref.repo,
            revision=ref.revision,
            cache_dir=cache_dir,
            allow_patterns=[CONFIG, TENSORS, CARD],
            local_files_only=local,
        )
    except Exception as error:  # a broken transfer is not always one of huggingface_hub's errors
        if local and isinstance(error, LocalEntryNotFoundError):
            return None
        raise explain(error, str(ref), ref.repo, ref.revision) from None
    return Path(folder)


def fetch_dataset(ref: HubRef, complete: Callable[[Path], bool], cache_dir: Path | None = None) -> Path:
    """The folder of a dataset repository's files, from the cache or from the Hub if it is not there.

    Args:
        ref: the repository.
        complete: whether a folder of the cache has all that is needed: a download that broke off leaves a part.
        cache_dir: in place of huggingface_hub's own.

    Raises:
        WeightsInputError: no such repository or revision.
        WeightsError: the download failed.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    for local in (True, False):
        try:
            folder = snapshot_download(
                ref.repo,
                repo_type="dataset",
                revision=ref.revision,
                cache_dir=cache_dir,
                allow_patterns=["*.arrow", "*.json", "README.md"],
                local_files_only=local,
            )
        except Exception as error:  # a broken transfer is not always one of huggingface_hub's errors
            if not local or not isinstance(error, LocalEntryNotFoundError):
                raise explain(error, str(ref), ref.repo, ref.revision) from None
        else:
            if not local or complete(Path(folder)):
                return Path(folder)
    raise AssertionError


def _verify(path: Path) -> None:
    """Remove a damaged file from the cache, where it would stay for ever.

    There the file is a link to a blob whose name is its ETag on the Hub: the SHA-256 of a large file. Another name says
    nothing; then only the lengths in its header are compared.
    """
    blob = path.resolve()
    try:
        if not SHA256.fullmatch(blob.name):
            read_header(path)
            return
        found = sha256(blob)
        if found == blob.name:
            return
        damage = f"{TENSORS} has checksum {found[:12]}... and should have {blob.name[:12]}..."
    except WeightsInputError as error:
        damage = str(error).partition(";")[0]
    path.unlink()
    blob.unlink(missing_ok=True)
    raise WeightsError(f"{damage}; the damaged file was removed from the cache, try again.")


def cached() -> list[Bundle]:
    """The sg2im bundles in huggingface_hub's cache; other models are passed over."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repos = scan_cache_dir().repos
    except (CacheNotFound, ValueError):  # no cache yet, or a file in its place
        return []
    found = [
        _bundle_or_none(revision.snapshot_path, repo.repo_id, revision.commit_hash)
        for repo in sorted(repos, key=lambda item: item.repo_id)
        if repo.repo_type == "model"
        for revision in sorted(repo.revisions, key=lambda item: item.last_modified, reverse=True)
    ]
    return [bundle for bundle in found if bundle is not None]


def _bundle_or_none(path: Path, ref: str, revision: str) -> Bundle | None:
    try:
        return read_bundle(path, ref, revision)
    except WeightsInputError:
        return None
