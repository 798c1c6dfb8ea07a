"""Bundles on the Hugging Face Hub: pinned by commit, from the cache first, checked after the download."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from sg2im_weights.bundle import CARD, CONFIG, TENSORS, Bundle, read_bundle
from sg2im_weights.errors import WeightsError, WeightsInputError

REPOSITORY = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+?)(@(?P<revision>[\w./-]+))?")
COMMIT = re.compile(r"[0-9a-f]{40}")
BROKEN_OFF = {"ReadError", "ReadTimeout", "RemoteProtocolError"}
"""Names of the HTTP client's errors for a transfer that began; the client itself is huggingface_hub's choice."""

SHA256 = re.compile(r"[0-9a-f]{64}")


def fetch(ref: str, cache_dir: Path | None = None) -> Bundle:
    """A bundle from the Hub, or from the cache where the commit is known to be there.

    Args:
        ref: ``owner/name`` or ``owner/name@revision``; a revision is a branch, a tag or a commit.
        cache_dir: in place of huggingface_hub's own.

    Raises:
        WeightsInputError: no such repository, revision or file.
        WeightsError: the download failed, or what came is damaged.
    """
    match = REPOSITORY.fullmatch(ref)
    if match is None:
        raise WeightsInputError(f"{ref!r} is no name on the Hub; it must look like owner/name or owner/name@revision.")
    repo, revision = match["repo"], match["revision"]
    folder = _snapshot(repo, revision, cache_dir)
    _verify(folder / TENSORS)
    commit = folder.name if COMMIT.fullmatch(folder.name) else None
    return read_bundle(folder, ref, commit)


def _snapshot(repo: str, revision: str | None, cache_dir: Path | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    name = repo if revision is None else f"{repo}@{revision}"
    try:
        return Path(
            snapshot_download(repo, revision=revision, cache_dir=cache_dir, allow_patterns=[CONFIG, TENSORS, CARD])
        )
    except GatedRepoError:
        raise WeightsInputError(
            f"{name} asks for permission on the Hub; ask for it there and log in with: hf auth login."
        ) from None
    except RepositoryNotFoundError:
        raise WeightsInputError(f"There is no repository {repo} on the Hub, or you may not see it.") from None
    except RevisionNotFoundError:
        raise WeightsInputError(f"{repo} has no revision {revision!r} on the Hub.") from None
    except LocalEntryNotFoundError as error:
        raise WeightsError(_unreachable(name, error)) from None
    except HfHubHTTPError as error:
        raise WeightsError(f"The Hub refused {name}: {_first_line(error)}.") from None
    except ValueError as error:  # names that the Hub's own rules do not allow
        raise WeightsInputError(f"{name} is no name on the Hub: {_first_line(error)}.") from None
    except Exception as error:  # a broken transfer is not always one of huggingface_hub's errors
        raise WeightsError(f"The download of {name} broke off ({_first_line(error)}); try again.") from None


def _unreachable(name: str, error: Exception) -> str:
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "TRUE", "YES", "ON"}:
        return f"{name} is not in the cache, and HF_HUB_OFFLINE is set; unset it to download."
    if type(error.__cause__).__name__ in BROKEN_OFF:
        return f"The download of {name} broke off ({_first_line(error.__cause__ or error)}); try again."
    return f"{name} is not in the cache and the Hub cannot be reached; check the network, or name a directory."


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _verify(path: Path) -> None:
    """Compare a downloaded file with the checksum that the Hub names it by, where that is one.

    In the cache the file is a link to a blob whose name is its ETag: the SHA-256 of a large file.
    """
    if not path.exists():
        raise WeightsInputError(f"The repository has no {TENSORS}, so it holds no sg2im weights.")
    blob = path.resolve()
    if not SHA256.fullmatch(blob.name) or _marker(blob).exists():
        return
    with blob.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != blob.name:
        path.unlink()
        blob.unlink()
        raise WeightsError(
            f"{TENSORS} has checksum {found[:12]}... and should have {blob.name[:12]}...; "
            "the damaged file was removed from the cache, try again."
        )
    _marker(blob).touch()


def _marker(blob: Path) -> Path:
    """Says that a blob was checked once, so that a cold start does not read it twice."""
    return blob.with_name(blob.name + ".verified")


def cached() -> list[Bundle]:
    """The sg2im bundles in huggingface_hub's cache; other models are passed over."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repos = scan_cache_dir().repos
    except CacheNotFound:
        return []
    found = []
    for repo in sorted(repos, key=lambda item: item.repo_id):
        for revision in repo.revisions:
            bundle = _bundle_or_none(revision.snapshot_path, repo.repo_id, revision.commit_hash)
            if bundle is not None:
                found.append(bundle)
    return found


def _bundle_or_none(path: Path, ref: str, revision: str) -> Bundle | None:
    try:
        return read_bundle(path, ref, revision)
    except WeightsInputError:
        return None
