"""The lists of the weather services on the whole bot: the county's own warning goes out once, whoever brings it, and a
nation of others' leaves its desk in peace."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sources.site import Site
from tests.support.county import DUTY, County, small_county
from tests.support.databases import Databases

COUNTY_FILE = """
[[sources]]
name = "nmc"
kind = "nmc"
url = "{nmc}"
ca_file = "{ca}"

[[sources]]
name = "cma"
kind = "cma"
url = "{cma}"
ca_file = "{ca}"
"""
OURS = "33112441600000_20260620075500"
ELSEWHERE = (
    ("43312541600000", "湖南省湘西土家族苗族自治州保靖县气象台发布大雾红色预警信号"),
    ("33112341600000", "浙江省丽水市遂昌县气象台发布暴雨红色预警信号"),
    ("34000041600000", "安徽省气象台发布暴雨红色预警信号"),
    ("31000041600000", "上海中心气象台发布台风红色预警信号"),
    ("33010041600000", "浙江省杭州市气象台发布暴雨红色预警信号"),
)


@pytest.fixture
async def fed(site: Site, tmp_path: Path, databases: Databases) -> AsyncIterator[County]:
    file = tmp_path / "county.toml"
    file.write_text(COUNTY_FILE.format(nmc=site.url("/nmc"), cma=site.url("/cma"), ca=site.certificate))
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url, county_file=file, web=site.client()) as made:
            yield made


async def poll(county: County, source: str) -> None:
    (poller,) = [one for one in county.bot.pollers if one.source.name == source]
    assert await poller.poll_once()
    await county.settle()


def nmc(*rows: tuple[str, str]) -> str:
    listed = [{"alertid": number, "issuetime": "2026/06/20 07:55", "title": title} for number, title in rows]
    page = {"pageNo": 1, "count": len(listed), "totalPage": 1, "list": listed}
    return json.dumps({"code": 0, "msg": "success", "data": {"page": page, "provinceAlarms": []}})


def cma(number: str, headline: str, text: str) -> str:
    row = {"id": number, "headline": headline, "description": text, "effective": "2026/06/20 07:53"}
    return json.dumps({"code": 0, "msg": "success", "data": [row]})


async def test_of_a_nation_of_warnings_only_our_own_goes_out(fed: County, site: Site) -> None:
    others = [(f"{office}_20260620075{n}00", title) for n, (office, title) in enumerate(ELSEWHERE)]
    site.serve("/nmc", nmc((OURS, "浙江省丽水市松阳县气象台发布暴雨橙色预警信号"), *others))
    await poll(fed, "nmc")
    (post,) = fed.new(fed.township_group)
    assert "浙江省丽水市松阳县气象台发布暴雨橙色预警信号" in post  # there are no other words
    desk = "".join(fed.texts(DUTY))
    assert [word for word in ("大雾", "台风", "遂昌", "安徽", "杭州") if word in desk] == []
    fed.seen_all()


async def test_the_same_warning_from_two_services_is_one_and_no_correction(fed: County, site: Site) -> None:
    title = "松阳县气象台发布暴雨橙色预警信号"
    site.serve("/nmc", nmc((OURS, f"浙江省丽水市{title}")))
    site.serve("/cma", cma(OURS, title, f"松阳县气象台2026年06月20日07时53分{title[6:]}：预计有暴雨。"))
    await poll(fed, "nmc")
    fed.seen_all()
    await poll(fed, "cma")
    assert fed.unseen() == {}


async def test_what_our_own_city_says_of_its_whole_area_is_for_the_desk(fed: County, site: Site) -> None:
    site.serve("/nmc", nmc(("33110041600000_20260620075500", "浙江省丽水市气象台发布暴雨红色预警信号")))
    await poll(fed, "nmc")
    assert "丽水市气象台" in fed.last(DUTY)
    assert fed.new(fed.township_group) == []
    fed.seen_all()


async def test_titles_without_references_raise_and_lift_the_warning_that_they_can_only_mean(
    fed: County, site: Site
) -> None:
    office = "浙江省丽水市松阳县气象台"
    site.serve("/nmc", nmc((OURS, f"{office}发布暴雨橙色预警信号")))
    await poll(fed, "nmc")
    fed.seen_all()
    fed.clock.advance(timedelta(minutes=30))
    site.serve("/nmc", nmc(("33112441600000_20260620082500", f"{office}升级发布暴雨红色预警信号")))
    await poll(fed, "nmc")
    (post,) = fed.new(fed.township_group)
    assert ("红色" in post, "2026-001" in post) == (True, True)
    fed.seen_all()
    fed.clock.advance(timedelta(minutes=30))
    site.serve("/nmc", nmc(("33112441600000_20260620085500", f"{office}解除暴雨红色预警信号")))
    await poll(fed, "nmc")
    assert "解除" in fed.last(fed.township_group)
    assert await fed.bot.store.read(lambda rows: rows.warnings.active(fed.clock.now())) == []
    fed.seen_all()
