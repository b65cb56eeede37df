"""The errors and the warnings of the toolkit; each message says where, what and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager


class KeyAccountsError(ValueError):
    """Parent of every error the toolkit raises on purpose."""


class ColumnError(KeyAccountsError):
    """A column is missing, is there twice, or has a name that clashes with another."""


class DataError(KeyAccountsError):
    """A column is there, but holds values, or a kind of values, that the method cannot use."""


class ParameterError(KeyAccountsError):
    """An argument that is not data (a threshold, a date, a number of bins) makes no sense."""


class DroppedRows(UserWarning):
    """Rows were left out on request; the message counts them."""


class RisingCounts(UserWarning):
    """A later stage counts more cases than an earlier one, so these are not the same cases."""


@contextmanager
def needs(what: str, extra: str) -> Iterator[None]:
    """Where an import inside fails, say what it is for and which extra brings it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        said = f'{what}: pip install "keyaccounts[{extra}]"'
        raise ModuleNotFoundError(said, name=missing.name) from missing
