"""`check` asks every source once and takes nothing in."""

from pathlib import Path

import pytest

from console import sources
from console.voice import Voice
from domain.policy import CountyPolicy
from domain.sources import Source, SourceKind
from services.checkup import Mark
from settings import Settings, load
from tests.sources.site import Site
from tests.sources.test_polling import V1, index


@pytest.fixture
def settings() -> Settings:
    return load(_env_file=None)


async def asked(site: Site, settings: Settings, *given: Source) -> list[tuple[Mark, str]]:
    voice = Voice("zh")
    found = await sources.reach(settings, CountyPolicy(sources=given), voice, site.client())
    return [(one.mark, voice.line(one.key, **one.facts)) for one in found]


async def test_each_is_reached_or_told_why_not(site: Site, settings: Settings, tmp_path: Path) -> None:
    site.serve("/index", index(("/one.xml", V1), ("/two.xml", V1)))
    site.serve("/page", "<html>维护中</html>")
    good = site.source("/index")
    odd, gone = (
        good.model_copy(update={"name": name, "url": site.url(path)})
        for name, path in (("odd", "/page"), ("gone", "/x"))
    )
    push = Source(name="push", kind=SourceKind.HOOK, secret_file=tmp_path / "secret")
    assert await asked(site, settings, good, odd, gone, push) == [
        (Mark.FINE, "预警来源“met”取得到、看得懂：现有 0 条预警、2 个链接。"),
        (Mark.BAD, _failing("odd", "答复看不懂，可能改了格式")),
        (Mark.BAD, _failing("gone", "对方没有这个网址")),
        (Mark.BAD, "预警来源“push”的密钥文件读不了，或不到 32 位，对方推不进来。"),
    ]
    (tmp_path / "secret").write_text("x" * 32)
    assert await asked(site, settings, push) == [(Mark.FINE, "预警来源“push”等对方推送，密钥可以用。")]
    assert sorted(request.path for request in site.asked) == ["/index", "/page", "/x"], (
        "no document behind a link is fetched"
    )


def _failing(name: str, why: str) -> str:
    return f"预警来源“{name}”现在不行：{why}。请检查 COUNTY_FILE 里的地址、主机和密钥，或问对方。"


async def test_without_sources_the_folder_alone_is_named(site: Site, settings: Settings) -> None:
    assert await asked(site, settings) == [(Mark.FINE, "没有接别的预警来源，只看预警文件夹。")]
