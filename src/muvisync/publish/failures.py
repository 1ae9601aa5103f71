"""What went wrong in a store, for people: what may pass by itself is tried again, the rest says what to mend."""

from __future__ import annotations

import errno
import re

from muvisync.errors import UserError

# the libraries behind fsspec, whose errors are not all OSErrors: a server that can't be reached is none with botocore
_LIBRARIES = {"botocore", "aiobotocore", "aiohttp", "azure", "fsspec", "gcsfs", "google", "paramiko", "requests"}
_CREDENTIALS = re.compile(r"Credential|Profile|Token|Auth|Refresh|SSO")
_LASTING = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "your share of the disk is full; make room",
    errno.EROFS: "it can only be read; choose another place",
    errno.ENOTDIR: "a file is in the way of a folder; choose another place",
    errno.EISDIR: "a folder is in the way of a file; choose another place",
    errno.ENAMETOOLONG: "a name is too long for it",
    errno.EINVAL: "it does not take what it is sent; check the name of the bucket and its region",
}


def is_of_store(error: Exception) -> bool:
    """Whether the store failed, and not this program."""
    return isinstance(error, OSError | NotImplementedError) or type(error).__module__.partition(".")[0] in _LIBRARIES


def lasting_failure(name: str, error: Exception) -> UserError | None:
    """The error for what does not pass by itself; None for what may.

    Args:
        name: of the store, without secrets.
    """
    kind, code = type(error).__name__, _code(error)
    if isinstance(error, PermissionError) or code in ("401", "403") or str(error).startswith("Forbidden"):
        return UserError(f"{name}: not allowed{f' ({code})' if code else ''}; check the credentials and their rights")
    if _CREDENTIALS.search(kind):
        return UserError(f"{name}: no credentials that work ({kind}); set those of the store, see docs/publish.md")
    if isinstance(error, FileNotFoundError):
        return UserError(f"{name}: there is no such place; make the bucket or folder first")
    if isinstance(error, NotImplementedError):
        return UserError(f"{name}: this kind of place can't be written to")
    if kind == "ParamValidationError":
        return UserError(f"{name}: no name for a bucket; write s3://bucket/path")
    if isinstance(error, OSError) and error.errno in _LASTING:
        return UserError(f"{name}: {_LASTING[error.errno]}")
    return None


def gave_up(name: str, error: Exception, attempts: int) -> UserError:
    """The error for what did not pass in so many attempts."""
    # without what stands before a @ or follows a ?: a password, a signature
    said = re.sub(r"(?<=//)[^/@\s]*@|\?\S*", "", (str(error) or type(error).__name__).splitlines()[0])[:200]
    return UserError(f"{name}: {said}, {attempts} times; run again later. What was published before is untouched")


def _code(error: Exception) -> str | None:
    """What the server calls it, which unlike its message holds no key: botocore's code, or the status of gcsfs."""
    response = getattr(error.__cause__, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else getattr(error, "code", None)
    return str(code) if code else None
