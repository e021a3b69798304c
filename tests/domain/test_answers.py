"""What people type for a choice, a yes, an acknowledgement; and what only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.answers import (
    YES_NO,
    Choice,
    choice_named,
    is_only_received,
    is_received,
    read_choice,
    read_choices,
    read_control,
    read_edit,
    read_yes_no,
)


def cut(line: str) -> list[str]:
    return line.split("|")


def labelled(line: str) -> tuple[Choice, ...]:
    """Choices p1, p2 … with these labels."""
    return tuple(Choice(f"p{n}", label) for n, label in enumerate(cut(line), 1))


STATE = (
    Choice("ok", "正常", ("好", "没事", "没异常")),
    Choice("bad", "有异常", ("异常", "有")),
    Choice("no", "去不了"),
)
DUE = labelled("即时|3天|7天|15天|30天")
SIGNS = labelled(
    "坝顶裂缝/塌坑|上游坡凹陷隆起|下游坡散浸/冒水/渗水|渗水浑浊|坝脚隆起错动|溢洪道堵塞|涵管渗漏|白蚁/洞穴"
    "|漩涡冒泡|岸坡滑动"
)
PLACES = labelled("山塘水库(屋顶山塘)|上坞后山|岭头山塘|✅ 溪口堤防")
GRADE = labelled("重大|一般")
EQUIPMENT = (Choice("fine", "都好", number=0), Choice("phone", "卫星电话"), Choice("pump", "排水泵"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(text, "ok") for text in cut("1|1。|１、|①|一|1 正常|1正常|1.正常|①正常|选1|第一个|(1)|1)|1️⃣")],
        *[(text, "ok") for text in cut("正常|正常👍|正常!|好|没异常|正")],
        *[(text, "bad") for text in cut("2|二|有异常|异常|有|2 异常|2号|② 有异常")],
        *[(text, "no") for text in cut("3|去不了|去|3 去不了")],
        # a number and another's label, negations, questions, too high, two things at once
        *[(text, None) for text in cut("1 异常|不正常|没有异常|不异常|正常?|正常吗|4|0|12|1.5|")],
        *[(text, None) for text in cut("1 下面3户|去不了，路断了|常|不|没有|收到|1 2|正常 去不了|?")],
    ],
)
def test_a_choice_is_read_by_number_and_by_word(typed, expected):
    assert read_choice(typed, STATE) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3天", "p2"),
        ("三天", "p2"),
        ("七天", "p3"),
        ("1", "p1"),
        ("2", "p2"),
        ("4", "p4"),
        ("15", "p4"),
        ("30", "p5"),
        ("即", "p1"),
        ("3", None),  # the third, 7 days, or 3 days?
        ("三", None),
        ("天", None),
    ],
)
def test_a_number_that_begins_another_label_is_not_guessed(typed, expected):
    assert read_choice(typed, DUE) == expected


@pytest.mark.parametrize(
    ("choices", "typed", "expected"),
    [
        (PLACES, "上坞后山", "p2"),
        (PLACES, "后山", "p2"),
        (PLACES, "上坞", "p2"),
        (PLACES, "岭头", "p3"),
        (PLACES, "山塘", None),
        (PLACES, "山塘水库", "p1"),
        (PLACES, "溪口堤防", "p4"),
        (PLACES, "后山裂缝", None),
        (GRADE, "一般", "p2"),
        (GRADE, "1", "p1"),
        (GRADE, "一", None),  # 重大 is the first, 一般 begins with 一
        (EQUIPMENT, "0", "fine"),
        (EQUIPMENT, "都好", "fine"),
        (EQUIPMENT, "2", "phone"),
        (EQUIPMENT, "1", None),
        (YES_NO, "有", "yes"),
        (YES_NO, "对", "yes"),
        (YES_NO, "没有", "no"),
        (YES_NO, "不对", "no"),
        (YES_NO, "0", "no"),
        (YES_NO, "2", "no"),
        (YES_NO, "有3户", None),
        (labelled("无法通行|正常"), "无", None),
        (labelled("无异常|去不了"), "异常", None),
        ((Choice("a", "甲"), Choice("b", "甲")), "甲", None),
        ((), "1", None),
    ],
)
def test_a_piece_of_a_label_counts_only_where_it_fits_one(choices, typed, expected):
    assert read_choice(typed, choices) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("6", ("p6",)),
        *[(text, ("p1", "p3", "p5")) for text in cut("1 3 5|一三五|1、3、5")],
        ("①③", ("p1", "p3")),
        ("6 溢洪道堵", ("p6",)),
        ("6溢洪道堵", ("p6",)),
        ("溢洪道堵、渗水浑浊", ("p6", "p4")),
        ("10", ("p10",)),
        *[(text, ()) for text in cut("无|0|没有|都正常|无。|没有异常|都没有")],
        *[(text, None) for text in cut("11|6,水位31.2|渗水|6 31.2|不知道||135")],
    ],
)
def test_several_choices_are_read_from_one_line(typed, expected):
    assert read_choices(typed, SIGNS) == expected


def test_choices_with_own_numbers_are_several_too():
    assert [read_choices(text, EQUIPMENT) for text in cut("0|2 3|无|1|都好")] == [
        ("fine",),
        ("phone", "pump"),
        (),
        None,
        ("fine",),
    ]


def test_a_choice_is_named_only_word_for_word():
    assert [choice_named(text, STATE) for text in cut("正常。|没事|正|1")] == ["ok", "ok", None, None]


RECEIVED = cut(
    "收到|1|好的|收到了|已收到|OK|👌|收到，马上去|上坞村收到|1。|①|收到！|收到🙏|收到 马上去|收到，几点集合？"
    "|收到，没问题"
    "|没问题，收到|好，收到|收到收到|+1|镇应急站 张三 收到|1，马上去|明白|👍🏻|ok!|收到没问题|我收到了"
    "|收到，请领导放心|【收到】"
    "|收到[抱拳]|收到，已通知各组长|收到通知，马上到岗|好的，收到，谢谢|收到1|1收到|嗯|一|知道了"
    "|收到晚了，不好意思|收悉"
    "|ok了|1️⃣|✅"
)
NOT_RECEIVED = cut(
    "没收到|未收到|收到吗|谁收到了?|收到没有|是否收到|收到请回复|请回复收到|收到请回1|收到？|还没收到"
    "|大家收到没，回复一下"
    "|我没收到，张三收到|不好|不知道|1,3|1 下面3户|收到的请回复|请各村收到后回复|11|2|好不好|没有"
    "|收到了吗？我没看到|收到 没有"
    "|收到 吗|收到者请接龙|哪些人收到了|几个村收到了|请收到的同志回复1|收不到|没有收到消息||，。|收到率多少"
    "|水位1|不ok|无人收到"
    "|收到没|收到否|有没有收到|明白吗|收到，请各村回复|在吗"
    "|各村注意：暴雨红色预警已发布，请各村书记收到后立即回复并组织转移。"
)


@pytest.mark.parametrize("typed", RECEIVED)
def test_an_acknowledgement_is_recognised(typed):
    assert is_received(typed)


@pytest.mark.parametrize("typed", NOT_RECEIVED)
def test_what_only_looks_like_an_acknowledgement_is_not_one(typed):
    assert not is_received(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(text, True) for text in cut("是|是的|对|对。|有|好|1|嗯|y|对，就是这里|没错")],
        *[(text, False) for text in cut("不是|不对|没有|无|否|0|不用|没有，都转了|错了")],
        *[(text, None) for text in cut("有3户|有，3户|是吗|对不对|有没有|对，不对|2||不一定|好吗？")],
    ],
)
def test_yes_and_no(typed, expected):
    assert read_yes_no(typed) is expected


def test_the_words_on_the_buttons_may_be_typed():
    typed = cut("上一步|返回。|取消|跳过|不改|没变化|确认|取消转移")
    assert [read_control(text) for text in typed] == ["back", "back", "cancel", "skip", "keep", "keep", None, None]
    assert read_control("1报", ("confirm",)) == "confirm"
    assert [read_control(text, ("confirm",)) for text in cut("不对|有|没有|2")] == [None] * 4


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(text, 1) for text in cut("改2|修改第2项|2改|改水位|水位改一下|修改2|改 2。")],
        ("改地点", 0),
        *[(text, None) for text in cut("改3|改|水位|不改|2")],
    ],
)
def test_a_line_of_the_review_is_named_by_number_or_word(typed, expected):
    assert read_edit(typed, ("地点", "水位")) == expected


PIECES = st.lists(
    st.sampled_from(cut("1|3|31.2|户|没有|收到|，|。| |三|十|天|?|①|正常|异常|去|改|一|无|15|👌")), max_size=8
)
TEXTS = st.text(max_size=40) | PIECES.map("".join)


@settings(deadline=None)
@given(TEXTS, st.sampled_from([STATE, DUE, SIGNS, PLACES, GRADE, EQUIPMENT, YES_NO, ()]))
def test_no_text_breaks_a_reader_of_words(text, choices):
    codes = {choice.code for choice in choices}
    assert read_choice(text, choices) in {None, *codes}
    assert choice_named(text, choices) in {None, *codes}
    assert {*(read_choices(text, choices) or ())} <= codes
    assert read_yes_no(text) in (None, True, False)
    assert isinstance(is_received(text), bool)
    assert read_edit(text, ("地点", "水位")) in (None, 0, 1)


@settings(deadline=None)
@given(TEXTS.filter(lambda text: "收到" not in text))
def test_whoever_says_it_did_not_arrive_has_not_acknowledged(text):
    assert not is_received("没收到" + text)
    assert not is_received("收到吗" + text)


@pytest.mark.parametrize("typed", ["收到", "1", "好的", "收到，马上去", "村里收到", "收到！谢谢领导"])
def test_politeness_beside_received_is_no_answer(typed: str) -> None:
    assert is_only_received(typed)


@pytest.mark.parametrize(
    "typed", ["收到，黄色，8点传到户", "最近一条台风预警，收到就用大喇叭传到户", "收到，还差2户", "没收到", "12户41人"]
)
def test_whoever_says_more_than_received_has_answered(typed: str) -> None:
    assert not is_only_received(typed)
