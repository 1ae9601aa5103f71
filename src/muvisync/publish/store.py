"""A place for files behind any fsspec address, in which a file is there as a whole or not at all."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import fsspec
from fsspec.implementations.local import LocalFileSystem

from muvisync.errors import UserError
from muvisync.files import atomic_write_bytes, file_hash
from muvisync.publish.failures import gave_up, is_of_store, lasting_failure

R = TypeVar("R")
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
_ATTEMPTS = 4
_PASSWORD = re.compile(r"//[^@]*:[^@]*@")  # up to the @, as the secret keys of S3 hold slashes


class Store:
    """Files by their path below an address.

    Args:
        address: a folder, s3://bucket/path, gs://bucket/path, or what else fsspec knows.
        pause: seconds before an operation that failed is tried again, doubled each time.

    Raises:
        UserError: nobody here speaks this protocol, or it is no address for us.
    """

    def __init__(self, address: str, pause: float = 1.0) -> None:
        self.name, self._pause = _without_secrets(address), pause
        self._protocol = urlsplit(address).scheme
        _refuse(address, self.name)
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except ImportError as error:
            extra = _EXTRAS.get(self._protocol)
            how = f"`pip install muvisync[{extra}]`" if extra else "install what speaks it"
            raise UserError(f"{self.name}: nothing here speaks {self._protocol}: ({error}); {how}") from error
        except ValueError as error:
            raise UserError(f"{self.name}: no address that can be written to ({error})") from error

    @property
    def folder(self) -> Path | None:
        """The folder on this machine; None for all other places."""
        return Path(self._root) if isinstance(self._files, LocalFileSystem) else None

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none. Raises UserError."""

        def read() -> bytes | None:
            try:
                return self._files.cat_file(self._at(path))
            except FileNotFoundError:
                return None

        return self._patiently(read)

    def write(self, path: str, data: bytes, fresh: bool = False) -> None:
        """Put a file there, whole or not at all. Raises UserError.

        Args:
            fresh: ask readers not to keep a copy: it will change.
        """
        if self.folder is not None:
            self._patiently(lambda: atomic_write_bytes(Path(self._at(path)), data))
        else:  # object stores show an object when all of it is there
            self._patiently(lambda: self._files.pipe_file(self._at(path), data, **self._headers(path, fresh)))

    def write_changed(self, path: str, data: bytes) -> bool:
        """Put a file there that changes from run to run, unless it is there with these bytes; whether it was put."""
        if self.read(path) == data:
            return False
        self.write(path, data, fresh=True)
        return True

    def list_folders(self, path: str) -> list[str]:
        """Names of the folders in a folder, sorted; none where it is not there. Raises UserError."""
        found = self._look(lambda: self._files.ls(self._at(path), detail=True), [])
        return sorted(each["name"].rstrip("/").rpartition("/")[2] for each in found if each["type"] == "directory")

    def list_files(self, path: str) -> dict[str, dict[str, Any]]:
        """Every file below a folder, by its path there, with what the store knows of it. Raises UserError."""
        found = self._look(lambda: self._files.find(self._at(path), detail=True), {})
        start = len(self._at(path).strip("/")) + 1
        return {name.strip("/")[start:]: about for name, about in found.items()}

    def vouches(self, about: dict[str, Any], source: Path) -> bool:
        """Whether a file of `list_files` has the bytes of `source`, as far as the store can tell without sending it."""
        if self.folder is not None:
            return file_hash(Path(about["name"])) == file_hash(source)
        known = b64decode(about["md5Hash"]).hex() if "md5Hash" in about else str(about.get("ETag", "")).strip('"')
        return known == hashlib.md5(source.read_bytes(), usedforsecurity=False).hexdigest()

    def address(self, path: str) -> str:
        """Where people find a file."""
        return f"{self.name.rstrip('/')}/{path}"

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"

    def _headers(self, path: str, fresh: bool) -> dict[str, Any]:
        """Without its type a browser would offer a page for download; without the other, show yesterday's."""
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        match _EXTRAS.get(self._protocol):
            case "s3":
                return {"ContentType": kind} | ({"CacheControl": "no-cache"} if fresh else {})
            case "gcs":
                return {"content_type": kind} | ({"fixed_key_metadata": {"cache_control": "no-cache"}} if fresh else {})
        return {}

    def _look(self, operation: Callable[[], R], nothing: R) -> R:
        def look() -> R:
            self._files.invalidate_cache()
            try:
                return operation()
            except FileNotFoundError:
                return nothing

        return self._patiently(look)

    def _patiently(self, operation: Callable[[], R]) -> R:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return operation()
            except Exception as error:
                if not is_of_store(error):
                    raise
                if lasting := lasting_failure(self.name, error):
                    raise lasting from error
                if attempt == _ATTEMPTS:
                    raise gave_up(self.name, error, _ATTEMPTS) from error
                time.sleep(self._pause * 2 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")


def _refuse(address: str, name: str) -> None:
    if not address.strip():
        raise UserError("the address to publish to is empty; name a folder, s3://bucket/path or gs://bucket/path")
    if "::" in address:
        raise UserError(f"{name}: no address that can be written to: chains (::) are not for publishing")
    if _PASSWORD.search(address):
        raise UserError(
            f"{name}: no address that can be written to: it holds a password, which params.yaml would bring into Git; "
            "leave it out and set the credentials where the store's own programs look for them"
        )


def _without_secrets(address: str) -> str:
    """`address` without user and password."""
    return _PASSWORD.sub("//", address)
