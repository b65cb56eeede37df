"""What the simulated company is like: its size, its days, and every number planted in it.

The numbers, and a sentence on each, stand in `catalog/parameters.toml`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from scipy.special import expit, logit

from keyaccounts.world.draws import Draws

BLOCKERS = ("complex_decision", "few_vehicles", "tied_to_incumbent", "limited_budget")
ASKED = ("need", "money", "authority", "timeline")
SEED = 2026  # of the course's own company
SIZES = {
    "small": {"organizations": 60, "individuals": 600},
    "course": {"organizations": 240, "individuals": 3000},
}


class Section:
    """What is planted in one room of the world, read as attributes; nothing of it can be set."""

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)

    def __getattr__(self, name: str) -> Any:  # Python asks only for what is not there
        raise AttributeError(f"no {name!r} is planted here, but {', '.join(vars(self))}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} is planted and stays: .but({name}=...) makes another section")

    def but(self, **others: Any) -> Self:
        """Return the same section with other values of some names."""
        for name in others:
            getattr(self, name)
        return type(self)(**{**vars(self), **others})


class Parameters(Section):
    """One world: a section for each of its rooms, and at hand how large it is and how long."""

    @property
    def organizations(self) -> int:
        """Organizations that have a card."""
        return int(self.company.organizations)

    @property
    def individuals(self) -> int:
        """Private drivers that have a card, about."""
        return int(self.company.individuals)

    @property
    def sellers(self) -> int:
        """People who sell."""
        return int(self.company.sellers)

    @property
    def opened(self) -> dt.date:
        """The first day."""
        day: dt.date = self.company.opened
        return day

    @property
    def as_of(self) -> dt.date:
        """Today."""
        day: dt.date = self.company.as_of
        return day

    @property
    def days(self) -> int:
        """Days from the opening to today."""
        return (self.as_of - self.opened).days


@cache
def catalog() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return the entries of the catalog by section and name."""
    file = files("keyaccounts.world") / "catalog" / "parameters.toml"
    return tomllib.loads(file.read_text("utf8"))


@cache
def planted(seed: int = SEED, size: str = "course") -> Parameters:
    """Return the numbers of one world: the catalog's own for the course, others for other seeds."""
    factor = {what: n / SIZES["course"][what] for what, n in SIZES[size].items()}
    found = {}
    for section, entries in catalog().items():
        values = {}
        for name, entry in entries.items():
            value = entry["value"]
            if seed != SEED and "fixed" not in entry:
                value = _drawn(entry, Draws(seed, "parameters", section, name))
            if "scales" in entry:
                value = _scaled(value, factor[entry["scales"]])
            values[name] = _kept(value)
        found[section] = Section(**values)
    return Parameters(**found)


def _drawn(entry: Mapping[str, Any], draws: Draws) -> Any:
    """Return the value another world has: of the same kind, in places of the same names."""
    value, names = entry.get("elsewhere", entry["value"]), entry.get("of", [None])
    if isinstance(value, dict):
        names, value = [*value], [*value.values()]
    number, n = np.array(value, dtype=float, ndmin=1), len(names)
    groups = entry.get("permute", [])
    for group in [names] if groups is True else groups:
        place = np.array([names.index(name) for name in group])
        number[place] = number[place][draws.order(place.size)]
    chance = draws.normal(1 if entry.get("alike") else n)
    number = number * np.exp(entry.get("spread", 0.0) * chance) + entry.get("shift", 0.0) * chance
    if "odds" in entry:
        number = expit(logit(number) + entry["odds"] * chance)
    whole = isinstance(value if n == 1 else value[0], int)
    drawn = [max(round(x), 1) if whole else float(f"{x:z.3g}") for x in number]
    if isinstance(entry["value"], dict):
        return dict(zip(names, drawn, strict=True))
    return drawn if isinstance(value, list) else drawn[0]


def _scaled(value: Any, factor: float) -> Any:
    """Return what a smaller company has of it; of what is counted, at least 1."""
    if isinstance(value, dict):
        return {name: _scaled(number, factor) for name, number in value.items()}
    return max(round(value * factor), 1) if isinstance(value, int) else value * factor


def _kept(value: Any) -> Any:
    """Return a value that cannot be changed."""
    if isinstance(value, dict):
        return MappingProxyType(value)
    return tuple(value) if isinstance(value, list) else value


def listed(plan: Parameters) -> Iterator[tuple[str, Any, str]]:
    """Go through everything planted: its name with dots, its value, and what it means."""
    for section, entries in catalog().items():
        for name, entry in entries.items():
            value = getattr(getattr(plan, section), name)
            if isinstance(value, tuple):
                value = dict(zip(entry["of"], value, strict=True))
            places = value if isinstance(value, Mapping) else {"": value}
            for place, number in places.items():
                yield f"{section}.{name}.{place}".rstrip("."), number, entry["says"]
