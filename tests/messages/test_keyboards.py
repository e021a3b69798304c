"""Buttons in rows."""

import pytest

from domain.text import Button, ButtonStyle
from messages import keyboards
from messages.catalogue import Catalogue


@pytest.fixture(scope="module")
def words():
    return Catalogue()


def buttons(count, label="项"):
    return [keyboards.button(f"{label}{number}", f"c:{number}") for number in range(count)]


def labels(rows):
    return [[one.label for one in row] for row in rows]


def test_a_long_label_is_put_on_one_line_and_cut():
    one = keyboards.button("上坞村\n" + "山" * 100, "a")
    assert (len(one.label), one.label[:5], one.label[-1]) == (64, "上坞村 山", "…")
    assert keyboards.link("看", "https://example.org") == Button("看", url="https://example.org")


def test_buttons_keep_their_order_in_rows():
    assert labels(keyboards.in_rows(buttons(5), 2)) == [["项0", "项1"], ["项2", "项3"], ["项4"]]
    assert keyboards.in_rows([], 3) == ()


@pytest.mark.parametrize("per_row", [0, 9])
def test_a_row_has_one_to_eight_buttons(per_row):
    with pytest.raises(ValueError, match="1 to 8"):
        keyboards.in_rows(buttons(2), per_row)


def test_more_than_a_hundred_buttons_are_refused():
    assert sum(map(len, keyboards.in_rows(buttons(100), 8))) == 100
    with pytest.raises(ValueError, match=r"keyboards\.page"):
        keyboards.in_rows(buttons(101), 8)
    with pytest.raises(ValueError, match=r"keyboards\.page"):
        keyboards.stacked(keyboards.in_rows(buttons(60)), keyboards.in_rows(buttons(60)))


def test_short_choices_share_a_row_and_long_ones_do_not():
    assert len(keyboards.flowing([keyboards.button("是", "y"), keyboards.button("否", "n")])) == 1
    assert len(keyboards.flowing(buttons(3, "山塘水库屋顶山塘堤防"))) == 3
    assert max(map(len, keyboards.flowing(buttons(20, "")))) <= 8


def test_blocks_stand_under_each_other_and_empty_ones_take_no_room():
    one, two = buttons(2)
    assert keyboards.stacked(one, None, (), [two], ((one, two), ())) == ((one,), (two,), (one, two))


def test_furniture_shows_only_what_can_be_done(words):
    row = keyboards.furniture(words, "zh", back="f:1:b", cancel="f:1:x")
    assert [(one.label, one.data) for one in row[0]] == [("上一步", "f:1:b"), ("取消", "f:1:x")]
    assert keyboards.furniture(words, "zh") == ()


def test_the_review_has_its_confirmation_alone_and_green(words):
    rows = keyboards.review(words, "en", confirm="f:2:ok", edit="f:2:e", cancel="f:2:x")
    assert labels(rows) == [["Confirm and send"], ["Change", "Cancel"]]
    assert rows[0][0].style is ButtonStyle.SUCCESS


@pytest.mark.parametrize(
    ("number", "shown", "turns"),
    [
        (0, ["项0", "项1"], [("下一页", "p:1")]),
        (1, ["项2", "项3"], [("上一页", "p:0"), ("下一页", "p:2")]),
        (2, ["项4"], [("上一页", "p:1")]),
        (9, ["项4"], [("上一页", "p:1")]),
        (-1, ["项0", "项1"], [("下一页", "p:1")]),
    ],
)
def test_long_choices_are_turned_page_by_page(words, number, shown, turns):
    rows = keyboards.page(words, "zh", buttons(5), number=number, size=2, turn="p:{}")
    assert [row[0].label for row in rows[:-1]] == shown
    assert [(one.label, one.data) for one in rows[-1]] == turns


def test_a_choice_that_fits_one_page_has_nothing_to_turn(words):
    assert labels(keyboards.page(words, "zh", buttons(2), number=0, size=2, turn="p:{}")) == [["项0"], ["项1"]]
