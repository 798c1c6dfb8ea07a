"""What went wrong with the Hub, in one sentence."""

from __future__ import annotations

from sg2im_weights.errors import WeightsError, WeightsInputError

BROKEN_OFF = {"ReadError", "ReadTimeout", "RemoteProtocolError"}
"""Names of the HTTP client's errors for a transfer that began; the client itself is huggingface_hub's choice."""


def explain(error: Exception, name: str, repo: str, revision: str | None) -> WeightsError:
    """The error to raise in place of one of huggingface_hub's, or of what lies below it.

    Args:
        error: what was caught.
        name: what the user asked for.
        repo: the repository in it.
        revision: the revision in it.
    """
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return WeightsInputError(
            f"{name} asks for permission on the Hub; ask for it there and log in with: hf auth login."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return WeightsInputError(
            f"There is no repository {repo} on the Hub (or you may not see it), and no directory of that name."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return WeightsInputError(f"{repo} has no revision {revision!r} on the Hub.")
    if isinstance(error, errors.LocalEntryNotFoundError):
        return _unreachable(name, error.__cause__ or error)
    if isinstance(error, errors.HfHubHTTPError):
        return _refused(name, error)
    if isinstance(error, errors.HFValidationError):
        return WeightsInputError(f"{name} is no directory that exists, and no name on the Hub: {first_line(error)}.")
    return _broken_off(name, error)


def _unreachable(name: str, cause: BaseException) -> WeightsError:
    from huggingface_hub import constants, errors

    if constants.HF_HUB_OFFLINE:
        return WeightsError(
            f"{name} is no directory and not in the cache, and HF_HUB_OFFLINE is set; unset it to download."
        )
    if isinstance(cause, errors.HfHubHTTPError):
        return _refused(name, cause)
    if type(cause).__name__ in BROKEN_OFF:
        return _broken_off(name, cause)
    return WeightsError(
        f"{name} is no directory and not in the cache, and the Hub cannot be reached; check the name and the network."
    )


def _refused(name: str, error: BaseException) -> WeightsError:
    return WeightsError(f"The Hub did not send {name}: {first_line(error)}; try again later.")


def _broken_off(name: str, error: BaseException) -> WeightsError:
    from huggingface_hub import constants

    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError) and error.errno:
        return WeightsError(
            f"The download of {name} could not be stored in {constants.HF_HOME}: {error.strerror}; "
            "make room there, or set HF_HOME to another place."
        )
    return WeightsError(f"The download of {name} broke off ({first_line(error)}); try again.")


def first_line(error: BaseException) -> str:
    """The first line of an error's text, without its full stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
