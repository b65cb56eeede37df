"""What marks a VIP, how key accounts buy, and what losing one would cost (chapter 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.entries import Items, Scale, Weights, columns_of
from keyaccounts.patterns.held import ANSWERS, decide
from keyaccounts.patterns.scorecard import Scorecard, scorecard
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

VIP_TRAITS = tuple(entry["id"] for entry in catalogs.entries("vip_traits"))
BUYING_TRAITS = tuple(entry["id"] for entry in catalogs.entries("buying_traits"))


class VipCheck(Shown):
    """Answer of :func:`vip_check`.

    Attributes
    ----------
    table : frame
        One row a customer, sorted by key: the key under the name it had; `traits` (how many
        hold), `score` (weighted share of the known traits), `coverage` (share of the weight that
        is known), `vip` ("yes", "no", or "unknown" as long as an open answer decides).
    card : Scorecard
        The answers by trait.
    """

    table: Any
    card: Scorecard

    def _shown(self) -> Table:
        said = f"{len(self.card.parts):,} customers by {len(self.card.weights)} traits of a VIP"
        return table(self.table, said, percent=("coverage",))


def vip_check(
    rows: Any,
    *,
    key: str,
    traits: Items = VIP_TRAITS,
    weights: Weights = None,
    least: int = 4,
    holds: float = 0.5,
) -> VipCheck:
    """Say who is a VIP customer by five questions, of which the one about revenue must hold.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
    traits : list of str, or dict of str to str
        Columns with the answers, true or false or a number from 0 to 1, or trait → column.
        Default: columns `goals`, `revenue`, `loss`, `relation`, `ablest`
        (``reference("vip_traits")``). One trait must be `revenue`.
    weights : dict, or list in the order of the traits, optional
        How much each counts in `score`. Default: all alike.
    least : int, default 4
        How many traits must hold. Ours.
    holds : float, default 0.5
        From this answer on a trait holds. Ours.

    Returns
    -------
    VipCheck
        `.table`, `.card`.

    Raises
    ------
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a key is missing or there twice, or an answer is not between 0 and 1.
    ParameterError
        If there is no trait `revenue`, or another argument makes no sense.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({
    ...     "account": ["A", "B"], "goals": [1, 1], "revenue": [1, 0], "loss": [1, 1],
    ...     "relation": [1, 1], "ablest": [0, 1],
    ... })
    >>> ka.segmentation.vip_check(answers, key="account").table["vip"].tolist()
    ['yes', 'no']
    """
    card = scorecard(rows, key=key, items=columns_of("traits", traits), weights=weights)
    names = [*card.weights]
    if "revenue" not in names:
        raise ParameterError(f"traits={traits!r}: one trait must be 'revenue'")
    needed = checks.whole("least", least, least=1)
    limit = round(checks.fraction("holds", holds), 12)
    parts = card.parts.round(12)
    met = [[name, ">=", limit] for name in names]
    rule = {
        "id": "vip",
        "all": [met[names.index("revenue")], {"at_least": {"k": needed, "of": met}}],
    }
    found = decide(dict(zip(names, parts.T, strict=True)), rule)
    held, coverage = (np.nan_to_num(parts) >= limit).sum(axis=1), card.columns["coverage"]
    vip = frames.Words(ANSWERS, found.answers[0])
    return VipCheck(
        card.rows.answer(traits=held, score=card.scores, coverage=coverage, vip=vip), card
    )


def loss_impact(revenue_share: Any, months_to_replace: Any) -> Any:
    """Say what losing a customer would cost, as a share of a year's revenue.

    Parameters
    ----------
    revenue_share : float, or a column of them
        Share of the yearly revenue that comes from this customer.
    months_to_replace : float, or a column of them
        How long it would take until others bring as much.

    Returns
    -------
    float, or a column
        Share × months ÷ 12: as if nothing came until the replacement is there, and all at once
        then. Above the share itself if it takes more than a year. A column if one of the two is
        one, a pandas series beside a pandas series and an array else; missing where either is.

    Raises
    ------
    ParameterError
        If a share is none, months are negative, or two columns do not have the same rows.

    Examples
    --------
    >>> ka.segmentation.loss_impact(0.18, 8)
    0.12
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"share": [0.18, 0.03], "months": [8, 4]})
    >>> ka.segmentation.loss_impact(accounts["share"], accounts["months"]).tolist()
    [0.12, 0.01]
    """
    given = (revenue_share, months_to_replace)
    index = [column.index for column in given if isinstance(column, pd.Series)]
    if len(index) == 2 and not index[0].equals(index[1]):
        raise ParameterError("the two columns have different rows: take both from one table")
    share = _numbers("revenue_share", revenue_share, 1.0, "a share from 0 to 1, 0.25 for 25 %")
    months = _numbers("months_to_replace", months_to_replace, np.inf, "months, 0 or more")
    if share.ndim and months.ndim and share.size != months.size:
        raise ParameterError(
            f"{share.size} shares and {months.size} months: give as many of one as of the other"
        )
    loss = np.round(share * months / 12, 12)
    if not loss.ndim:
        return float(loss)
    return pd.Series(loss, index=index[0]) if index else loss


def _numbers(name: str, values: Any, high: float, wanted: str) -> frames.Floats:
    """Return a number or a column of numbers from 0 to `high`; some may be missing."""
    given = np.asarray(values, dtype=object)
    try:
        found = pd.Series(given.ravel()).to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} holds other things than numbers: convert it first") from None
    wrong = np.flatnonzero((found < 0) | (found > high) | np.isinf(found))
    if wrong.size:
        where = f" in row {wrong[0]} (counting from 0)" if given.ndim else ""
        raise ParameterError(f"{name}={found[wrong[0]]:zg}{where}: give {wanted}")
    return found.reshape(given.shape)


def buying_traits(
    rows: Any,
    *,
    key: str,
    traits: Items = BUYING_TRAITS,
    weights: Weights = None,
    scale: Scale = (0, 1),
) -> Scorecard:
    """Say how much a customer buys the way key accounts do.

    It tells what serving the customer will demand, not what the customer is worth.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
    traits : list of str, or dict of str to str
        Columns with the answers, or trait → column. Default: the nine of
        ``reference("buying_traits")``.
    weights : dict, or list in the order of the traits, optional
        How much each counts. Default: all alike.
    scale : pair of float, default (0, 1)
        Lowest and highest answer; truth values fit any scale.

    Returns
    -------
    Scorecard
        As :func:`keyaccounts.patterns.scorecard.scorecard`.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key is missing or there twice, or an answer is not on the scale.
    ParameterError
        If weights or scale do not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"account": ["A"], "contract": [True], "people": [False]})
    >>> ka.segmentation.buying_traits(answers, key="account",
    ...               traits={"long_term": "contract", "buying_body": "people"}).scores
    array([0.5])
    """
    columns = columns_of("traits", traits)
    return scorecard(rows, key=key, items=columns, weights=weights, scale=scale)
