"""What time itself brings: one call of `tick` does everything that has fallen due, in small transactions.

The truth is in rows: a tick that was missed is made up by the next one, and none is needed twice.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from domain.drills import DrillState
from services.channels import write_while_deaf
from services.check_days import draw_due, end_over, plan_days
from services.cutoff import watch
from services.daily_digest import send_daily
from services.doors import Doors
from services.drill_year import remind_of_drills
from services.drills import move_drills, wind_up_drills
from services.duty_call import call_shifts
from services.duty_gaps import weekly_gaps
from services.hazard_time import ask_how_it_goes
from services.housekeeping import expire_dialogues, prune
from services.ladder import BATCH, climb_due, defer
from services.leave import begin_leaves
from services.listings import ask_progress
from services.overdue import draft_orders, list_for_leaders
from services.patrol_rounds import lay_out_rounds
from services.points_stale import ask_stale
from services.rehearsal import close_rehearsals
from services.response_suggesting import suggest
from services.retention import forget
from services.review import send_reviews
from services.sources import watch_sources
from services.voices import VOICES
from services.warning_boards import draw_boards
from services.warning_end import expire_due
from services.warning_quiet import release_quiet, send_digests
from services.warning_report import report_due
from services.warning_still import ask_whether_still
from services.work import Work

log = logging.getLogger(__name__)

_MOST_ROUNDS = 40

Duty = Callable[[Work], Awaitable[int]]
"""Does what is due and says how much it did."""


async def _climb(work: Work) -> int:
    return (await climb_due(work, VOICES)).moved


async def _climb_all(doors: Doors) -> int:
    """Round after round until nothing is due: when thousands are, the last one shall not wait for later beats. Each
    round has a transaction of its own, so that answers come in between."""
    moved = 0
    for _ in range(_MOST_ROUNDS):
        round_ = await doors.run(partial(climb_due, voices=VOICES))
        moved += round_.moved
        if round_.looked < BATCH:
            break
    return moved


async def _climb_singly(doors: Doors) -> int:
    """One of them cannot be climbed: each gets a transaction of its own, and the bad one rests for an hour, so that
    it does not stop the others."""
    moved = 0
    for owed in await doors.run(lambda work: work.rows.obligations.due(work.now)):
        try:
            moved += (await doors.run(partial(climb_due, voices=VOICES, only=owed.id))).moved
        except Exception:
            log.exception("obligation %s cannot be climbed; it rests for an hour", owed.id)
            await doors.run(partial(defer, owed=owed))
    return moved


async def _singly_if_possible(doors: Doors) -> int:
    try:
        return await _climb_singly(doors)
    except Exception:
        log.exception("the ladders have to wait: the database is away")
        return 0


DUTIES: Sequence[tuple[str, Duty]] = (
    ("drills", move_drills),
    ("drills that ended", wind_up_drills),
    ("expire warnings", expire_due),
    ("end of the quiet", release_quiet),
    ("still in force?", ask_whether_still),
    ("suggest responses", suggest),
    ("digests", send_digests),
    ("begin leaves", begin_leaves),
    ("call shifts", call_shifts),
    ("end daily checks", end_over),
    ("plan daily checks", plan_days),
    ("daily checks", draw_due),
    ("rounds of the responses", lay_out_rounds),
    ("climb ladders", _climb),
    ("progress of hazards", ask_how_it_goes),
    ("cut-off areas", watch),
    ("orders about what is overdue", draft_orders),
    ("overdue, for leaders", list_for_leaders),
    ("progress of what is listed", ask_progress),
    ("daily digest", send_daily),
    ("reviews", send_reviews),
    ("draw boards", draw_boards),
    ("report on warnings", report_due),
    ("watch sources", watch_sources),
    ("gaps of duty", weekly_gaps),
    ("risk points of a year ago", ask_stale),
    ("close rehearsals", close_rehearsals),
    ("drill of the year", remind_of_drills),
    ("unfinished dialogues", expire_dialogues),
    ("prune", prune),
    ("forget", forget),
)
"""In this order: what has ended asks nobody any more."""


IN_DRILLS: Collection[Duty] = frozenset({expire_due, release_quiet, ask_whether_still, send_digests, lay_out_rounds})
"""what is done once more for each running drill, standing in it; everything else goes by subjects, or is not played"""

_HEARING: Collection[Duty] = frozenset({watch, draw_due})
"""while the bot is deaf nobody seems silent, and nobody can be asked"""


async def _running(doors: Doors) -> list[int]:
    try:
        return [one.id for one in await doors.read(lambda work: work.rows.drills.running())]
    except Exception:
        log.exception("drills have to wait: the database is away")
        return []


async def _inside(work: Work, drill: int, duty: Duty) -> int:
    """In the drill, if it still runs."""
    found = await work.rows.drills.get(drill)
    if found is None or found.state is not DrillState.RUNNING:
        return 0
    with work.rows.drills.inside(drill):
        return await duty(work)


async def tick(doors: Doors, duties: Sequence[tuple[str, Duty]] = DUTIES, *, deaf: bool = False) -> int:
    """Every duty in a transaction of its own; one that fails does not keep the others from theirs. While the bot is
    deaf nobody climbs: whoever seems silent may have answered. Only whom no question has reached is written to by
    other channels."""
    done, drills = 0, await _running(doors)
    for name, duty in duties:
        if deaf and duty in _HEARING:
            continue
        try:
            if duty is _climb:
                done += await (doors.run(write_while_deaf) if deaf else _climb_all(doors))
            else:
                done += await doors.run(duty)
                for drill in drills if duty in IN_DRILLS else ():
                    done += await doors.run(partial(_inside, drill=drill, duty=duty))
        except Exception:
            log.exception("duty failed: %s", name)
            if duty is _climb and not deaf:
                done += await _singly_if_possible(doors)
    return done
