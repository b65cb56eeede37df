"""Make the tables of the simulated company, and their part of datapackage.json.

    python data/make_world.py            (needs keyaccounts itself)

Seed and size are the course's. What the columns mean stands in the catalog
toolkit/keyaccounts/world/catalog/tables.toml; only the numbers of rows are counted here. The same
code gives the same bytes on every machine.
"""

from __future__ import annotations

import json
from pathlib import Path

import keyaccounts as ka
import pandas as pd
from keyaccounts import datasets
from keyaccounts.world import build, dictionary

HERE = Path(__file__).parent
PACKAGE = HERE / "datapackage.json"
SEED = 2026
YEARS = (("2024-07-01", "2025-06-30"), ("2025-07-01", "2026-06-30"))


def main() -> None:
    """Write the dictionary, then every table by it."""
    tables = build.simulate(SEED, "course")
    years = [ka.accounts(*year, tables) for year in YEARS]
    tables["accounts"] = dictionary.filed("accounts", pd.concat(years))
    package = json.loads(PACKAGE.read_text("utf8"))
    others = [r for r in package["resources"] if r["made_by"] != Path(__file__).name]
    made = [{**r, "rows": len(tables[r["name"]])} for r in dictionary.resources()]
    package["resources"] = [*others, *made]
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    PACKAGE.write_text(text, "utf8", newline="\n")
    print(datasets.write(tables, HERE).to_string(index=False))


if __name__ == "__main__":
    main()
