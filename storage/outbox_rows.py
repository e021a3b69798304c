"""Messages as rows of the outbox and back. The table and its queries are in storage/outbox.py."""

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from domain.outgoing import Kind, Lane, OutboxState, Outgoing, Policy, QueuedMessage
from domain.text import Button, ButtonStyle, Html

COLUMNS = (
    *("key", "subject", "person_id", "chat_id", "lane", "kind", "policy", "target", "payload"),
    *("due_at", "expires_at", "state", "created_at", "drill_id"),
)
"""what `to_row` fills"""


def payload_of(out: Outgoing) -> dict[str, Any]:
    """What is said and how it looks, as it stands in the row."""
    payload: dict[str, Any] = {"text": out.text}
    if out.buttons:
        payload["buttons"] = [[_button_json(button) for button in line] for line in out.buttons]
    for name in (
        *("target_message_id", "reply", "silent", "file", "file_name", "speak", "content", "emoji"),
        "resend_mark",
    ):
        if value := getattr(out, name):
            payload[name] = value
    if out.more:
        payload["more"] = list(out.more)
    return payload


def to_row(out: Outgoing, now: datetime, drill: int | None = None) -> dict[str, Any]:
    return {
        "key": out.key,
        "subject": out.subject,
        "person_id": out.person_id,
        "chat_id": out.chat_id,
        "lane": int(out.lane),
        "kind": out.kind.value,
        "policy": out.policy.value,
        "target": out.target,
        "payload": payload_of(out),
        "due_at": out.not_before or now,
        "expires_at": out.expires_at,
        "state": OutboxState.PENDING.value,
        "created_at": now,
        "drill_id": drill,
    }


def _button_json(button: Button) -> dict[str, Any]:
    return {one.name: value for one in fields(button) if (value := getattr(button, one.name))}


def to_outgoing(row: Any) -> Outgoing:
    payload = row.payload if isinstance(row.payload, dict) else json.loads(row.payload)
    return Outgoing(
        key=row.key,
        chat_id=row.chat_id,
        text=Html(payload["text"]),
        kind=Kind(row.kind),
        lane=Lane(row.lane),
        policy=Policy(row.policy),
        buttons=tuple(tuple(_button(b) for b in line) for line in payload.get("buttons", ())),
        subject=row.subject,
        person_id=row.person_id,
        target=row.target,
        target_message_id=payload.get("target_message_id"),
        reply=payload.get("reply", False),
        silent=payload.get("silent", False),
        expires_at=row.expires_at,
        file=payload.get("file"),
        file_name=payload.get("file_name"),
        more=tuple(payload.get("more", ())),
        speak=payload.get("speak", ""),
        content=payload.get("content"),
        emoji=payload.get("emoji"),
        resend_mark=Html(payload.get("resend_mark", "")),
    )


def _button(raw: dict[str, Any]) -> Button:
    style = raw.get("style")
    return Button(**{**raw, "style": None if style is None else ButtonStyle(style)})


def to_queued(row: Any) -> QueuedMessage:
    out = to_outgoing(row)
    target = out.target_message_id
    if row.target is not None and row.target_message is not None and row.target_chat == row.chat_id:
        target = row.target_message
    return QueuedMessage(
        id=row.id,
        out=out,
        attempts=row.attempts,
        may_have_arrived=row.may_have_arrived,
        message_id=target,
        progress=row.progress or {},
    )
