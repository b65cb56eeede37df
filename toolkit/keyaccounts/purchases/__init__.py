"""Orders, one row a customer: what each has done, and what each did after a day."""

from keyaccounts.purchases.history import (
    COLUMNS,
    Orders,
    per_customer,
    per_day,
    read_orders,
    say_dropped,
    summarize,
)
from keyaccounts.purchases.later import outcome

__all__ = [
    "COLUMNS", "Orders", "outcome", "per_customer", "per_day", "read_orders", "say_dropped",
    "summarize",
]  # fmt: skip
