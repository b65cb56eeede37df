"""Make cdnow.csv and cdnow_master.csv from the purchase logs that the package lifetimes carries.

    python data/make_cdnow.py            (needs lifetimes 0.11.3, MIT license)

Only the layout changes: fixed-width text becomes CSV, days are written YYYY-MM-DD, and the sample
keeps the customer number of the master log. No row is added, dropped or reordered.
"""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
LOGS = {  # file in lifetimes → file here, and how many fields stand before the date
    "CDNOW_sample.txt": ("cdnow.csv", 2),
    "CDNOW_master.txt": ("cdnow_master.csv", 1),
}


def rows(log: Path, ids: int) -> list[list[str]]:
    """Return customer, day, number of CDs and amount of every purchase in a log."""
    made = []
    for line in log.read_text("ascii").splitlines():
        fields = line.split()
        if not fields or not fields[0].isdigit():  # the master log has a heading
            continue
        day, units, amount = fields[ids:]
        made.append([str(int(fields[0])), f"{day[:4]}-{day[4:6]}-{day[6:]}", units, amount])
    return made


def main() -> None:
    """Write both CSV files beside this script."""
    spec = find_spec("lifetimes")
    if spec is None or spec.origin is None:
        raise SystemExit("install lifetimes 0.11.3 first")
    logs = Path(spec.origin).parent / "datasets"
    for log, (name, ids) in LOGS.items():
        with (HERE / name).open("w", newline="", encoding="ascii") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["customer_id", "order_date", "units", "amount"])
            writer.writerows(rows(logs / log, ids))


if __name__ == "__main__":
    main()
