"""The JSON feeds of China: each becomes the same notice, "none" is never a failure and a failure never "none"."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.colours import Colour, ColourEvidence
from domain.notices import Area, MsgType, Notice, Reference, Scope, Status
from domain.sources import SourceKind
from feeds.json_weathercn import PAGES
from feeds.reading import Link, Reading
from tests.feeds.reading_support import NUMBER, SENT, read, refused, sample

NMC, CMA, QWEATHER, CAIYUN = SourceKind.NMC, SourceKind.CMA, SourceKind.QWEATHER, SourceKind.CAIYUN
WEATHER_CN = SourceKind.WEATHER_CN


def told(notice: Notice) -> tuple[MsgType, str, Colour | None, str]:
    return notice.msg_type, notice.kind, notice.colour, notice.issuer


def why(reading: Reading) -> list[str]:
    return [odd.reason for odd in reading.refused]


# -- one warning, however it comes --------------------------------------------------------------------------------

EVERYWHERE = [
    (NMC, "json/nmc_list.json"),
    (NMC, "json/nmc_station.json"),
    (CMA, "json/cma_map.json"),
    (WEATHER_CN, "json/weathercn_page.jsonp"),
    (CAIYUN, "json/caiyun_v2.json"),
    (CAIYUN, "json/caiyun_v3.json"),
    (SourceKind.NATIONAL, "json/list_12379.json"),
    (SourceKind.NATIONAL, "national/alert_red.xml"),
    (SourceKind.HOOK, "json/own.json"),
]


@pytest.mark.parametrize(("kind", "name"), EVERYWHERE)
def test_the_same_number_gives_the_same_name_in_every_feed(kind: SourceKind, name: str) -> None:
    notice = sample(kind, name).notices[0]
    assert (notice.sender, notice.identifier, notice.sent) == ("33992141600000", NUMBER, SENT)
    assert (notice.source, notice.status, notice.scope) == ("hall", Status.ACTUAL, Scope.PUBLIC)
    assert notice.issuer == "青岚县气象台"


# -- NMC ----------------------------------------------------------------------------------------------------------


def test_the_list_of_nmc_has_titles_only_and_its_picture_is_evidence_of_the_colour() -> None:
    reading = sample(NMC, "json/nmc_list.json")
    first, lifted, joint = reading.notices
    assert told(first) == (MsgType.ALERT, "暴雨", Colour.ORANGE, "青岚县气象台")
    assert (first.colour_evidence, first.text, first.expires) == (ColourEvidence.EXPLICIT, "", None)
    assert first.areas == (Area("浙江省云江市青岚县"),)
    assert told(lifted) == (MsgType.CANCEL, "大雾", Colour.YELLOW, "白鹤县气象台")
    assert told(joint) == (MsgType.ALERT, "山洪灾害", Colour.YELLOW, "浙江省水利厅、浙江省气象台")
    assert joint.colour_conflict


def test_what_the_province_repeats_counts_once_and_what_is_lifted_is_not_in_force() -> None:
    reading = sample(NMC, "json/nmc_list.json")
    assert len(reading.notices) == 3
    assert reading.listed == {NUMBER, "33000033200000_20260713040000"}


def test_the_weather_of_a_station_has_the_words_too() -> None:
    (notice,) = sample(NMC, "json/nmc_station.json").notices
    assert told(notice) == (MsgType.ALERT, "台风", Colour.RED, "青岚县气象台")
    assert notice.text.startswith("青岚县气象台2026年7月13日6时3分发布台风红色预警信号")
    assert notice.instruction == "人员待在防风安全的地方。"


def nmc(rows: list[Any] | None, **page: Any) -> str:
    inner = {"pageNo": 1, "count": len(rows or ()), "totalPage": 1, **page}
    return json.dumps(
        {"msg": "success", "code": 0, "data": {"page": inner if rows is None else {**inner, "list": rows}}}
    )


ROW = {"alertid": NUMBER, "issuetime": "2026/07/13 06:03", "title": "青岚县气象台发布暴雨橙色预警信号"}


def test_a_count_of_none_beside_an_empty_list_is_none() -> None:
    assert read(NMC, nmc([])) == Reading(listed=frozenset())


@pytest.mark.parametrize("page", [{"count": 5}, {"count": None}])
def test_an_empty_list_beside_any_other_count_is_a_failure(page: dict[str, Any]) -> None:
    assert refused(NMC, nmc([], **page)) == "count_differs"


@pytest.mark.parametrize("page", [{"count": 328}, {"count": 0}, {"totalPage": 2}, {"pageNo": 2}])
def test_a_list_cut_short_brings_its_warnings_and_says_nothing_about_the_others(page: dict[str, Any]) -> None:
    reading = read(NMC, nmc([ROW], **page))
    assert (len(reading.notices), reading.listed) == (1, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"code": 1, "msg": "busy", "data": {}}', "source_error"),
        ('{"data": {"page": {"count": 0, "list": []}}}', "source_error"),
        ('{"code": 0, "data": null}', "unknown_format"),
        ('{"code": 0, "data": {"page": {"count": 0}}}', "missing_field"),
        ('{"code": 0, "data": {"page": {"count": 0, "list": {}}}}', "wrong_type"),
        ('{"code": 0, "data": {"page": []}}', "wrong_type"),
        ('{"code": 0, "data": {"real": {}}}', "missing_field"),
        ("<html>502 Bad Gateway</html>", "not_json"),
        ("", "empty"),
    ],
)
def test_any_other_answer_of_nmc_is_a_failure(body: str, reason: str) -> None:
    assert refused(NMC, body) == reason


def test_nines_stand_for_none() -> None:
    body = '{"code": 0, "data": {"real": {"warn": {"alert": "9999", "pic": "9999", "issuetime": ""}}}}'
    assert read(NMC, body) == Reading(listed=frozenset())


@pytest.mark.parametrize("field", sorted(ROW))
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, "", "x", "\ud800", "\u0000", "x" * 5_000])
def test_one_odd_row_loses_nobody_else(field: str, value: Any) -> None:
    other = {**ROW, "alertid": "33992241600000_20260713050000"}
    reading = read(NMC, nmc([{**ROW, field: value}, "no row", other]))
    assert reading.notices[-1].identifier == "33992241600000_20260713050000"
    assert "wrong_type" in why(reading)
    assert reading.listed is None


def test_a_number_whose_time_is_another_day_gives_way_to_the_stated_time() -> None:
    odd = {**ROW, "alertid": "33992141600000_20200101000000"}
    assert read(NMC, nmc([odd])).notices[0].sent == datetime(2026, 7, 12, 22, 3, tzinfo=UTC)
    impossible = {**ROW, "alertid": "33992141600000_99999999999999"}
    assert read(NMC, nmc([impossible])).notices[0].sent == datetime(2026, 7, 12, 22, 3, tzinfo=UTC)


# -- CMA ----------------------------------------------------------------------------------------------------------


def test_the_map_of_cma_has_the_words_and_the_region_of_its_longer_title() -> None:
    reading = sample(CMA, "json/cma_map.json")
    (notice,) = reading.notices
    assert told(notice) == (MsgType.ALERT, "雷暴大风", Colour.YELLOW, "青岚县气象台")
    assert notice.headline == "青岚县气象台发布雷暴大风黄色预警[Ⅲ级/较重]"
    assert notice.areas == (Area("浙江省云江市青岚县"),)
    assert (why(reading), reading.listed) == (["wrong_type"], None)


def test_the_view_of_cma_has_fields_for_kind_and_colour() -> None:
    reading = sample(CMA, "json/cma_view.json")
    (notice,) = reading.notices
    assert told(notice) == (MsgType.UPDATE, "高温", Colour.ORANGE, "青岚县气象台")
    assert (notice.event_code, notice.onset) == ("11B09", datetime(2026, 7, 12, 23, 35, tzinfo=UTC))
    assert reading.listed == {"33992141600000_20260713073727"}


@pytest.mark.parametrize("body", ['{"code": 0, "data": []}', '{"data": {"alarm": []}}'])
def test_empty_lists_of_cma_are_none(body: str) -> None:
    assert read(CMA, body) == Reading(listed=frozenset())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"code": 500, "data": []}', "source_error"),
        ('{"code": 0}', "unknown_format"),
        ('{"data": {"alarm": null}}', "unknown_format"),
        ('{"data": "x"}', "wrong_type"),
        ("[]", "wrong_type"),
    ],
)
def test_any_other_answer_of_cma_is_a_failure(body: str, reason: str) -> None:
    assert refused(CMA, body) == reason


# -- weather.com.cn -----------------------------------------------------------------------------------------------


def test_the_map_of_weather_cn_leads_to_pages_and_to_nowhere_else() -> None:
    reading = sample(WEATHER_CN, "json/weathercn_map.json")
    hints = {"id": NUMBER, "region": "浙江省云江市青岚县", "title": "浙江省云江市青岚县发布暴雨橙色预警信号"}
    assert reading.links == (Link(f"{PAGES}101210899-20260713060512-0203.html", NUMBER, hints),)
    assert (reading.notices, why(reading), reading.listed) == ((), ["bad_link", "wrong_type"], None)


def test_the_older_map_is_an_assignment_with_shorter_rows() -> None:
    body = 'var alarminfo={"count":"1","data":[["青岚县","101210899-20260713060512-0203.html","119.4","28.4"]]};'
    reading = read(WEATHER_CN, body)
    assert [link.url for link in reading.links] == [f"{PAGES}101210899-20260713060512-0203.html"]
    assert reading.listed is None


def test_a_whole_map_says_what_is_in_force() -> None:
    row = [
        "青岚县",
        "101210899-20260713060512-0203.html",
        "119.4",
        "28.4",
        NUMBER,
        NUMBER,
        "青岚县发布暴雨橙色预警信号",
    ]
    body = json.dumps({"status": "success", "result": {"count": "1", "data": [row]}})
    assert read(WEATHER_CN, body).listed == {NUMBER}
    assert read(WEATHER_CN, '{"status": "success", "result": {"count": "0", "data": []}}') == Reading(
        listed=frozenset()
    )


def test_a_page_of_weather_cn_is_a_whole_warning_that_does_not_refer_to_itself() -> None:
    (notice,) = sample(WEATHER_CN, "json/weathercn_page.jsonp").notices
    assert told(notice) == (MsgType.ALERT, "暴雨", Colour.ORANGE, "青岚县气象台")
    assert (notice.references, notice.colour_conflict) == ((), False)
    assert notice.expires == datetime(2026, 7, 13, 10, 3, tzinfo=UTC)
    assert notice.areas == (Area("浙江省云江市青岚县"),)


def test_a_page_without_its_number_is_named_by_the_list_that_led_to_it() -> None:
    body = 'var alarminfo={"head":"青岚县发布大雾黄色预警","ALERTID":"x","ISSUETIME":"2026-07-13 06:03:00"}'
    (notice,) = read(WEATHER_CN, body, {"id": NUMBER}).notices
    assert (notice.identifier, notice.issuer) == (NUMBER, "青岚县")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("var alarminfo={};", "unknown_format"),
        ("var alarminfo=function(){};", "not_json"),
        ('var alarminfo={"head": 1};', "wrong_type"),
        ('{"status": "error", "errMsg": "403"}', "source_error"),
        ('{"status": "success", "result": {"count": "3", "data": []}}', "count_differs"),
        ('{"status": "success", "result": {"count": "many", "data": []}}', "wrong_type"),
    ],
)
def test_any_other_answer_of_weather_cn_is_a_failure(body: str, reason: str) -> None:
    assert refused(WEATHER_CN, body) == reason


# -- QWeather -----------------------------------------------------------------------------------------------------


def test_the_seventh_version_of_qweather_states_colour_and_life() -> None:
    reading = sample(QWEATHER, "json/qweather_v7.json")
    blue, odd = reading.notices
    assert told(blue) == (MsgType.ALERT, "台风", Colour.BLUE, "青岚县气象台")
    assert blue.expires == datetime(2026, 7, 13, 22, 10, tzinfo=UTC)
    assert (blue.sender, blue.event_code) == ("青岚县气象台", "1001")
    assert told(odd) == (MsgType.UNKNOWN, "暴雨", Colour.ORANGE, "青岚县气象台")
    assert (odd.colour_evidence, odd.expires) == (ColourEvidence.SEVERITY, None)
    assert odd.references == (Reference("10121089920260713040000333"),)
    assert reading.listed == {blue.identifier, odd.identifier}


def test_the_newer_form_of_qweather_says_what_it_replaces() -> None:
    reading = sample(QWEATHER, "json/qweather_alerts.json")
    update, cancel = reading.notices
    assert told(update) == (MsgType.UPDATE, "暴雨", Colour.ORANGE, "青岚县气象台")
    assert update.references == (Reference("202607130500001"),)
    assert (update.onset, update.instruction) == (datetime(2026, 7, 13, 0, 0, tzinfo=UTC), "停止户外作业。")
    assert told(cancel) == (MsgType.CANCEL, "大雾", Colour.YELLOW, "青岚县气象台")
    assert reading.listed == {update.identifier}


@pytest.mark.parametrize(
    "body",
    ['{"code": "200", "warning": []}', '{"metadata": {"zeroResult": true}, "alerts": []}', '{"alerts": []}'],
)
def test_empty_lists_of_qweather_are_none(body: str) -> None:
    assert read(QWEATHER, body) == Reading(listed=frozenset())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"code": "402"}', "source_error"),
        ('{"code": "204", "warning": []}', "source_error"),
        ('{"code": "200"}', "unknown_format"),
        ('{"code": "200", "warning": {}}', "unknown_format"),
        ('{"error": {"status": 403, "title": "Invalid Host"}}', "source_error"),
        ('{"metadata": {"zeroResult": false}, "alerts": []}', "count_differs"),
    ],
)
def test_any_other_answer_of_qweather_is_a_failure(body: str, reason: str) -> None:
    assert refused(QWEATHER, body) == reason


# -- Caiyun -------------------------------------------------------------------------------------------------------


def test_the_second_version_of_caiyun_gives_the_place_by_its_code() -> None:
    reading = sample(CAIYUN, "json/caiyun_v2.json")
    orange, white = reading.notices
    assert told(orange) == (MsgType.ALERT, "暴雨", Colour.ORANGE, "青岚县气象台")
    assert orange.areas == (Area("浙江省云江市青岚县", ("339921",)),)
    assert (told(white), white.areas) == ((MsgType.ALERT, "台风", None, "青岚县气象台"), orange.areas)
    assert (why(reading), reading.listed) == (["bad_sent"], None)


def test_the_first_version_of_caiyun_tells_of_a_lifting() -> None:
    (notice,) = sample(CAIYUN, "json/caiyun_v1.json").notices
    assert told(notice) == (MsgType.CANCEL, "暴雨", Colour.BLUE, "青岚县气象台")
    assert notice.identifier == "33992141600000_20260713093000"


def test_the_third_version_of_caiyun_paints_its_colours() -> None:
    yellow, blue = sample(CAIYUN, "json/caiyun_v3.json").notices
    assert told(yellow) == (MsgType.ALERT, "雷电", Colour.YELLOW, "青岚县气象台")
    assert (yellow.colour_conflict, yellow.colour_evidence) == (False, ColourEvidence.EXPLICIT)
    assert told(blue) == (MsgType.ALERT, "大风", Colour.BLUE, "青岚县气象台")
    assert blue.headline == "大风蓝色预警"


@pytest.mark.parametrize(
    ("paint", "colour"),
    [
        ({"red": 250, "green": 230}, Colour.YELLOW),
        ({"red": 240, "green": 150, "blue": 20}, Colour.ORANGE),
        ({"red": 215, "green": 20, "blue": 20}, Colour.RED),
        ({"red": 55, "green": 100, "blue": 255}, Colour.BLUE),
        ({"red": 255, "green": 255, "blue": 255}, None),
        ({"red": 255, "green": 80}, None),
        ({"red": 999}, None),
        ({}, None),
    ],
)
def test_a_paint_is_a_colour_only_where_there_is_no_doubt(paint: dict[str, int], colour: Colour | None) -> None:
    alert = {"id": NUMBER, "publish_time": 1783893780, "color": paint, "data": [{"title": "青岚县气象台发布台风预警"}]}
    (notice,) = read(CAIYUN, json.dumps({"alerts": [alert]})).notices
    assert notice.colour is colour


@pytest.mark.parametrize(
    ("name", "url", "version"),
    [
        (
            "json/caiyun_push_v1.json",
            f"https://api.example.cn/v1/alert/nmc_{NUMBER}",
            "ALERT_ON 2026-07-13T06:05:00+08:00",
        ),
        ("json/caiyun_push_v3.json", "https://cap.example.cn/feed", f"ALERT_CN_{NUMBER} 1783893780 1"),
    ],
)
def test_a_push_is_never_a_warning_but_a_reason_to_ask_again(name: str, url: str, version: str) -> None:
    reading = sample(CAIYUN, name)
    assert (reading.notices, [(link.url, link.version) for link in reading.links]) == ((), [(url, version)])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"status": "failed", "error": "token"}', "source_error"),
        ('{"status": "ok", "result": {"alert": {"status": "failed"}}}', "source_error"),
        ('{"status": "ok", "result": {}}', "unknown_format"),
        ("{}", "unknown_format"),
        ('{"event": "ALERT_ON", "url": "http://x/", "alert_id": "1"}', "bad_link"),
        ('{"event": "ALERT_ON", "alert_id": "1"}', "missing_field"),
        ('{"sign": "x", "alert": {}}', "missing_field"),
    ],
)
def test_any_other_answer_of_caiyun_is_a_failure(body: str, reason: str) -> None:
    assert refused(CAIYUN, body) == reason


def test_an_empty_content_of_caiyun_is_none() -> None:
    assert read(CAIYUN, '{"status": "ok", "result": {"alert": {"status": "ok", "content": []}}}') == Reading()
