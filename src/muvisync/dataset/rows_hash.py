"""A hash of a video's rows that no compression, row group or machine changes: it is of the values, not of the file."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from muvisync.schema import ROWS


def rows_hash(rows: pa.Table) -> str:
    """SHA-256, hexadecimal, of a table with the columns of ROWS.

    Column by column in the order of ROWS: name, number of rows, which are not null (a bit each), then the values that
    are not null: numbers as little-endian bytes of the schema's type, labels as UTF-8 with NUL between them.
    """
    digest = hashlib.sha256()
    for field in ROWS:
        column = rows[field.name].combine_chunks()
        valid = column.is_valid().to_numpy(zero_copy_only=False)
        digest.update(f"{field.name}\0{len(column)}\0".encode())
        digest.update(np.packbits(valid).tobytes())
        digest.update(_value_bytes(column.drop_null(), field.type))
    return digest.hexdigest()


def _value_bytes(values: pa.Array, kind: pa.DataType) -> bytes:
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return "\0".join(values.to_pylist()).encode()
    flat = values.flatten() if pa.types.is_fixed_size_list(kind) else values
    numbers = flat.to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<")).tobytes()
