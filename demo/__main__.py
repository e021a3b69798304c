"""`make demo`: the sample county at work, on one page, with no account and no network."""

import argparse
import asyncio
import contextlib
import logging
import shutil
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from aiohttp import web

from assembly import Shouwang
from demo.cast import Cast, cast_of
from demo.county import COUNTY, SampleCounty, build
from demo.life import Neighbours
from demo.live import Live
from demo.notices import BEIJING, cap
from demo.players import Players
from demo.points import dikes, sample_points
from demo.stage import BOT_TOKEN, enter, furnish
from demo.typhoon import Typhoon
from domain.people import Role
from domain.places import PlaceCode
from sandbox.clock import WorldClock
from sandbox.server import build_app
from sandbox.world import World
from settings import Settings, load

VILLAGE = PlaceCode("331124001001")
SILENT = PlaceCode("331124001002")
"""nobody answers here: the ladder climbs to the township"""
TOWNSHIP = PlaceCode("331124001")
FIRST_WARNING = timedelta(seconds=20)
_PLAYED_FOR = 120.0


class Played:
    """Who is being looked at on the page just now; the neighbours leave him alone."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}

    def __contains__(self, user_id: object) -> bool:
        return isinstance(user_id, int) and time.monotonic() - self._seen.get(user_id, -_PLAYED_FOR) < _PLAYED_FOR

    @property
    def middleware(self) -> Callable[..., Awaitable[web.StreamResponse]]:
        @web.middleware
        async def remember(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            who = request.query.get("as", "")
            if who.isdigit():
                self._seen[int(who)] = time.monotonic()
            return await handler(request)

        return remember


def _cast(county: SampleCounty) -> Cast:
    return cast_of(county.residents, county.places, dikes(sample_points(county)))


def _hint(county: SampleCounty) -> dict[str, str]:
    member = county.holding(Role.GRID_MEMBER, VILLAGE)
    head = county.holding(Role.VILLAGE_HEAD, VILLAGE)
    desk = county.holding(Role.STATION, TOWNSHIP)
    duty = county.holding(Role.COUNTY_DUTY, COUNTY)
    silent = next(place.name for place in county.places if place.code == SILENT)
    return {
        "zh": f"先扮演{member.note}{member.name}：约 20 秒后来一条暴雨橙色预警，请按“收到”，再看群里的应答数。\n"
        f"看点：{silent}没人应答。换成{desk.note}{desk.name}，时间调到 60×：22 分钟后电话名单到他那里。\n"
        f"也可以换成{head.note}{head.name}，或县防指值班员{duty.name}。",
        "en": f"First play {member.name} ({member.note}): in about 20 seconds an orange rainstorm warning arrives; "
        "press the green button, then watch the tally in the group.\n"
        f"What to watch: nobody in {silent} answers. Switch to {desk.name} ({desk.note}), set time to 60×: after 22 "
        "minutes the phone list reaches him.\n"
        f"Or play {head.name} ({head.note}) or {duty.name} (county duty officer).",
    }


def _typhoon_hint(county: SampleCounty) -> dict[str, str]:
    cast = _cast(county)
    named = {one.user_id: one for one in county.residents}
    desk, duty, officer = (named[one] for one in (cast.near.station, cast.duty, cast.near.villages[0].officer))
    return {
        "zh": f"台风三天：从第一天早上8点的蓝色预警，到第三天结束响应。时间可调到 600×，随时停下来。\n"
        f"可以扮演任何人：{desk.note}{desk.name}、{officer.note}{officer.name}、{duty.note}{duty.name}……"
        "您看着谁，谁就由您来答，剧本不替他动手。",
        "en": "Three days of a typhoon, from the blue warning at eight to the end of the response. Time runs up to "
        f"600x and may be stopped.\nPlay anybody: {desk.name} ({desk.note}), {officer.name} ({officer.note}), "
        f"{duty.name} ({duty.note}). Whom you look at is yours; the script leaves him alone.",
    }


def _typhoon(world: World, county: SampleCounty, live: Live, settings: Settings, played: Played) -> Typhoon:
    async def deliver(name: str, text: str) -> None:
        await asyncio.to_thread(settings.inbox_dir.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread((settings.inbox_dir / name).write_text, text, "utf-8")

    return Typhoon(Players(world, played.__contains__), live, _cast(county), deliver)


def _eight_this_morning() -> datetime:
    """Two minutes before: the page can be opened before the first row."""
    return datetime.now(BEIJING).replace(hour=7, minute=56, second=0, microsecond=0)


async def _feed(settings: Settings, clock: WorldClock) -> None:
    """What a weather service does: puts files into a folder."""
    await clock.sleep(FIRST_WARNING.total_seconds())
    _, text = cap(
        clock.now(),
        kind="暴雨",
        colour="橙色",
        areas=[("西屏街道", "331124001000"), ("望松街道", "331124003000")],
        text="预计未来3小时西屏街道、望松街道降水量将达50毫米以上，局地伴有短时强降水、雷电和大风，请注意防范。",
        instruction="1.责任人立即到岗，加密巡查山塘、边坡、低洼地段。2.停止户外作业，工棚人员撤到安全处。"
        "3.危险区人员按预案转移，险情立即上报。",
        hours=6,
    )
    path = settings.inbox_dir / "baoyu-chengse.xml"
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread(path.write_text, text, "utf-8")


async def demo(port: int, folder: Path, speed: float, *, typhoon: bool) -> None:
    county = build()
    clock = WorldClock(_eight_this_morning() if typhoon else None, speed=speed)
    world, played = World(clock), Played()
    stage = furnish(world, county)
    app = build_app(world, hint=_typhoon_hint(county) if typhoon else _hint(county))
    app.middlewares.append(played.middleware)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    bound = runner.addresses[0][1]
    settings = load(
        _env_file=None,
        bot_token=BOT_TOKEN,
        telegram_api_url=f"http://127.0.0.1:{bound}",
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'demo.db'}",
    )
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with Shouwang.open(settings, clock) as bot:
        await bot.doors.run(partial(enter, county=county, stage=stage, world=world))
        neighbours = Neighbours(world, clock, county, played, SILENT)
        live = Live(clock)
        life = [asyncio.create_task(neighbours.run())]
        if typhoon:
            script = _typhoon(world, county, live, settings, played)
            script.begin(clock.now() + timedelta(minutes=2))
            neighbours.is_busy = script.is_busy
            neighbours.is_cut_off = lambda one: one.posts[0].place in script.cut_off()
        else:
            life.append(asyncio.create_task(_feed(settings, clock)))
        me = county.holding(Role.GRID_MEMBER, VILLAGE)
        print(
            f"\n  守望演示县已就绪，请用浏览器打开：\n\n    http://127.0.0.1:{bound}/#as={me.user_id}&chat={me.user_id}\n"
        )
        print(f"  往这个文件夹放 CAP 文件，就是来了一条预警：{settings.inbox_dir}\n  按 Ctrl+C 结束。\n", flush=True)
        try:
            await bot.run(stop, tick_seconds=0.25, folder_seconds=0.5)
        finally:
            await live.close()
            for task in life:
                task.cancel()
            await asyncio.gather(*life, return_exceptions=True)
    await runner.cleanup()


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m demo", description="守望演示：样板县，一个网页，不用账号不用网络")
    words.add_argument("--port", type=int, default=8080, help="网页端口；被占用时自动换一个（默认 8080）")
    words.add_argument("--folder", type=Path, default=Path("var/demo"), help="演示数据放在哪里，每次重新开始")
    words.add_argument("--speed", type=float, default=1.0, help="时钟快慢，0 到 600")
    words.add_argument("--typhoon", action="store_true", help="三天台风的剧本，从早上8点开始；可用 --speed 60")
    words.add_argument("--verbose", action="store_true", help="显示运行日志")
    given = words.parse_args()
    logging.basicConfig(
        level=logging.INFO if given.verbose else logging.ERROR, format="%(levelname)s %(name)s %(message)s"
    )
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(demo(given.port, given.folder, given.speed, typhoon=given.typhoon))
        except OSError as error:
            if error.errno != 98:
                raise
            asyncio.run(demo(0, given.folder, given.speed, typhoon=given.typhoon))


if __name__ == "__main__":
    main()
