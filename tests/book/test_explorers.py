"""What the explorers of the pages show, in each place of their controls, worked out in other ways.

Nothing is run: a page is committed with every state, and every run of it is compared with that.
"""

import json
import math
import re
from functools import cache
from html import unescape
from itertools import product

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from notebooks import NAMES, code_cells
from test_page_limits import KEPT

ROOM = "3-segmentation/"


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@cache
def explorers(page):
    """Return of each explorer of a page: label → texts, where it starts, and its states."""
    found = []
    for cell in code_cells(page):
        html = "".join("".join(o["data"].get("text/html", "")) for o in cell["outputs"])
        if 'class="ka-explorer"' not in html:
            continue
        controls, start = {}, []
        for label in re.findall(r"<label>(.*?)</label>", html.split('class="ka-finding"')[0]):
            name = words(label.split("<", 1)[0])
            texts = re.search(r'data-texts="(.*?)"', label)
            chosen = re.search(r' value="(\d+)"', label)
            options = re.findall(r"<option( selected)?>(.*?)</option>", label)
            controls[name] = (
                json.loads(unescape(texts[1])) if texts else [words(text) for _, text in options]
            )
            start.append(int(chosen[1]) if chosen else [bool(on) for on, _ in options].index(True))
        data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])
        states = [(finding, words(table)) for finding, _, table in data["states"]]
        places = product(*(range(len(texts)) for texts in controls.values()))
        found.append((controls, tuple(start), dict(zip(places, states, strict=True))))
    return found


def only(page):
    (found,) = explorers(f"{ROOM}{page}.ipynb")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_page_starts_where_the_explorer_does(name):
    """What a reader sees first is one of the states, and moving something changes something."""
    for controls, start, states in explorers(name):
        assert states[start][0]
        assert len({*states.values()}) > len(states) / 4
        assert all(len({*texts}) == len(texts) >= 2 for texts in controls.values())


@pytest.mark.parametrize("name", KEPT)
def test_a_slider_has_stops_and_a_page_few_states(name):
    """A choice of two is no slider, and what a page holds has to be downloaded."""
    for cell in code_cells(name):
        html = "".join("".join(o["data"].get("text/html", "")) for o in cell["outputs"])
        stops = [json.loads(unescape(texts)) for texts in re.findall(r'data-texts="(.*?)"', html)]
        assert all(len(texts) >= 3 for texts in stops), stops
    assert sum(len(states) for _, _, states in explorers(name)) <= 72


def test_capacity_in_every_state():
    """Where platinum ends, by sorting; who is last inside and who just misses it."""
    controls, start, states = only("pyramid")
    rows = ka.datasets.load("accounts").query("year == 2026 and orders > 0")
    for place, (finding, table) in states.items():
        by, people, each = (t[i] for i, t in zip(place, controls.values(), strict=True))
        ranked = rows.sort_values([by, "customer_id"], ascending=[False, True])
        places = int(people) * int(each)
        share = ranked[by].head(places).sum() / ranked[by].sum()
        assert finding == f"{places} in platinum bring {100 * share:.0f} % of the {by}"
        edge = ranked.iloc[places - 1 : places + 1].fillna({"name": "without a name"})
        for who, row in (("last inside", edge.iloc[0]), ("first outside", edge.iloc[1])):
            assert f"{who} {row['name']}, {row[by]:,.0f} yuan" in table
        lowest = "none" if by != "profit" else "Marbled Compass, Borrowed Pumpkin"
        assert f"of the eight in lead {lowest}" in table
    assert states[start][0].startswith("78 ")  # the platinum of the page


def said_times(text, first):
    """How many times more the first of two counts, read from the words of the control."""
    if text == "both alike":
        return 1.0
    who, times, _ = text.split()
    return float(times) if who == first else 1 / float(times)


def test_ahp_in_every_state():
    controls, start, states = only("grade")
    assert states[start][0] == "Profit counts most, 64 %, and the answers agree"  # Saaty's example
    for place, (finding, table) in states.items():
        a, b, c = (
            said_times(texts[i], label.split(" or ")[0])
            for i, (label, texts) in zip(place, controls.items(), strict=True)
        )
        # the eigenvalue of three criteria by formula
        t = (a * c / b) ** (1 / 3)
        ratio = (1 + t + 1 / t - 3) / 2 / 0.58
        assert f"Consistency ratio {ratio:.2f}" in table
        assert ("disagree" in finding) == (ratio >= 0.10) == ("too high" in table)
        # the weights of three criteria are the geometric means of the rows
        weights = np.array([(a * b) ** (1 / 3), (c / a) ** (1 / 3), (1 / (b * c)) ** (1 / 3)])
        if ratio < 0.10:
            assert f"{100 * max(weights) / sum(weights):.0f} %" in finding


