"""Which files of data/ travel with the package: those its dictionary names, and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Datasets(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the dictionary and its tables into what is built, and their scripts into the source."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each file; one that is missing stops the build."""
        if version == "editable":  # reads them where they are
            return
        package = json.loads(Path(self.root, "data", "datapackage.json").read_text("utf8"))
        names = {"datapackage.json", *(r["path"] for r in package["resources"])}
        into = "keyaccounts/data"
        if self.target_name == "sdist":
            names |= {r["made_by"] for r in package["resources"]}
            into = "data"
        for name in sorted(names):
            build_data["force_include"][f"data/{name}"] = f"{into}/{name}"
