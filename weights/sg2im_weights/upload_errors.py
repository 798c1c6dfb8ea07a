"""Why weights could not be published, in one sentence."""

from __future__ import annotations

from sg2im_weights.errors import WeightsError, WeightsInputError
from sg2im_weights.hub_errors import first_line

LOG_IN = "log in with: hf auth login, or set HF_TOKEN."


def explain_upload(error: BaseException, repo: str, account: str | None = None) -> WeightsError:
    """The error to raise in place of one of huggingface_hub's, or of what lies below it.

    Args:
        error: what was caught.
        repo: ``owner/name``.
        account: whose token it was, if the Hub has said so.
    """
    from huggingface_hub import errors

    if isinstance(error, RuntimeError) and error.__cause__ is not None:  # how the client tells of a large file
        return explain_upload(error.__cause__, repo, account)
    if isinstance(error, errors.LocalTokenNotFoundError):
        return WeightsInputError(f"There is no token for the Hub; {LOG_IN}")
    if isinstance(error, errors.OfflineModeIsEnabled):
        return WeightsError("HF_HUB_OFFLINE is set, so nothing can be published; unset it.")
    if isinstance(error, errors.HfHubHTTPError):
        return _refused(error, repo, account)
    if isinstance(error, ValueError) and "README.md" in str(error):
        reason = " ".join(str(error).split())
        return WeightsInputError(f"The Hub does not accept the model card ({reason}); mend its front matter.")
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError) and error.errno:
        return WeightsError(f"A file could not be read while it was sent: {error.strerror}; nothing was published.")
    return WeightsError(
        f"The Hub cannot be reached or the upload to {repo} broke off ({first_line(error)}); nothing was published, "
        "check the network and call again."
    )


def _refused(error: BaseException, repo: str, account: str | None) -> WeightsError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 401 and account is None:
        return WeightsInputError(f"The Hub does not accept your token; {LOG_IN}")
    if status in (401, 403, 404):
        who = f"{account}'s token" if account else "your token"
        return WeightsInputError(
            f"The Hub does not let {who} write to {repo}; name a repository of your own, or use a token that may write."
        )
    return WeightsError(f"The Hub did not take {repo}: {first_line(error)}; nothing was published, try again later.")
