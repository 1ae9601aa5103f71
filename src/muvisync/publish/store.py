"""A place for files behind any fsspec address, in which a file is there as a whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import fsspec
from fsspec.implementations.local import LocalFileSystem

from muvisync.errors import UserError
from muvisync.files import atomic_write_bytes

R = TypeVar("R")
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
_ATTEMPTS = 4


class Store:
    """Files by their path below an address.

    Args:
        address: a folder, s3://bucket/path, gs://bucket/path, or what else fsspec knows.
        pause: seconds before an operation that failed is tried again, doubled each time.

    Raises:
        UserError: nobody here speaks this protocol.
    """

    def __init__(self, address: str, pause: float = 1.0) -> None:
        self.name, self._pause = _without_secrets(address), pause
        protocol = urlsplit(address).scheme
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except ImportError as error:
            extra = _EXTRAS.get(protocol)
            how = f"`pip install 'muvisync[{extra}]'`" if extra else "install what speaks it"
            raise UserError(f"{self.name}: nothing here speaks {protocol}: ({error}); {how}") from error
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

    def write(self, path: str, data: bytes) -> None:
        """Put a file there, whole or not at all. Raises UserError."""
        if self.folder is not None:
            self._patiently(lambda: atomic_write_bytes(Path(self._at(path)), data))
        else:  # object stores show an object when all of it is there
            self._patiently(lambda: self._files.pipe_file(self._at(path), data))

    def write_changed(self, path: str, data: bytes) -> bool:
        """Put a file there unless it is there with these bytes; whether it was put."""
        if self.read(path) == data:
            return False
        self.write(path, data)
        return True

    def list_folders(self, path: str) -> list[str]:
        """Names of the folders in a folder, sorted; none where it is not there. Raises UserError."""

        def find() -> list[str]:
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._at(path), detail=True)
            except FileNotFoundError:
                return []
            return sorted(each["name"].rstrip("/").rpartition("/")[2] for each in found if each["type"] == "directory")

        return self._patiently(find)

    def address(self, path: str) -> str:
        """Where people find a file."""
        return f"{self.name.rstrip('/')}/{path}"

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"

    def _patiently(self, operation: Callable[[], R]) -> R:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return operation()
            except PermissionError as error:
                raise UserError(f"{self.name}: not allowed ({_first_line(error)}); check the credentials") from error
            except FileNotFoundError as error:
                raise UserError(f"{self.name}: there is no such place ({_first_line(error)}); make it first") from error
            except OSError as error:
                if attempt == _ATTEMPTS:
                    raise UserError(
                        f"{self.name}: {_first_line(error)}, {_ATTEMPTS} times; run again later. "
                        "What was published before is untouched"
                    ) from error
                time.sleep(self._pause * 2 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _without_secrets(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else address
