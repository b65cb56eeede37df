"""Names, phone numbers and addresses that belong to nobody.

Every name is put together from the invented parts of `catalog/names.toml`. Phone numbers begin
with 000, which no country and no city has. Mail goes to domains that are reserved for examples
(RFC 2606), where nobody can receive it.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks
from keyaccounts.errors import ParameterError
from keyaccounts.world.draws import Draws, Floats, Ints

PHONE_FORMS = ("dashed", "plus", "brackets", "plain", "full_width")
"""Ways to write one number; its digits are the same in all of them."""

LEGAL_FORMS = {
    "private": ("Co., Ltd.", "有限公司"),
    "state": ("Group Co., Ltd.", "集团有限公司"),
    "government": ("", ""),
}
"""What follows a firm's name, in English and Chinese, by who owns it."""

MAIL_DOMAINS = ("example.com", "example.net", "example.org")

_PHONES = 100_000  # numbers from 000-5550-0000 to 000-5559-9999
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


@cache
def catalog() -> dict[str, Any]:
    """Return the invented parts of names, as they stand in the catalog.

    Returns
    -------
    dict

    Examples
    --------
    >>> catalog()["districts"][0]
    'Kite Hill'
    """
    file = resources.files("keyaccounts.world") / "catalog" / "names.toml"
    return tomllib.loads(file.read_text("utf8"))


def brands(count: int, draws: Draws) -> pd.DataFrame:
    """Return the first part of names of firms, each once: what a firm is called for short.

    Parameters
    ----------
    count : int
        How many.
    draws : Draws
        The stream of chance to take them by.

    Returns
    -------
    DataFrame
        `brand` and `chinese_brand`.

    Raises
    ------
    ParameterError
        If there are not so many combinations.

    Examples
    --------
    >>> brands(2, Draws(7, "firms"))["brand"].tolist()
    ['Striped Sandal', 'Upstairs Lantern']
    """
    first, second = (np.array(catalog()[f"brand_{part}"]) for part in ("first", "second"))
    i, j = np.divmod(_different(count, len(first) * len(second), draws, "firms"), len(second))
    return pd.DataFrame(
        {
            "brand": [f"{a} {b}" for a, b in zip(first[i, 0], second[j, 0], strict=True)],
            "chinese_brand": [a + b for a, b in zip(first[i, 1], second[j, 1], strict=True)],
        }
    )


def firms(brand: pd.DataFrame, industry: Ints) -> pd.DataFrame:
    """Return the full names of firms, with mail and website.

    Parameters
    ----------
    brand : DataFrame
        `brand` and `chinese_brand`, one row a firm.
    industry : array of int
        Place of each firm's industry in the catalog.

    Returns
    -------
    DataFrame
        `name`, `chinese_name`, `email`, `website`.

    Examples
    --------
    >>> brand = pd.DataFrame({"brand": ["Sleepy Teapot"], "chinese_brand": ["瞌睡茶壶"]})
    >>> firms(brand, np.array([0])).iloc[0].tolist()[:2]
    ['Sleepy Teapot Foods Co., Ltd.', '瞌睡茶壶食品有限公司']
    """
    trades = [catalog()["industry"][i] for i in industry]
    both = list(zip(brand["brand"], brand["chinese_brand"], trades, strict=True))
    forms = [LEGAL_FORMS[trade["nature"]] for trade in trades]
    domain = [f"{_joined(short)}-{_joined(trade['english'])}.example" for short, _, trade in both]
    names = [f"{short} {trade['english']}" for short, _, trade in both]
    return pd.DataFrame(
        {
            "name": [f"{a} {form[0]}".strip() for a, form in zip(names, forms, strict=True)],
            "chinese_name": [
                chinese + trade["chinese"] + form[1]
                for (_, chinese, trade), form in zip(both, forms, strict=True)
            ],
            "email": [f"office@{d}" for d in domain],
            "website": [f"https://{d}" for d in domain],
        }
    )


