"""Takes personal data out of rows whose purpose is over. The rows themselves stay: they are the record."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.answers import forget_answers
from storage.channels import side_message
from storage.checks import spot_check_entry
from storage.duty_log import duty_entry, duty_handover
from storage.inbox import inbox
from storage.outbox import outbox
from storage.papers import photo
from storage.patrol_rounds import patrol_spoken
from storage.patrols import patrol_proof
from storage.voices import voice_reading
from storage.warning_record import warning_act

EMPTIED = {"text": ""}
"""the payload of a message whose words are forgotten"""


class RetentionTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def forget_positions(self, before: datetime) -> int:
        proofs = (
            sa.update(patrol_proof)
            .where(patrol_proof.c.at < before, patrol_proof.c.lat.is_not(None))
            .values(lat=None, lon=None, accuracy=None)
        )
        answers = (
            sa.update(spot_check_entry)
            .where(spot_check_entry.c.at < before, spot_check_entry.c.lat.is_not(None))
            .values(lat=None, lon=None)
        )
        pictures = (
            sa.update(photo).where(photo.c.asked_at < before, photo.c.lat.is_not(None)).values(lat=None, lon=None)
        )
        return sum([(await self._db.execute(one)).rowcount for one in (proofs, answers, pictures)])

    async def oldest_words(self) -> datetime | None:
        at: datetime | None = await self._db.scalar(sa.select(sa.func.min(outbox.c.settled_at)))
        return at

    async def forget_words(self, since: datetime, until: datetime) -> int:
        said = (
            sa.update(outbox)
            .where(outbox.c.settled_at >= since, outbox.c.settled_at < until)
            .values(payload=EMPTIED, progress=None)
        )
        elsewhere = (
            sa.update(side_message)
            .where(side_message.c.settled_at >= since, side_message.c.settled_at < until)
            .values(body="", title="")
        )
        heard = (
            sa.update(inbox)
            .where(inbox.c.state == "aside", inbox.c.done_at >= since, inbox.c.done_at < until)
            .values(raw=None)
        )
        added = (
            sa.update(warning_act)
            .where(warning_act.c.at >= since, warning_act.c.at < until, warning_act.c.note != "")
            .values(note="")
        )
        spoken = (
            sa.update(patrol_spoken)
            .where(patrol_spoken.c.at >= since, patrol_spoken.c.at < until, patrol_spoken.c.file_id != "")
            .values(heard="", file_id="")
        )
        read = (
            sa.update(voice_reading)
            .where(voice_reading.c.asked_at >= since, voice_reading.c.asked_at < until, voice_reading.c.words != "")
            .values(words="")
        )
        handed_over = (
            sa.update(duty_handover)
            .where(
                duty_handover.c.drafted_at >= since,
                duty_handover.c.drafted_at < until,
                sa.or_(duty_handover.c.words != "", duty_handover.c.voice != ""),
            )
            .values(words="", voice="")
        )
        called_from = (
            sa.update(duty_entry)
            .where(duty_entry.c.written_at >= since, duty_entry.c.written_at < until, duty_entry.c.phone != "")
            .values(phone="")
        )
        every = (said, elsewhere, heard, added, spoken, read, handed_over, called_from)
        done = sum([(await self._db.execute(one)).rowcount for one in every])
        return done + await forget_answers(self._db, since, until)
