"""Rates, by their dots and intervals."""

from __future__ import annotations

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts.errors import ColumnError, DataError

pytest.importorskip("matplotlib")


def test_rates_draw_rate_interval_and_average() -> None:
    won = pd.DataFrame({"channel": ["fair"] * 4 + ["phone"] * 6, "won": [1, 1, 0, 0] + [0] * 6})
    table = ka.patterns.rates.by_group(won, group="channel", success="won")
    ax = ka.plots.rates(table, group="channel", title="Fairs win", average=0.2)
    (dots,) = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert dots.get_xdata() == pytest.approx([0.0, 0.5])
    ends = [segment[:, 0] for segment in ax.collections[0].get_segments()]
    expected = [ka.patterns.rates.wilson_interval(0, 6), ka.patterns.rates.wilson_interval(2, 4)]
    assert np.array(ends) == pytest.approx(np.array(expected))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["phone", "fair"]
    assert {t.get_text() for t in ax.texts} == {"50 % of 4", "0 % of 6", "all: 20 %"}
    assert ax.get_xlim()[0] == 0


def test_rates_of_numbers_have_the_highest_on_top_and_high_ones_their_own_axis() -> None:
    table = pd.DataFrame(
        {"score": [1, 2, 3], "rate": [0.6, 0.7, 0.8], "low": [0.55, 0.6, 0.7], "high": 0.9}
    )
    ax = ka.plots.rates(table, group="score", title="More come back")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["1", "2", "3"]
    assert ax.get_xlim() == pytest.approx((0.5, 0.936))
    assert [t.get_text() for t in ax.texts] == ["60 %", "70 %", "80 %"], "of how many is not known"
    assert ka.plots.rates(table, group="score", title="", average=0.3).get_xlim()[0] == 0


def test_rates_of_no_groups_and_of_a_wrong_column() -> None:
    table = pd.DataFrame({"channel": [], "rate": [], "low": [], "high": []})
    with pytest.raises(DataError, match="no groups"):
        ka.plots.rates(table, group="channel", title="")
    with pytest.raises(ColumnError, match="no column 'channels'"):
        ka.plots.rates(table, group="channels", title="")
