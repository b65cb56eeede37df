"""Do all contenders say the same, wherever their definitions are the same?

If not, the comparison is worth nothing, so a difference ends the run.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

# What the peers call a column → what this package calls it.
PEERS = {
    "frequency": "repeat_orders",
    "recency": "recency",
    "T": "age",
    "monetary_value": "mean_repeat_amount",
}
EXACT = {"orders", "repeat_orders", "recency", "age", "frequency", "r", "f", "m", "score"}

SCORED_BY_AMOUNT = {"m", "cell", "score"}


def check(answers: dict[str, Path], customer: str) -> dict[str, int]:
    """Compare answers (contender → file) with the package's own; return the columns compared."""
    ours = {
        "rfm": _read(answers["ka-rfm-file"], "ka-rfm-file", customer),
        "summary": _read(answers["ka-summary-file"], "ka-summary-file", customer),
    }
    compared = {}
    for name, path in answers.items():
        theirs = _read(path, name, customer)
        same = ours["rfm" if "rfm" in name else "summary"]
        shared = [column for column in theirs.columns if column in same.columns]
        if not theirs.index.equals(same.index):
            raise AssertionError(f"{name}: other customers than keyaccounts has")
        for column in shared:
            if not _equal(theirs[column], same[column], column in EXACT):
                wrong = theirs[column] != same[column]
                if column not in SCORED_BY_AMOUNT or not _at_a_cut(same, wrong):
                    raise AssertionError(f"{name}: {column} differs for {wrong.sum():,} customers")
        _compared(name, shared)
        compared[name] = len(shared)
    return compared


def check_method(ours: Path, theirs: Path) -> int:
    """Compare the answers of a method of chapter 3, row by row; return how many columns."""
    left, right = pd.read_parquet(ours), pd.read_parquet(theirs)
    if len(left) != len(right):
        raise AssertionError(f"{theirs.stem}: {len(right):,} rows, not {len(left):,}")
    shared = [column for column in right.columns if column in left.columns]
    _compared(theirs.stem, shared)
    for column in shared:
        if not _equal(right[column], left[column], column in {"customer_id", "rank"}):
            raise AssertionError(f"{theirs.stem}: {column} differs from keyaccounts")
    return len(shared)


def _compared(name: str, shared: list[str]) -> None:
    if not shared:
        raise AssertionError(f"{name}: no column to compare with keyaccounts")


def _read(path: Path, name: str, customer: str) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    key = next((c for c in (customer, "customer_id") if c in frame.columns), None)
    frame = frame.set_index(key) if key else frame
    frame = frame.sort_index().rename_axis("customer")
    frame.index = frame.index.astype(np.int64)
    if name in ("pymc-summary", "lifetimes", "clvkit"):
        frame = frame.rename(columns=PEERS)[list(PEERS.values())]
        # They write 0 where there is no repeat order and so no mean.
        frame["mean_repeat_amount"] = frame["mean_repeat_amount"].where(frame["repeat_orders"] > 0)
    return frame


def _at_a_cut(ours: pd.DataFrame, wrong: pd.Series) -> bool:
    """Say whether all who are scored differently have a revenue that is a cut point itself.

    Sums differ in their last bit from run to run. keyaccounts rounds before it compares; who does
    not may find such a customer above the cut.
    """
    cuts = ours.groupby("m")["monetary"].max().to_numpy()
    revenue = ours.loc[wrong, "monetary"].to_numpy()
    return bool(np.isclose(revenue[:, None], cuts, rtol=1e-9, atol=0).any(axis=1).all())


def _equal(left: pd.Series, right: pd.Series, exact: bool) -> bool:
    if pd.api.types.is_datetime64_any_dtype(right):
        return bool((pd.to_datetime(left) == right).all())
    if pd.api.types.is_string_dtype(right):
        return bool((left == right).all())
    slack = 0.0 if exact else 1e-9
    numbers = (side.to_numpy(np.float64, na_value=np.nan) for side in (left, right))
    return np.allclose(*numbers, rtol=slack, atol=slack, equal_nan=True)
