"""Publishing a bundle on the Hugging Face Hub: looked at first, shown, then sent in one commit or not at all."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sg2im_weights.bundle import Bundle
from sg2im_weights.card_check import card_problems
from sg2im_weights.errors import WeightsInputError
from sg2im_weights.header import read_config
from sg2im_weights.upload_errors import explain_upload
from sg2im_weights.writing import CARD, CONFIG, TENSORS

if TYPE_CHECKING:
    from huggingface_hub.hf_api import HfApi, ModelInfo

FILES = (CARD, CONFIG, TENSORS)
"""What is sent; whatever else lies in the directory stays."""

REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class Upload:
    """What would be sent.

    Attributes:
        bundle: whose files.
        repo: ``owner/name``.
        public: whether everybody will see it.
        files: name and size in bytes of each.
        account: whose token it is sent with.
        replaces: whether the repository holds sg2im weights already; they stay in its history.
        exists: whether the repository is there already.
    """

    bundle: Bundle
    repo: str
    public: bool
    files: tuple[tuple[str, int], ...]
    account: str
    replaces: bool
    exists: bool


@dataclass(frozen=True)
class Uploaded:
    """Where weights are now.

    Attributes:
        ref: ``owner/name@commit``, as ``--weights`` takes it.
        url: for a browser.
    """

    ref: str
    url: str


def check_publishable(bundle: Bundle, repo: str) -> None:
    """Refuse what should not be seen by others, without asking the Hub.

    Raises:
        WeightsInputError: the repository's name cannot be one, the card is missing, or lacks a licence or figures.
    """
    if not REPO.fullmatch(repo):
        raise WeightsInputError(f"{repo!r} is no name for a repository; write it as owner/name.")
    path = bundle.path / CARD
    try:
        problems = card_problems(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WeightsInputError(f"The model card {path} cannot be read: {reason}.") from None
    if problems:
        raise WeightsInputError(f"The model card {path} has no {', and no '.join(problems)}; add it first.")


def plan_upload(bundle: Bundle, repo: str, public: bool = False) -> Upload:
    """Ask the Hub who we are and what is there; nothing is changed.

    Args:
        bundle: what to publish; see `check_publishable`.
        repo: ``owner/name``.
        public: whether everybody may see it.

    Raises:
        WeightsInputError: no token, or a wrong one, or a repository that is not for this.
        WeightsError: the Hub cannot be reached.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    try:
        account = str(api.whoami()["name"])
        there = _existing(api, repo)
        if there is not None:
            _require_same_visibility(there, repo, public)
        replaces = there is not None and _holds_weights(there, repo)
    except WeightsInputError:
        raise
    except Exception as error:  # what the Hub's client raises has no common base
        raise explain_upload(error, repo) from None
    files = tuple((name, (bundle.path / name).stat().st_size) for name in FILES)
    return Upload(bundle, repo, public, files, account, replaces, there is not None)


def send(upload: Upload) -> Uploaded:
    """Make the repository if it is not there, and commit the files to it.

    Raises:
        WeightsInputError: the repository may not be made or written to, or the Hub refuses the card.
        WeightsError: the upload broke off; what was there before is still what others get.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    operations = [CommitOperationAdd(name, upload.bundle.path / name) for name, _ in upload.files]
    try:
        if not upload.exists:
            api.create_repo(upload.repo, private=not upload.public)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the Hub's advice on the card
            commit = api.create_commit(upload.repo, operations, commit_message="sg2im weights")
    except Exception as error:
        raise explain_upload(error, upload.repo, upload.account) from None
    return Uploaded(f"{upload.repo}@{commit.oid}", f"{api.endpoint}/{upload.repo}")


def _existing(api: HfApi, repo: str) -> ModelInfo | None:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        return api.model_info(repo)
    except GatedRepoError:
        raise
    except RepositoryNotFoundError:
        return None


def _require_same_visibility(there: ModelInfo, repo: str, public: bool) -> None:
    if there.private and public:
        raise WeightsInputError(
            f"{repo} is private on the Hub, and --public does not change that; make it public there, or leave it out."
        )
    if not there.private and not public:
        raise WeightsInputError(f"{repo} is public on the Hub; say --public, or name another repository.")


def _holds_weights(there: ModelInfo, repo: str) -> bool:
    """Whether there are sg2im weights in a repository; those of something else are not to be overwritten.

    Raises:
        WeightsInputError: it holds something else.
    """
    from huggingface_hub import hf_hub_download

    names = {item.rfilename for item in there.siblings or ()}
    if CONFIG not in names and TENSORS not in names:
        return False
    try:
        read_config(Path(hf_hub_download(repo, CONFIG, revision=there.sha)))
    except WeightsInputError:
        raise WeightsInputError(f"{repo} holds something that is no sg2im weights; name another repository.") from None
    return True
