"""Names that are nobody's: enough of them, each once, with numbers and mail that reach nobody."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from keyaccounts.errors import ParameterError
from keyaccounts.world import names
from keyaccounts.world.draws import Draws


def test_firms_are_enough_and_each_once() -> None:
    brand = names.brands(1600, Draws(7, "firms"))  # 40 first parts times 40 second ones
    assert not brand.duplicated("brand").any()
    assert not brand.duplicated("chinese_brand").any()
    with pytest.raises(ParameterError, match="count=1601: the catalog makes only 1,600 names"):
        names.brands(1601, Draws(7, "firms"))


def test_every_person_has_a_name_of_their_own_in_both_scripts() -> None:
    size = 46 * 24 * 24
    people = names.person_names(names.persons(size, Draws(7, "people")))
    assert not people.duplicated("name").any()
    assert not people.duplicated("chinese_name").any()
    with pytest.raises(ParameterError, match="26,496"):
        names.persons(size + 1, Draws(7, "people"))


def test_a_firm_by_hand() -> None:
    industry = [i["id"] for i in names.catalog()["industry"]]
    brand = names.brands(3, Draws(7, "firms")).assign(
        brand="Sleepy Teapot", chinese_brand="瞌睡茶壶"
    )
    firms = names.firms(brand, np.array([industry.index(i) for i in ("food", "water", "parks")]))
    assert firms["name"].tolist() == [
        "Sleepy Teapot Foods Co., Ltd.",
        "Sleepy Teapot Water Works Group Co., Ltd.",
        "Sleepy Teapot Parks Office",
    ]
    assert firms["chinese_name"].tolist() == [
        "瞌睡茶壶食品有限公司",
        "瞌睡茶壶水务集团有限公司",
        "瞌睡茶壶园林处",
    ]
    assert firms["email"][1] == "office@sleepyteapot-waterworks.example"


def test_names_are_in_the_scripts_they_say() -> None:
    catalog = names.catalog()
    lists = ("brand_first", "brand_second", "family", "given_first", "given_second")
    pairs = [pair for part in lists for pair in catalog[part]]
    pairs += [pair for role in catalog["titles"].values() for pair in role]
    for english, chinese in pairs:
        assert re.fullmatch(r"[A-Za-z ]+", english)
        assert all("CJK UNIFIED" in unicodedata.name(letter) for letter in chinese)


@pytest.mark.parametrize("form", names.PHONE_FORMS)
def test_no_phone_number_can_be_dialed_and_all_forms_have_the_same_digits(form: str) -> None:
    # No country code begins with 0 (E.164), and no area code of any plan is 000.
    phones = names.phones(3500, Draws(7, "phones"))
    assert len(set(phones)) == 3500
    for phone in phones:
        text = unicodedata.normalize("NFKC", names.written(phone, form))
        assert re.fullmatch(r"000555\d{5}", re.sub(r"\D", "", text))
        assert names.dashed(names.written(phone, form)) == phone


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ParameterError, match="'full_width'"):
        names.written("000-5550-1234", "roman")


def test_mail_goes_to_reserved_domains_only() -> None:
    people = names.person_names(names.persons(500, Draws(7, "people")))
    mails = names.mails(people["name"], Draws(7, "mail"))
    assert mails.str.fullmatch(r"[a-z]+\.[a-z]+@example\.(com|net|org)").all()


def test_a_street_is_in_one_district() -> None:
    streets = [street for district in names.catalog()["streets"] for street in district]
    assert len(set(streets)) == len(streets) == 36
    district = np.repeat(np.arange(6), 50)
    for number, address in zip(district, names.addresses(district, Draws(7, "a")), strict=True):
        house, street = address.split(" ", 1)
        assert 1 <= int(house) <= 180
        assert street in names.catalog()["streets"][number]