def persons(count: int, draws: Draws) -> pd.DataFrame:
    """Return names of people, each once.

    Parameters
    ----------
    count : int
        How many.
    draws : Draws
        The stream of chance to take them by.

    Returns
    -------
    DataFrame
        Places of the parts in the catalog: `family`, `first` and `second`; :func:`person_names`
        writes them.

    Raises
    ------
    ParameterError
        If there are not so many combinations.

    Examples
    --------
    >>> person_names(persons(2, Draws(7, "people")))["name"].tolist()
    ['Yunli Ruodeng', 'Hetang Nanye']
    """
    first, second = len(catalog()["given_first"]), len(catalog()["given_second"])
    size = len(catalog()["family"]) * first * second
    family, given = np.divmod(_different(count, size, draws, "people"), first * second)
    return pd.DataFrame({"family": family, "first": given // second, "second": given % second})


def person_names(parts: pd.DataFrame) -> pd.DataFrame:
    """Write people's names in both scripts: the family first.

    Parameters
    ----------
    parts : DataFrame
        As :func:`persons` returns them.

    Returns
    -------
    DataFrame
        `name` and `chinese_name`.

    Examples
    --------
    >>> parts = pd.DataFrame({"family": [0], "first": [0], "second": [0]})
    >>> person_names(parts).iloc[0].tolist()
    ['Yuesong Xiaoli', '月松小鲤']
    """
    family = np.array(catalog()["family"])[parts["family"]]
    first = np.array(catalog()["given_first"])[parts["first"]]
    second = np.array(catalog()["given_second"])[parts["second"]]
    together = list(zip(family, first, second, strict=True))
    return pd.DataFrame(
        {
            "name": [f"{f[0]} {(a[0] + b[0]).capitalize()}" for f, a, b in together],
            "chinese_name": [f[1] + a[1] + b[1] for f, a, b in together],
        }
    )


def mails(name: pd.Series[str], draws: Draws) -> pd.Series[str]:
    """Return a mail address for each person, at a domain reserved for examples.

    Parameters
    ----------
    name : Series of str
        Names in Latin letters.
    draws : Draws
        The stream of chance to take the domains by.

    Returns
    -------
    Series of str

    Examples
    --------
    >>> mails(pd.Series(["Yuesong Xiaoli"]), Draws(7, "mail")).tolist()
    ['xiaoli.yuesong@example.com']
    """
    domain = draws.pick(MAIL_DOMAINS, len(name))
    parts = (n.lower().split(" ") for n in name)
    text = [f"{given}.{family}@{d}" for (family, given), d in zip(parts, domain, strict=True)]
    return pd.Series(text, index=name.index)


def phones(count: int, draws: Draws) -> NDArray[np.str_]:
    """Return phone numbers, each once, that cannot be dialed anywhere.

    Parameters
    ----------
    count : int
        How many.
    draws : Draws
        The stream of chance to take them by.

    Returns
    -------
    array of str
        Such as "000-5550-1234".

    Raises
    ------
    ParameterError
        If there are not so many numbers.

    Examples
    --------
    >>> phones(2, Draws(7, "phones")).tolist()
    ['000-5552-9310', '000-5559-1316']
    """
    number = _different(count, _PHONES, draws, "phone numbers")
    return np.array([f"000-555{n // 10_000}-{n % 10_000:04d}" for n in number], dtype=np.str_)


def written(phone: str, form: str) -> str:
    """Write a phone number as another person would.

    Parameters
    ----------
    phone : str
        Such as "000-5550-1234".
    form : {"dashed", "plus", "brackets", "plain", "full_width"}
        How it is written.

    Returns
    -------
    str

    Raises
    ------
    ParameterError
        If `form` is unknown.

    Examples
    --------
    >>> [written("000-5550-1234", form) for form in PHONE_FORMS[1:]]
    ['+000 5550 1234', '(000) 5550 1234', '00055501234', '０００－５５５０－１２３４']
    """
    checks.choice("form", form, PHONE_FORMS)
    area, exchange, line = phone.split("-")
    return {
        "dashed": phone,
        "plus": f"+{area} {exchange} {line}",
        "brackets": f"({area}) {exchange} {line}",
        "plain": area + exchange + line,
        "full_width": phone.translate(_FULL_WIDTH),
    }[form]


def dashed(phone: str) -> str:
    """Return a phone number of this world as :func:`phones` writes it, however it is written.

    Parameters
    ----------
    phone : str
        In one of the forms of :func:`written`.

    Returns
    -------
    str

    Examples
    --------
    >>> dashed("（０００） 5550 1234")
    '000-5550-1234'
    """
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit())
    return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"


def addresses(district: Ints, draws: Draws) -> NDArray[np.str_]:
    """Return an address in each district given.

    Parameters
    ----------
    district : array of int
        Districts of the city, 0 to 5.
    draws : Draws
        The stream of chance to take them by.

    Returns
    -------
    array of str
        Number and street; a street is in one district only.

    Examples
    --------
    >>> addresses(np.array([0, 5]), Draws(7, "addresses")).tolist()
    ['92 Bamboo Steps', '141 Cider Steps']
    """
    n = len(district)
    streets = np.array(catalog()["streets"])
    street = streets[district, draws.whole(n, 0, streets.shape[1] - 1)]
    house = skewed(draws.uniform(n), 180)
    return np.array([f"{h} {s}" for h, s in zip(house, street, strict=True)], dtype=np.str_)


def skewed(uniform: Floats, highest: int) -> Ints:
    """Return whole numbers from 1 to `highest`, small ones more often (house numbers are so)."""
    return np.asarray(1 + np.floor(uniform**1.5 * highest), dtype=np.int64)


def _different(count: int, size: int, draws: Draws, what: str) -> Ints:
    """Return `count` different numbers below `size`."""
    if checks.whole("count", count, least=0) > size:
        raise ParameterError(f"count={count}: the catalog makes only {size:,} names of {what}")
    return draws.order(size)[:count]


def _joined(words: str) -> str:
    return words.replace(" ", "").lower()
