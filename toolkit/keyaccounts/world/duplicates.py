"""Second cards of customers who have one already, made by the slips that make them in offices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world import names
from keyaccounts.world.card_plan import PLAN, lookalikes, not_after, phone_numbers
from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import Section as Cards

# What happened to name, phone, mail and address. Each row is used equally often, so one can count
# on the fingers what a method has to find. A customer who has moved, with a slip in the name and
# nothing else the same, is not to be found: one organization in eighteen, one driver in twenty.
_USUAL_OF_ORGANIZATIONS = (
    ("legal_form", "plus", "same", "same"),
    ("legal_form", "changed", "changed", "same"),
    ("no_legal_form", "full_width", "missing", "moved"),
    ("swapped", "brackets", "same", "same"),
    ("misspelled", "plain", "missing", "moved"),
    ("misspelled", "missing", "same", "same"),
    ("chinese_only", "full_width", "missing", "same"),
    ("latin_only", "changed", "same", "moved"),
    ("swapped", "changed", "changed", "same"),
)
_USUAL_OF_INDIVIDUALS = (
    ("same", "plus", "missing", "moved"),
    ("same", "changed", "changed", "same"),
    ("swapped", "full_width", "same", "same"),
    ("misspelled", "brackets", "missing", "same"),
    ("given_first", "plain", "missing", "moved"),
    ("given_first", "dashed", "changed", "same"),
    ("chinese_only", "plus", "missing", "same"),
    ("chinese_only", "changed", "missing", "moved"),
    ("latin_only", "missing", "same", "same"),
    ("misspelled", "changed", "same", "same"),
)
ORGANIZATION_SLIPS, INDIVIDUAL_SLIPS = (
    (*usual, *usual[:-1], (usual[-1][0], "changed", "changed", "moved"))
    for usual in (_USUAL_OF_ORGANIZATIONS, _USUAL_OF_INDIVIDUALS)
)
"""By number or by name, written alike, all can be found but the tenth and twentieth of individuals
and the sixth, ninth, fifteenth and eighteenth of organizations, where at best a likeness is left.
"""

TWINS_APART = 270  # days a customer must have been with us before a second card
_HASTE = 0.4  # more gaps on a second card
# Streams; by the first of them the course's own company has the second cards of its cast.
_WHOSE = {"organization": 280, "individual": 3016}


def duplicates(
    people: pd.DataFrame,
    cards: pd.DataFrame,
    kind: str,
    seed: int,
    as_of: dt.date,
    first_number: int,
    plan: Cards = PLAN,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Open second cards for customers who have one, as happens when nobody looks first.

    Parameters
    ----------
    people : DataFrame
        The true customers.
    cards : DataFrame
        First cards of one kind.
    kind : {"organization", "individual"}
        Which.
    seed : int
        The seed of the world.
    as_of : date
        Today.
    first_number : int
        Number of the first new card; the others follow.
    plan : Cards
        How many.

    Returns
    -------
    twins, truth : DataFrame
        The second cards, with the columns of the first; and for each `card` its true `entity`, and
        what happened to `name_slip`, `phone_slip`, `email_slip`, `address_slip`. Fewer, if there
        are not so many customers with a complete name, phone and address, still ours after 270
        days.
    """
    draws = Draws(seed, "duplicates", kind)
    slips = ORGANIZATION_SLIPS if kind == "organization" else INDIVIDUAL_SLIPS
    wanted = plan.organization_twins if kind == "organization" else plan.individual_twins
    chosen = _candidates(people, cards, lookalikes(people, kind, seed, plan), as_of)
    rank = Draws(seed, "duplicates", kind, _WHOSE[kind]).uniform(len(cards))
    rank = rank[cards["card"].isin(chosen["card"])]
    chosen = chosen.iloc[np.argsort(rank, kind="stable")[:wanted]]
    n = len(chosen)
    new_phones = phone_numbers(first_number + wanted, seed)[first_number:]
    moved = names.addresses(draws.whole(n, 0, 5), draws)
    rows, truth = [], []
    for i, (_, card) in enumerate(chosen.iterrows()):
        entity = int(card["card"])
        name, phone, email, address = slips[i % len(slips)]
        card = card.copy()
        card["card"] = first_number + i
        _rename(card, name, float(draws.uniform(1)[0]))
        card["phone"] = _other_phone(str(card["phone"]), phone, str(new_phones[i]))
        card["email"] = _other_mail(card["email"], email)
        if address == "moved":
            card["address"] = moved[i]
        rows.append(card)
        truth.append((first_number + i, entity, name, phone, email, address))
    twins = pd.DataFrame(rows, columns=cards.columns).astype(cards.dtypes)
    names_of_slips = ["name_slip", "phone_slip", "email_slip", "address_slip"]
    twins = _in_haste(_later(twins, as_of, draws), draws)
    return twins.reset_index(drop=True), pd.DataFrame(
        truth, columns=["card", "entity", *names_of_slips]
    ).astype({"card": "int64", "entity": "int64"})


