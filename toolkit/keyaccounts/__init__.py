"""Find, choose, win and keep customers: the worked methods of the course From Lead to Key Account.

The package has the same rooms as the book. ``import keyaccounts as ka`` loads none of them; a room
is loaded when it is first named, so the import stays fast and needs no plotting library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Its module has the name of the function, which a later import would put in its place.
from keyaccounts.accounts import accounts
from keyaccounts.errors import ColumnError, DataError, DroppedRows, ParameterError
from keyaccounts.patterns.points import points
from keyaccounts.patterns.written import rules
from keyaccounts.summaries import summary
from keyaccounts.tables import table

if TYPE_CHECKING:
    from keyaccounts import (
        datasets,
        errors,
        frames,
        patterns,
        plots,
        purchases,
        segmentation,
        widgets,
        world,
    )

__version__ = "0.1.0"

__all__ = [
    "ColumnError", "DataError", "DroppedRows", "ParameterError", "accounts", "datasets", "errors",
    "frames", "patterns", "plots", "points", "purchases", "rules", "segmentation", "summary",
    "table", "widgets", "world",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in __all__:  # and not there yet: a room
        return import_module(f"keyaccounts.{name}")
    raise AttributeError(f"module 'keyaccounts' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