def test_who_stayed_by_every_rule():
    """The share that stayed and the names of the lost, from the log of orders by sets."""
    controls, start, states = only("is-it-working")
    cards = ka.datasets.load("organizations").set_index("customer_id")
    jobs = ka.datasets.load("orders").query("amount > 0")
    jobs = jobs[jobs["customer_id"].isin(cards.index)]
    day, who = jobs["order_date"], jobs["customer_id"]
    halves = {"2024 Jul": "2024-07-01", "2025 Jan": "2025-01-01", "2025 Jul": "2025-07-01"}
    halves |= {"2026 Jan": "2026-01-01"}
    for place, (finding, table) in states.items():
        half, days = (t[i] for i, t in zip(place, controls.values(), strict=True))
        first = pd.Timestamp(halves[half[:8]])
        last = first + pd.DateOffset(months=6) - pd.Timedelta(days=1)
        since = first - pd.Timedelta(days=int(days.split()[0]))
        there = {*who[day.between(since, first - pd.Timedelta(days=1))]}
        lost = there - {*who[day.between(first, last)]}
        kept = len(there) - len(lost)
        assert f"{kept} of {len(there)} stayed, {100 * kept / len(there):.0f} %" in finding
        assert table.startswith(f"The {len(lost)} lost of {half}")
        names = [cards["name"][c] for c in lost if isinstance(cards["name"][c], str)]
        shown = sum(" ".join(name.split()[:2]) in table for name in names)
        assert shown >= min(len(names), 7)
    assert "127 of 139" in states[start][0]


def test_hours_in_every_state():
    controls, start, states = only("hours")
    heads = np.array([10, 30, 60])
    for place, (finding, table) in states.items():
        vip, ordinary, worth = (
            float(texts[i].split()[0]) for i, texts in zip(place, controls.values(), strict=True)
        )
        shares = np.array([vip, ordinary, 100 - vip - ordinary]) / 100
        value = np.array([worth, worth**0.5, 1])
        each = 1000 * shares / heads
        # Σ n w √h is largest where h goes as w², and is then √(H Σ n w²).
        brings = (heads * value * np.sqrt(each)).sum() / math.sqrt(1000 * (heads * value**2).sum())
        said = int(re.search(r"brings (\d+) %", finding)[1])
        assert said <= 100 * brings + 1e-6 < said + 1
        best = 1000 * value**2 / (heads * value**2).sum()
        for tier, set_, fits in zip(("vip", "ordinary", "prospect"), each, best, strict=True):
            now, then = re.search(rf"{tier} ([\d.]+) ([\d.]+)", table).groups()
            assert (float(now), float(then)) == pytest.approx((set_, fits), abs=0.051)
    assert "100 %" in states[start][0]


@cache
def driven(day):
    """Score the company's drivers by hand, and say who came back within 13 weeks."""
    jobs, now = ka.datasets.load("orders"), pd.Timestamp(day)
    jobs = jobs[jobs["customer_id"].str.startswith("I")]
    days = jobs.groupby(["customer_id", "order_date"])["amount"].sum().reset_index()
    weeks = days["order_date"].between(now, now + pd.Timedelta(weeks=13), inclusive="right")
    back = days.loc[weeks & (days["amount"] >= 0), "customer_id"]
    days = days[days["order_date"] <= now]
    each = days[days["amount"] >= 0].groupby("customer_id")["order_date"].agg(last="max", f="size")
    each["m"] = days.groupby("customer_id")["amount"].sum()
    each["r"] = -(now - each["last"]).dt.days
    cuts = {c: np.quantile(each[c], np.arange(1, 5) / 5) for c in "rfm"}
    for c in "fm":
        each[f"{c}_score"] = 1 + (each[c].to_numpy()[:, None] > cuts[c]).sum(axis=1)
    each["r_score"] = 1 + (each["r"].to_numpy()[:, None] >= cuts["r"]).sum(axis=1)
    each["sum"] = each[["r_score", "f_score", "m_score"]].sum(axis=1)
    return each.assign(back=each.index.isin(back))


