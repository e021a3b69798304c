"""Several points in one answer, as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.patrol_answers import read_several
from domain.patrols import Finding, Hindrance

NAMES = ("岭头山塘", "上坞后山", "溪口堤防")
N, A, U = Finding.NORMAL, Finding.ABNORMAL, Finding.UNABLE


def read(text: str) -> dict[int, Finding] | None:
    found = read_several(text, NAMES)
    return None if found is None else {at: said.finding for at, said in found}


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("都正常", {0: N, 1: N, 2: N}),
        ("all normal", {0: N, 1: N, 2: N}),
        ("1 normal, 2 abnormal", {0: N, 1: A}),
        ("全部正常。", {0: N, 1: N, 2: N}),
        ("1 3 正常,2 有异常", {0: N, 2: N, 1: A}),
        ("1、3正常，2有异常", {0: N, 2: N, 1: A}),
        ("1 3正常 2有异常", {0: N, 2: N, 1: A}),
        ("2有异常，其他正常", {1: A, 0: N, 2: N}),
        ("岭头山塘正常", {0: N}),
        ("岭头正常，上坞后山看不准", {0: N, 1: A}),
        ("山塘正常，堤防有异常", {0: N, 2: A}),
        ("1没啥问题，2没有问题", {0: N, 1: N}),
        ("3 去不了 路断", {2: U}),
        ("2不正常", {1: A}),
    ],
)
def test_points_are_named_by_number_or_name(text, how):
    assert read(text) == how


@pytest.mark.parametrize("text", ["1", "2", "1 3", "4 正常", "1 正常，1 有异常", "哈哈", "正常", ""])
def test_what_is_not_clear_is_not_guessed(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "which"), [("山塘正常", None), ("山塘一正常", {0: N}), ("大山塘正常", {1: N}), ("山正常", None)]
)
def test_a_part_of_a_name_counts_where_only_one_point_has_it(text, which):
    found = read_several(text, ("山塘一", "大山塘", "山塘二"))
    assert (found and {at: said.finding for at, said in found}) == which


def test_the_reason_and_other_words_stay_with_their_point():
    found = dict(read_several("1 正常 水位31.2，3 去不了 路断", NAMES) or ())
    assert found[0].words == "水位31.2"
    assert found[2].hindrance is Hindrance.ROAD


@given(st.text(max_size=130))
def test_nothing_anybody_types_breaks_the_reader(text):
    read_several(text, NAMES)
