"""Groups and their members: who joins, leaves, rules, and what the bots are told of it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from sandbox.core import WorldCore
from sandbox.errors import WorldError
from sandbox.model import ADMIN_RIGHTS, Chat, Json, Member, Message, Status, User


class Groups(WorldCore):
    def add_group(
        self,
        title: str,
        *,
        members: Iterable[int],
        admins: Iterable[int] = (),
        kind: Literal["group", "supergroup"] = "supergroup",
        chat_id: int | None = None,
        note: str = "",
    ) -> Chat:
        """A group that is there from the start. The first human administrator owns it.

        Every bot among the members is told by my_chat_member; there are no service messages.
        """
        new_id = self._group_id(kind, self._next(kind)) if chat_id is None else chat_id
        if new_id >= 0 or new_id in self.groups:
            raise ValueError(f"group id {new_id} is taken or not negative")
        chat = Chat(new_id, kind, title, note, instance=self._instance())
        self.groups[new_id] = chat
        admin_ids = list(dict.fromkeys(admins))
        owner = next((uid for uid in admin_ids if not self.user(uid).is_bot), None)
        everyone = list(dict.fromkeys([*admin_ids, *members]))
        for user_id in sorted(everyone, key=lambda uid: self.user(uid).is_bot):
            member = Member(user_id)
            if user_id == owner:
                member.status = "creator"
            elif user_id in admin_ids:
                member.status, member.rights = "administrator", _rights({})
            by = self.users[owner if owner is not None else user_id]
            self._set_member(chat, member, by)
        return chat

    def group(self, chat_id: int) -> Chat:
        chat = self.groups.get(chat_id)
        if chat is None:
            raise WorldError("没有这个群")
        return chat

    def add_member(self, chat_id: int, user_id: int, *, by: int | None = None, link: str | None = None) -> None:
        """Someone is added by `by`, or joins by himself (through an invite link if given)."""
        chat = self._live(chat_id)
        user, actor = self.user(user_id), self.user(user_id if by is None else by)
        old = chat.members.get(user_id)
        if old is not None and old.inside:
            return
        if old is not None and old.status == "kicked" and by is None:
            raise WorldError("您已被移出该群，不能自行加入")
        update: Json = {"invite_link": chat.invites[link]} if link and link in chat.invites else {}
        self._set_member(chat, Member(user_id), actor, extra=update)
        self.service(chat, actor, {
            "new_chat_members": [user.api], "new_chat_member": user.api, "new_chat_participant": user.api,
        })  # fmt: skip

    def leave(self, chat_id: int, user_id: int) -> None:
        """Someone leaves by himself."""
        chat = self._live(chat_id)
        user = self.user(user_id)
        if not self.member_of(chat, user_id).inside:
            return
        self.service(chat, user, {"left_chat_member": user.api, "left_chat_participant": user.api}, skip_bots=[user_id])
        self._set_member(chat, Member(user_id, "left"), user)

    def kick(self, chat_id: int, user_id: int, *, by: int | None = None, until: int = 0) -> None:
        """Someone is removed and banned. A bot that is removed still learns it by my_chat_member."""
        chat = self._live(chat_id)
        user, actor = self.user(user_id), self._actor(chat, by)
        was_inside = self.member_of(chat, user_id).inside
        if was_inside:
            self.service(
                chat, actor, {"left_chat_member": user.api, "left_chat_participant": user.api}, skip_bots=[user_id]
            )
        self._set_member(chat, Member(user_id, "kicked", until=until), actor)

    def unban(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        chat = self._live(chat_id)
        if self.member_of(chat, user_id).status == "kicked":
            self._set_member(chat, Member(user_id, "left"), self._actor(chat, by))

    def promote(
        self,
        chat_id: int,
        user_id: int,
        *,
        by: int | None = None,
        anonymous: bool = False,
        title: str = "",
        **rights: bool,
    ) -> None:
        """Make an administrator, with every usual right save those given as False (can_promote_members is off)."""
        self.set_rights(chat_id, user_id, _rights(rights), by=by, anonymous=anonymous, title=title)

    def set_rights(
        self,
        chat_id: int,
        user_id: int,
        rights: dict[str, bool],
        *,
        by: int | None = None,
        anonymous: bool = False,
        title: str = "",
    ) -> None:
        """Make an administrator with exactly these rights."""
        chat = self._live(chat_id)
        old = self._inside(chat, user_id)
        status: Status = "creator" if old.status == "creator" else "administrator"
        member = Member(user_id, status, rights=dict(rights), anonymous=anonymous, title=title, read=old.read)
        self._set_member(chat, member, self._actor(chat, by))

    def demote(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        """Back to an ordinary member."""
        chat = self._live(chat_id)
        old = self._inside(chat, user_id)
        if old.status != "creator":
            self._set_member(chat, Member(user_id, tag=old.tag, read=old.read), self._actor(chat, by))

    def restrict(
        self, chat_id: int, user_id: int, *, by: int | None = None, until: int = 0, **permissions: bool
    ) -> None:
        """Limit a member to the given permissions; what is not given is forbidden."""
        chat = self._live(chat_id)
        old = self._inside(chat, user_id)
        member = Member(user_id, "restricted", permissions=dict(permissions), until=until, tag=old.tag, read=old.read)
        self._set_member(chat, member, self._actor(chat, by))

    def set_permissions(self, chat_id: int, **permissions: bool) -> None:
        """What ordinary members may do from now on; what is not given stays."""
        self._live(chat_id).permissions.update(permissions)

    def set_title(self, chat_id: int, title: str, *, by: int | None = None) -> None:
        chat = self._live(chat_id)
        chat.title = title
        chat.refresh(None)
        self.service(chat, self._actor(chat, by), {"new_chat_title": title})
        self.publish("chat", chat)

    def migrate(self, chat_id: int, *, by: int | None = None) -> int:
        """A basic group becomes a supergroup with a new id. Members come along, messages do not."""
        old = self._live(chat_id)
        if old.kind != "group":
            raise WorldError("只有普通群可以升级")
        new_id = self._group_id("supergroup", self._next("supergroup"))
        new = Chat(new_id, "supergroup", old.title, old.note, instance=self._instance())
        new.description, new.bots = old.description, list(old.bots)
        new.members = {uid: replace(member, read=0) for uid, member in old.members.items()}
        self.groups[new_id] = new
        actor = self._actor(old, by)
        for bot_id in new.bots:  # a bot is told that it joined the new group, never that it left the old one
            before, after = Member(bot_id, "left"), new.members[bot_id]
            self._push(self.bots[bot_id], "my_chat_member", self._change(new, actor, before, after))
        self.service(old, actor, {"migrate_to_chat_id": new_id})
        old.migrated_to = new_id
        self.service(new, self.anonymous, {"sender_chat": new.api, "migrate_from_chat_id": old.id})
        self.publish("chat", old)
        self.publish("chat", new)
        return new_id

    def pin(self, chat_id: int, message_id: int, *, by: int | None = None) -> None:
        """An administrator pins a message by hand."""
        chat = self._live(chat_id)
        message = chat.messages.get(message_id)
        if message is None:
            raise WorldError("找不到这条消息")
        self.pin_message(message, self._actor(chat, by))

    def pin_message(self, message: Message, actor: User) -> None:
        """Pin, on top of what is pinned already, with the service message that says so."""
        chat = message.chat
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
        chat.pinned.append(message.id)
        self.publish("pin", chat, message=message)
        self.service(chat, actor, {"pinned_message": message.payload}, skip_bots=[actor.id])

    def request_to_join(self, chat_id: int, user_id: int, link: str) -> None:
        """Someone asks to join through a link that needs approval; the bot may write to him for five minutes."""
        chat = self._live(chat_id)
        user = self.user(user_id)
        invite = chat.invites.get(link)
        if invite is None or invite["is_revoked"] or self.member_of(chat, user_id).inside:
            raise WorldError("邀请链接无效，或您已在群里")
        chat.requests[user_id] = link
        now = self.clock.seconds()
        for bot_id in chat.bots:
            if chat.members[bot_id].may("can_invite_users"):
                self.private_chat(user_id, bot_id).invited_until = now + 300
                self.bots[bot_id].met.add(user_id)
                self._push(self.bots[bot_id], "chat_join_request", {
                    "chat": chat.api, "from": user.api, "user_chat_id": user_id, "date": int(now),
                    "invite_link": invite,
                })  # fmt: skip

    # --- the one place where a membership changes ---

    def _set_member(self, chat: Chat, new: Member, by: User, *, extra: Json | None = None) -> None:
        user = self.users[new.user_id]
        old = chat.members.get(new.user_id) or Member(new.user_id, "left")
        chat.members[new.user_id] = new
        if user.is_bot and user.id in self.bots:
            if new.inside and user.id not in chat.bots:
                chat.bots.append(user.id)
            elif not new.inside and user.id in chat.bots:
                chat.bots.remove(user.id)
        update = {**self._change(chat, by, old, new), **(extra or {})}
        if update["old_chat_member"] == update["new_chat_member"]:
            return
        for bot_id in chat.bots:
            if bot_id != user.id and chat.members[bot_id].admin:
                self._push(self.bots[bot_id], "chat_member", update)
        if user.id in self.bots:
            self._push(self.bots[user.id], "my_chat_member", update)
        self.publish("chat", chat)

    def _change(self, chat: Chat, by: User, old: Member, new: Member) -> Json:
        """The ChatMemberUpdated object."""
        user = self.users[new.user_id]
        return {
            "chat": chat.api,
            "from": by.api,
            "date": int(self.clock.seconds()),
            "old_chat_member": old.api(user),
            "new_chat_member": new.api(user),
        }

    def _live(self, chat_id: int) -> Chat:
        chat = self.group(chat_id)
        if chat.migrated_to is not None:
            raise WorldError("该群已升级为超级群组")
        return chat

    def _inside(self, chat: Chat, user_id: int) -> Member:
        member = self.member_of(chat, user_id)
        if not member.inside:
            raise WorldError("此人不在群里")
        return member

    def _actor(self, chat: Chat, by: int | None) -> User:
        """Who did it: `by`, or the group's owner, or its first administrator, or its first human member."""
        if by is not None:
            return self.user(by)
        humans = [member for member in chat.inside() if not self.users[member.user_id].is_bot]
        humans.sort(key=lambda member: (member.status != "creator", not member.admin))
        return self.users[humans[0].user_id] if humans else self.anonymous


def _rights(given: dict[str, bool]) -> dict[str, bool]:
    unknown = set(given) - set(ADMIN_RIGHTS)
    if unknown:
        raise ValueError(f"unknown rights: {sorted(unknown)}")
    return {name: given.get(name, name != "can_promote_members") for name in ADMIN_RIGHTS}
