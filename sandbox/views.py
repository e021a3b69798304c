"""The world as the page shows it to one person: JSON for lists, chats and messages. Never raw HTML from anybody."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sandbox.errors import WorldError
from sandbox.model import Chat, Json, Message, User
from sandbox.render import to_html
from sandbox.world import World

_ROLES = {"creator": "群主", "administrator": "管理员", "member": "成员", "restricted": "受限成员"}


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def clock_view(world: World) -> Json:
    return {"now": world.clock.now().isoformat(), "speed": world.clock.speed}


def user_view(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name or "已注销用户",
        "username": user.username,
        "note": user.note,
        "is_bot": user.is_bot,
    }


def state_view(world: World, viewer: int | None) -> Json:
    """Everything the page needs to begin. Without a viewer: no chats."""
    me = world.user(viewer) if viewer is not None else None
    return {
        "clock": clock_view(world),
        "me": user_view(me) if me else None,
        "users": [user_view(user) for user in world.users.values() if not user.is_bot and not user.deleted],
        "bots": [{"id": bot.id, "username": bot.user.username, "name": bot.user.name} for bot in world.bots.values()],
        "chats": chats_view(world, me) if me else [],
    }


def chats_view(world: World, me: User) -> list[Json]:
    """His chats, the most recently active first; private chats with every bot are always there."""
    mine = [world.private_chat(me.id, bot_id) for bot_id in world.bots]
    mine.extend(
        chat for chat in world.groups.values() if chat.migrated_to is None and world.member_of(chat, me.id).inside
    )
    rows = [chat_view(world, chat, me.id) for chat in mine]
    rows.sort(key=lambda row: row["last"]["date"] if row["last"] else "", reverse=True)
    return rows


def chat_view(world: World, chat: Chat, viewer: int) -> Json:
    bot = world.bots.get(chat.bot_id)
    last = chat.latest()
    member = chat.members.get(viewer)
    return {
        "id": world.page_chat_id(chat),
        "type": chat.kind,
        "title": bot.user.name if chat.private and bot else chat.title,
        "note": f"@{bot.user.username}" if chat.private and bot else chat.note,
        "members": 2 if chat.private else sum(1 for _ in chat.inside()),
        "unread": _unread(chat, viewer),
        "role": "" if chat.private or member is None else _ROLES.get(member.status, ""),
        "last": _last_view(last),
        "started": chat.opened if chat.private else True,
        "blocked": chat.blocked,
    }


def _unread(chat: Chat, viewer: int) -> int:
    read = chat.read if chat.private else chat.members[viewer].read
    count = 0
    for message_id in range(chat.next_id - 1, read, -1):
        message = chat.messages.get(message_id)
        if message is not None and message.sender_id != viewer:
            count += 1
        if count >= 1_000:
            break
    return count


def _last_view(message: Message | None) -> Json | None:
    if message is None:
        return None
    return {"text": summary(message), "date": iso(message.date), "from": _shown_name(message)}


def summary(message: Message) -> str:
    """One line that says what a message is."""
    service = service_text(message)
    if service:
        return service
    media = media_view(message)
    label = {"photo": "[图片]", "document": "[文件]", "voice": "[语音]", "location": "[位置]", "contact": "[名片]"}
    text = message.text.replace("\n", " ")[:120]
    return f"{label[media['kind']]} {text}".strip() if media else text


def message_view(world: World, message: Message, viewer: int | None) -> Json:
    payload = message.payload
    text = message.text
    entities = payload.get("entities") or payload.get("caption_entities") or []
    sender = world.users.get(message.sender_id, world.anonymous)
    return {
        "message_id": message.id,
        "from": {"id": payload["from"]["id"], "name": _shown_name(message), "is_bot": sender.is_bot},
        "date": iso(message.date),
        "edit_date": iso(payload["edit_date"]) if "edit_date" in payload else None,
        "html": to_html(text, entities),
        "text": text,
        "media": media_view(message),
        "media_group_id": payload.get("media_group_id"),
        "forwarded": _forwarded(payload),
        "reply_to": _reply_view(payload),
        "buttons": [[_button_view(button) for button in row] for row in message.buttons],
        "keyboard": _keyboard_view(message.markup),
        "keyboard_removed": bool(message.markup and message.markup.get("remove_keyboard")),
        "placeholder": (message.markup or {}).get("input_field_placeholder") or None,
        "reactions": sorted({item["emoji"] for made in message.reactions.values() for item in made}),
        "pinned": message.id in message.chat.pinned,
        "service": service_text(message),
        "own": viewer is not None and message.sender_id == viewer and message.bot_id is None,
        "silent": message.silent,
    }


def _shown_name(message: Message) -> str:
    payload = message.payload
    if "sender_chat" in payload:
        return str(payload["sender_chat"].get("title", ""))
    author = payload["from"]
    return f"{author.get('first_name', '')} {author.get('last_name', '')}".strip() or "已注销用户"


def _forwarded(payload: Json) -> str | None:
    origin = payload.get("forward_origin")
    if origin is None:
        return None
    user = origin.get("sender_user")
    if user:
        return f"{user['first_name']} {user.get('last_name', '')}".strip()
    return str(origin.get("sender_user_name") or origin.get("sender_chat", {}).get("title", ""))


def _reply_view(payload: Json) -> Json | None:
    reply = payload.get("reply_to_message")
    if reply is None:
        return None
    author = reply.get("from", {})
    text = reply.get("text") or reply.get("caption") or ""
    name = f"{author.get('first_name', '')} {author.get('last_name', '')}".strip()
    return {"message_id": reply["message_id"], "from": name, "text": text[:160]}


def _button_view(button: Json) -> Json:
    view: Json = {"text": button["text"], "kind": "callback", "url": None, "style": button.get("style")}
    if "url" in button:
        view.update(kind="url", url=button["url"])
    elif "copy_text" in button:
        view.update(kind="copy", url=button["copy_text"]["text"])
    elif "web_app" in button:
        view.update(kind="url", url=button["web_app"]["url"])
    return view


def _keyboard_view(markup: Json | None) -> list[list[Json]] | None:
    if not markup or "keyboard" not in markup:
        return None
    return [
        [
            {
                "text": button["text"],
                "request_contact": bool(button.get("request_contact")),
                "request_location": bool(button.get("request_location")),
            }
            for button in row
        ]
        for row in markup["keyboard"]
    ]


def media_view(message: Message) -> Json | None:
    """What is attached: kind and the fields that kind has, the others null."""
    payload, file = message.payload, message.file
    view: Json = dict.fromkeys(
        ("kind", "url", "name", "size", "duration", "lat", "lon", "live_period", "live_until", "phone", "caption")
    )
    if "contact" in payload:
        contact = payload["contact"]
        name = f"{contact['first_name']} {contact.get('last_name', '')}".strip()
        view.update(kind="contact", name=name, phone=contact["phone_number"])
    elif "location" in payload:
        location = payload["location"]
        view.update(kind="location", lat=location["latitude"], lon=location["longitude"])
        if "live_period" in location:
            view["live_period"] = location["live_period"]
            view["live_until"] = iso(min(message.date + location["live_period"], 253_402_300_799))
        if "venue" in payload:
            view["name"] = payload["venue"]["title"]
    elif file is not None:
        kind = file.kind if file.kind in ("photo", "voice") else "document"
        view.update(kind=kind, url=f"/api/file/{file.path}", name=file.name, size=len(file.data))
        view.update(duration=file.duration or None, caption=payload.get("caption"))
    else:
        return None
    return view


def service_text(message: Message) -> str | None:
    """A service message in words; None for an ordinary one."""
    for field, words in _SERVICE.items():
        if field in message.payload:
            return words(_shown_name(message), message.payload[field])
    return None


def _joined(who: str, users: list[Json]) -> str:
    names = "、".join(_name(user) for user in users)
    return f"{names} 加入了群" if names == who else f"{who} 邀请 {names} 加入了群"


def _left(who: str, user: Json) -> str:
    name = _name(user)
    return f"{name} 退出了群" if name == who else f"{who} 将 {name} 移出了群"


def _pinned(who: str, message: Json) -> str:
    return f"{who} 置顶了消息：{(message.get('text') or message.get('caption') or '')[:40]}"


_SERVICE: Mapping[str, Callable[[str, Any], str]] = MappingProxyType(
    {
        "new_chat_members": _joined,
        "left_chat_member": _left,
        "pinned_message": _pinned,
        "new_chat_title": lambda who, title: f"{who} 把群名改为“{title}”",
        "migrate_to_chat_id": lambda _who, _chat_id: "该群已升级为超级群组",
        "migrate_from_chat_id": lambda _who, _chat_id: "群已升级为超级群组",
    }
)


def _name(user: Json) -> str:
    return f"{user['first_name']} {user.get('last_name', '')}".strip()


def members_view(world: World, chat: Chat) -> list[Json]:
    if chat.private:
        return [user_view(world.users[uid]) for uid in (chat.user_id, chat.bot_id)]
    return [
        {**user_view(world.users[m.user_id]), "role": _ROLES.get(m.status, ""), "tag": m.tag, "title": m.title}
        for m in sorted(chat.inside(), key=lambda m: (m.status != "creator", not m.admin, m.user_id))
    ]


def messages_view(world: World, chat: Chat, viewer: int, before: int | None, limit: int) -> Json:
    """A page of history, oldest first."""
    top = chat.next_id if before is None else min(before, chat.next_id)
    found: list[Message] = []
    for message_id in range(top - 1, 0, -1):
        message = chat.messages.get(message_id)
        if message is None:
            if message_id <= chat.next_id - world.limits.messages_kept:
                break
            continue
        found.append(message)
        if len(found) >= limit:
            break
    return {"messages": [message_view(world, message, viewer) for message in reversed(found)]}


def search_users(world: World, query: str, limit: int) -> list[Json]:
    """People whose name, note or username contains the words."""
    words = query.lower().split()
    found = []
    for user in world.users.values():
        if user.is_bot or user.deleted:
            continue
        haystack = f"{user.name} {user.note} {user.username or ''} {user.id}".lower()
        if all(word in haystack for word in words):
            found.append(user_view(user))
            if len(found) >= limit:
                break
    return found


def event_view(world: World, event: Json, viewer: int | None) -> Json | None:
    """An event as one person may see it, or None when it is none of his business.

    A message is shown as it is now, which may be newer than the event.
    """
    chat: Chat | None = event.get("of")
    if chat is None:
        return dict(event)
    if viewer is None or not _concerns(chat, viewer):
        return None
    shown: dict[str, Any] = {key: value for key, value in event.items() if key not in ("of", "about", "message")}
    if "about" in event:
        shown["message"] = message_view(world, event["about"], viewer)
    if event["type"] == "chat" and (chat.private or chat.members[viewer].inside):
        shown["chat"] = chat_view(world, chat, viewer)
    return shown


def _concerns(chat: Chat, viewer: int) -> bool:
    if chat.private:
        return chat.user_id == viewer
    return viewer in chat.members


def viewer_of(world: World, raw: object) -> int:
    """The person the page acts as."""
    if isinstance(raw, bool) or not isinstance(raw, (int, str)) or not str(raw).isdigit():
        raise WorldError("请先选择以谁的身份操作")
    user = world.user(int(raw))
    if user.is_bot:
        raise WorldError("不能以机器人的身份操作")
    return user.id
