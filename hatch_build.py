"""What travels with the package: the data that their dictionary names, and the book's questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Brought(BuildHookInterface):  # type: ignore[type-arg]
    """Puts data and questions into what is built, and the scripts of the data into the source."""

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
        for file in sorted(Path(self.root).glob("book/[0-9]*/questions/*.toml")):
            name = file.relative_to(self.root).as_posix()
            into = name if self.target_name == "sdist" else f"keyaccounts/{name}"
            build_data["force_include"][name] = into
