"""Read what people give: text in whatever encoding, tables as csv, xlsx or parquet; hash what was read."""

from qiupu.files.tables import Table, read_table
from qiupu.files.texts import Text, decode, sha256_of

__all__ = ["Table", "Text", "decode", "read_table", "sha256_of"]