def test_the_first_hundred_by_hand():
    controls, _, states = only("rfm")
    order = {
        "r, f and m": ["sum", "r_score", "m_score", "m"],
        "orders alone": ["f", "m"],
        "recency alone": ["r", "m"],
        "revenue alone": ["m"],
    }
    found = {}
    for place, (finding, table) in states.items():
        day, rule = (texts[i] for i, texts in zip(place, controls.values(), strict=True))
        each = driven(day)
        best = each.sort_values(order[rule], ascending=False).head(100)
        found.setdefault(day, []).append(best["back"].sum())
        assert finding == f"Of the first 100, {best['back'].sum()} came back"
        assert f"{'yes' if best['back'].iloc[0] else 'no'}" in table
    assert len(found) == 13
    # the page's answer: all three lead in ten months, by 2 fewer to 9 more; orders come second
    leads = [back[0] - back[1] for back in found.values()]
    assert sum(lead > 0 for lead in leads) == 10
    assert (min(leads), max(leads)) == (-2, 9)
    assert all(back[1] > max(back[2:]) for back in found.values())
    assert found["2025-06-30"][0] < found["2025-06-30"][1]


def test_the_mailing_in_every_state():
    """What to expect is learned from odd numbers; the gain is counted on even ones."""
    donors = ka.datasets.load("charity_mailing")
    scores = ka.segmentation.rfm_scores(
        donors,
        customer="donor_id",
        recency="weeks_since_response",
        frequency="response_rate",
        monetary="last_gift",
    ).table
    odd = (donors["donor_id"] % 2 == 1).to_numpy()
    gifts = donors["gift"].to_numpy()
    ways = dict(zip(("all", "weeks", "share", "last"), ("score", "r", "f", "m"), strict=True))
    controls, _, states = only("one-list-or-two")
    gain_at = {}
    for place, (finding, table) in states.items():
        cost, fact = (texts[i] for i, texts in zip(place, controls.values(), strict=True))
        price, score = float(cost.split()[0]), scores[ways[fact.split()[0]]].to_numpy()
        low = [s for s in np.unique(score) if gifts[odd & (score == s)].mean() <= price]
        lost = price - gifts[~odd & np.isin(score, low)]
        assert f"scores left out {', '.join(map(str, low)) or 'none'} letters sent" in table
        assert f"left out {len(lost):,} left over" in table
        assert f"left over if all get one {gifts[~odd].sum() - price * (~odd).sum():,.0f}" in (
            table.replace("\u2212", "-")
        )
        gain_at[price, fact] = lost.sum()
        if low:
            doubt = 1.96 * lost.std(ddof=1) * len(lost) ** 0.5
            does = "gains" if lost.sum() >= 0 else "loses"
            said = f"Choosing {does} {abs(lost.sum()):,.0f} guilders, give or take {doubt:,.0f}"
            assert finding == said
            gain_at[price, fact, "doubt"] = doubt
        else:
            assert finding == "Every group gets a letter"
    # the page's answer
    assert [round(gain_at[4, fact]) for fact in list(controls.values())[1]] == [
        1826,
        1286,
        896,
        561,
    ]
    sure = [p for p in (1, 1.5, 2) if gain_at[p, "all three"] > gain_at[p, "all three", "doubt"]]
    assert sure == [2]


def test_other_rules_name_other_accounts():
    """The title adds up what the table lists; by one fact, the first of a plain ranking."""
    controls, start, states = only("your-own-grading")
    company = ka.datasets.simulate(66, size="small")
    second = [("O0038", "O0024"), ("O0040", "O0027"), ("O0041", "O0023")]
    second += [("O0043", "O0004"), ("O0063", "O0045")]
    company["truth_duplicates"] = pd.DataFrame(second, columns=["customer_id", "same_as"])
    year = ka.accounts("2025-01-01", "2025-12-31", company, one_card=True)
    year = year.query("kind == 'organization' and orders > 0")
    half = ka.accounts("2026-01-01", "2026-06-30", company, one_card=True)
    left = half.set_index("customer_id")["profit"]
    for place, (finding, table) in states.items():
        rule, places, loss = (t[i] for i, t in zip(place, controls.values(), strict=True))
        named = year[[name in table for name in year["name"]]]
        assert len(named) == int(places)
        said = int(re.search(r"left (−?-?[\d,]+) yuan", finding)[1].replace(",", ""))
        assert said == round(left[named["customer_id"]].sum())
        able = year if loss == "may be A" else year.query("profit > 0")
        assert {*named["customer_id"]} <= {*able["customer_id"]}
        if fact := {"profit": "profit", "order value": "revenue"}.get(rule):
            assert {*named["customer_id"]} == {*able.nlargest(int(places), fact)["customer_id"]}
    assert "25,869" in states[start][0]


