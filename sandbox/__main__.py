"""`python -m sandbox`: serve a world, empty or from a seed file, until interrupted."""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from sandbox import seed, server
from sandbox.clock import WorldClock
from sandbox.limits import Limits
from sandbox.world import World


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="a further host name the page may have"
    )
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--seed", type=Path, help="JSON file with bots, users and groups")
    parser.add_argument("--speed", type=float, default=1.0, help="world seconds per real second, 0 to 600")
    parser.add_argument("--no-limits", action="store_true", help="do not enforce Telegram's rate limits")
    parser.add_argument("--bucket", action="store_true", help="count rate limits as token buckets")
    options = parser.parse_args(argv)
    limits = Limits(enforced=not options.no_limits, rule="bucket" if options.bucket else "sliding")
    world = World(WorldClock(speed=options.speed), limits=limits)
    planted = seed.load(options.seed) if options.seed is not None else seed.Seed()
    seed.plant(world, planted)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(world, options, planted.hint))
    return 0


async def _serve(world: World, options: argparse.Namespace, hint: dict[str, str]) -> None:
    host = options.host
    runner, bound = await server.start(world, host=host, port=options.port, hosts=options.allow_host, hint=hint)
    sys.stdout.write(f"http://{host}:{bound}/\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(main())