def _candidates(
    people: pd.DataFrame, cards: pd.DataFrame, alike: pd.DataFrame, as_of: dt.date
) -> pd.DataFrame:
    """Return cards of customers of some standing, from which every slip can be made."""
    truth = people.loc[cards["card"]]
    old = (pd.Timestamp(as_of) - truth["created_on"]).dt.days > TWINS_APART
    ours = truth["joined_on"].notna() & ~truth["departed_on"].le(pd.Timestamp(as_of))
    written = cards[["name", "chinese_name", "phone", "address"]].notna().all(axis=1)
    single = ~cards["card"].isin(np.ravel(alike[["entity", "other"]]))
    fit = (old & ours).to_numpy() & written.to_numpy() & single.to_numpy()
    return cards.iloc[np.flatnonzero(fit)]


def _rename(card: pd.Series[Any], slip: str, chance: float) -> None:
    """Write the name as it came out the second time."""
    name = str(card["name"])
    if slip in {"legal_form", "no_legal_form"}:
        bare = _bare(name)
        again = slip == "legal_form" and bare != name  # an office of the city has none
        card["name"] = f"{bare} Co Ltd" if again else bare
        card["chinese_name"] = None
    elif slip in {"swapped", "misspelled", "given_first"}:
        card["name"] = mistyped(name, slip, chance)
        card["chinese_name"] = None
    elif slip == "chinese_only":
        card["name"] = None
    elif slip == "latin_only":
        card["chinese_name"] = None


def mistyped(name: str, slip: str, chance: float) -> str:
    """Return a name with one slip of the hand, or with the given name first.

    Parameters
    ----------
    name : str
        At least two words.
    slip : {"swapped", "misspelled", "given_first"}
        Two neighbors change places, a letter is missing, or the first word comes last.
    chance : float
        Which letter, 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> [mistyped("Yuesong Xiaoli", slip, 0.5) for slip in ("swapped", "misspelled", "given_first")]
    ['Yuesong Xialoi', 'Yuesong Xiali', 'Xiaoli Yuesong']
    """
    first, second, *rest = name.split(" ")
    if slip == "given_first":
        return " ".join([second, first, *rest])
    usable = [i for i in range(1, len(second) - 1) if second[i] != second[i + 1]]
    i = usable[int(chance * len(usable))]
    swapped = second[i + 1] + second[i] if slip == "swapped" else second[i + 1]
    return " ".join([first, second[:i] + swapped + second[i + 2 :], *rest])


def _bare(name: str) -> str:
    """Return the name of a firm without its legal form."""
    return name.removesuffix("Co., Ltd.").strip().removesuffix("Group").strip()


def _other_phone(phone: str, slip: str, new: str) -> str | None:
    if slip == "missing":
        return None
    return new if slip == "changed" else names.written(names.dashed(phone), slip)


def _other_mail(mail: Any, slip: str) -> Any:
    if slip == "missing" or pd.isna(mail):
        return None
    if slip == "same":
        return mail
    box, domain = str(mail).split("@")
    short = domain.split("-")[0]  # of a firm's domain, brand and trade
    return f"{box}@{short}.example" if short != domain else f"my.{box}@{domain}"


def _later(twins: pd.DataFrame, as_of: dt.date, draws: Draws) -> pd.DataFrame:
    """Open the second card at least 90 days after the first and 60 before today."""
    open_days = (pd.Timestamp(as_of) - twins["created_on"]).dt.days.to_numpy()
    after = draws.whole(len(twins), 90, open_days - 60).astype("timedelta64[D]")
    today, dated = pd.Timestamp(as_of), ["created_on", "consent_on"]
    days = {column: not_after(twins[column] + after, today) for column in dated}
    return twins.assign(**days).astype(dict.fromkeys(dated, "datetime64[us]"))


def _in_haste(twins: pd.DataFrame, draws: Draws) -> pd.DataFrame:
    """Leave out more of what does not say who it is."""
    who = {"card", "created_on", "name", "chinese_name", "phone", "email", "address"}
    if "first_order_on" in twins.columns:  # nothing was billed to this card when it was opened
        never = np.full(len(twins), np.datetime64("NaT", "D"), dtype="datetime64[us]")
        none = pd.array(np.zeros(len(twins), dtype=np.int64), dtype="Int64")
        twins = twins.assign(first_order_on=never, orders_last_year=none)
    others = [c for c in twins.columns if c not in {*who, "first_order_on", "orders_last_year"}]
    kept = {column: ~draws.yes(_HASTE, len(twins)) for column in others}
    return twins.assign(**{column: twins[column].where(keep) for column, keep in kept.items()})