def test_borders_of_potential_choose_the_names():
    controls, start, states = only("ten-names")
    firms = ka.accounts("2025-07-01", "2026-06-30", one_card=True)
    firms = firms[(firms["kind"] == "organization") & firms["business_volume"].notna()]
    running, ordered = firms["contract"] == "running", firms["orders"] > 0
    for place, (finding, table) in states.items():
        high = 1000 * int(next(iter(controls.values()))[place[0]].split()[0])
        much = firms["business_volume"] >= high
        locked, away = (much & running).sum(), (much & ~running & ~ordered).sum()
        assert finding == f"{locked} to lock in, {away} to win over"
        assert f"The {locked + away} names" in table
    assert states[start][0] == "15 to lock in, 5 to win over"


@cache
def organizations():
    """Return the organizations that ordered in the last business year, by number."""
    table = ka.datasets.load("accounts")
    ordered = (table["year"] == 2026) & (table["orders"] > 0)
    return table[ordered & (table["kind"] == "organization")].set_index("customer_id")


def test_the_top_is_added_up():
    controls, start, states = only("who-carries-the-business")
    counted, tops = controls.values()
    firms = organizations()
    for (i, j), (finding, table) in states.items():
        amounts = firms[counted[i]].sort_values(ascending=False)
        count = -(-int(tops[j].split()[0]) * len(firms) // 100)
        share = 100 * amounts.iloc[:count].sum() / amounts.sum()
        assert f" {share:.0f} % of the {counted[i]}" in finding
        assert finding.startswith(f"The top {tops[j]} ")
        assert f"The {count} first of {len(firms)} organizations" in table
        assert firms.loc[amounts.index[0], "name"] in table  # the first is always there
    assert states[start][0] == "The top 20 % bring 55 % of the revenue"


def test_the_tail_is_arithmetic():
    controls, _, states = only("whale-curve")
    actions, worst = controls.values()
    firms = organizations()
    costs = firms["cost_to_serve"] + firms["displaced_work"]
    net = (firms["margin"] - costs).sort_values()
    for (i, j), (finding, table) in states.items():
        concerned = net.index[: int(worst[j].split()[0])]
        told = re.search(r"([+\d/]+) (?:%|of the cost)", actions[i])
        if actions[i] == "leave them":
            change = -net[concerned]
        elif "prices" in actions[i]:
            change = firms.loc[concerned, "revenue"] * int(re.search(r"\d+", told[0])[0]) / 100
        else:
            change = costs[concerned] * (0.25 if told and told[1] == "3/4" else 0.5)
        assert finding == f"What is left moves by {100 * change.sum() / net.sum():+.1f} %"
        rows = table.split(" after ", 1)[1]
        named = firms.loc[concerned, "name"].dropna()
        assert [rows.index(n) for n in named] == sorted(rows.index(n) for n in named)
        last = concerned[-1]
        after = 0 if actions[i] == "leave them" else net[last] + change[last]
        assert rows.endswith(ka.tables.number(after))


def test_harder_borders_leave_fewer():
    """Counted again by the columns, without the six questions."""
    controls, start, states = only("who-is-a-customer")
    drivers = ka.datasets.load("individuals").query("special_circumstances == 'moving soon'")
    cards = ka.datasets.load("accounts").query("year == 2026").fillna({"name": "?"})
    moving = cards["customer_id"].isin(drivers["customer_id"])
    asked = cards[cards["last_order"].notna() & (~moving | (cards["orders"] > 0))]
    often, by_what = controls.values()
    for (one, other), (finding, table) in states.items():
        regular = asked[asked["orders"] >= int(often[one].split()[0])]
        border, unit = re.fullmatch(r"([\d,]+) (vehicles|yuan a year)", by_what[other]).groups()
        of = regular["vehicles" if unit == "vehicles" else "revenue"]
        left = regular[of.ge(int(border.replace(",", ""))).fillna(False)]
        assert finding == f"Of 3,418 customers {len(left)} remain after 6 questions"
        assert f"customers remaining {len(left)} " in table
        share = 100 * left["revenue"].sum() / cards["revenue"].sum()
        assert f"share of revenue {share:.0f} %" in table
        assert f"set aside as unknown {of.isna().sum()} " in table
        out = cards.drop(left.index).drop(regular.index[of.isna()])
        for words_, rows in (("largest left out", out), ("smallest on it", left)):
            row = rows.loc[rows["revenue"].idxmax() if rows is out else rows["revenue"].idxmin()]
            assert f"{words_} {row['name']}, {row['revenue']:,.0f} yuan" in table
    assert "customers remaining 160 " in states[start][1]


def test_letters_in_every_state():
    controls, start, states = only("four-steps")
    apart = ka.datasets.load("accounts").query("year == 2026")
    joined = ka.accounts("2025-07-01", "2026-06-30", one_card=True)
    for (one, other, way), (finding, table) in states.items():
        measure, end, cards = (
            texts[i] for i, texts in zip((one, other, way), controls.values(), strict=True)
        )
        rows = apart if cards == "apart" else joined
        rows = rows.query("kind == 'organization' and orders > 0")
        kept = sorted(value for value in rows[measure] if value >= 0)[::-1]
        behind = np.cumsum(kept) / np.sum(kept)
        a = 1 + sum(behind < float(end.split()[0]) / 100 - 1e-12)
        assert finding == f"Class A: {a} names, by {measure}"
        assert f"class A {a} of {len(rows)}" in table
    assert states[start][1].endswith("lose the A – gain the A –")


def test_key_market_customers_are_counted_again():
    """By quantiles of pandas instead of the toolkit's ranks."""
    controls, start, states = only("which-accounts-are-key")
    meanings, heights = controls.values()
    year = ka.datasets.load("accounts").query("year == 2026 and orders > 0")
    referrals = ka.datasets.load("referrals")
    brought = year["customer_id"].isin(referrals.loc[referrals["converted"], "referrer_id"])
    runs = year["contract"] == "running"
    said = {
        "a running contract": (runs, ~runs),
        "contract and growth": (runs & (year["growth_rate"] >= 0.05), year["growth_rate"] < 0.05),
        "contract and outlook": (
            runs & (year["outlook"] >= 4).fillna(False),
            (year["outlook"] < 4).fillna(False),
        ),
        "has brought others": (brought, ~brought),
    }
    stays = {}
    for (i, j), (finding, table) in states.items():
        high = int(heights[j].split()[0]) / 100
        main = year["revenue"].ge(year["revenue"].quantile(high))
        main &= year["margin"].ge(year["margin"].quantile(high))
        yes, no = said[meanings[i]]
        contract = runs | (meanings[i] == "has brought others")
        named, open_ = year[main & yes], (main & contract & ~yes & ~no).sum()
        drivers = (named["kind"] == "individual").sum()
        assert finding == f"{len(named)} key market customers, {drivers} of them drivers"
        assert f"{open_} are unknown" in table
        assert all(name in table for name in named.nlargest(3, "revenue")["name"])
        assert drivers == (len(named) if meanings[i] == "has brought others" else 0)
        if "contract" in meanings[i]:
            stays[i, j] = {*named["name"]}
    # the page's answer
    always = {"Borrowed Pumpkin", "Inkblot Badger", "Untied Gecko", "Inkblot Acorn"}
    assert all(always <= names for names in stays.values())
    assert states[start][0] == "27 key market customers, 0 of them drivers"


def test_kaism_with_other_weights_and_cuts():
    """A higher cut lets accounts out and none in; the page's answer."""
    controls, start, states = only("kaism")
    first, second, cuts = controls.values()
    assert (first[1:], second[1:], cuts) == (
        ["vehicles", "growth", "outlook"],
        ["survey"],
        ["4", "5", "6"],
    )
    counts = {}
    for place, (finding, table) in states.items():
        counts[place] = tuple(map(int, re.findall(r"\d+", finding)))
        now, entered, left = counts[place]
        assert now == 17 + entered - left
        assert "Borrowed Pumpkin" not in table  # key in every setting
    for i, j in product(range(4), range(2)):
        assert counts[i, j, 0][0] > counts[i, j, 1][0] > counts[i, j, 2][0]
    assert counts[start] == (17, 0, 0)
    assert [counts[i, 0, 1] for i in (1, 2, 3)] == [(14, 0, 3), (18, 1, 0), (15, 0, 2)]
    assert [counts[0, j, 2] for j in (0, 1)] == [(10, 0, 7), (9, 0, 8)]
