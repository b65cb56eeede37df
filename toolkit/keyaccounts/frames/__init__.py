"""Frames of any kind in, the same kind out.

Every data-scale method of the toolkit reads its table through :func:`open_rows` and answers through
:func:`like`. In between it speaks Narwhals, so one text serves pandas, Polars (eager and lazy),
pyarrow, DuckDB and PySpark. Nothing here changes a caller's frame.
"""

from keyaccounts.frames.answers import Words, answered, collect, like, numbers, with_arrays
from keyaccounts.frames.columns import Column, day, flag, key, number, word
from keyaccounts.frames.comparisons import OPERATORS, compare, declared
from keyaccounts.frames.days import as_date, day_literal, day_number, day_of, number_of, to_day
from keyaccounts.frames.door import Rows, check_keys, open_rows
from keyaccounts.frames.joins import Joined, joined
from keyaccounts.frames.kinds import typed_key, typed_label, typed_number, typed_truth
from keyaccounts.frames.names import asked, check_case, check_free, check_names
from keyaccounts.frames.source import NativeT, Source, read
from keyaccounts.frames.sums import Array, Bools, Floats, Ints, less, settled, steady, sure_total

__all__ = [
    "OPERATORS", "Array", "Bools", "Column", "Floats", "Ints", "Joined", "NativeT", "Rows",
    "Source", "Words", "answered", "as_date", "asked", "check_case", "check_free", "check_keys",
    "check_names", "collect", "compare", "day", "day_literal", "day_number", "day_of", "declared",
    "flag", "joined", "key", "less", "like", "number", "number_of", "numbers", "open_rows", "read",
    "settled", "steady", "sure_total", "to_day", "typed_key", "typed_label", "typed_number",
    "typed_truth", "with_arrays", "word",
]  # fmt: skip
