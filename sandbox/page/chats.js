// The list of the person's chats. Only as many rows are drawn as have been scrolled to.

import { avatar, byId, h } from "./dom.js";
import { listTime, nameOf, toDate } from "./format.js";
import { t } from "./words.js";

const STEP = 40;
const NEAR_END_PX = 300;

export class ChatList {
  /** `open(chatId)` is called at a tap; `worldNow()` gives the sandbox's time. */
  constructor({ open, worldNow }) {
    this.open = open;
    this.worldNow = worldNow;
    this.chats = [];
    this.current = null;
    this.shown = STEP;
    this.frame = null;
    this.node = byId("chats");
    this.filter = byId("chat-filter");
    this.filter.addEventListener("input", () => this.toTop());
    this.node.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.node.addEventListener("keydown", (event) => walk(event, this.node));
  }

  set(chats, current) {
    this.chats = chats;
    this.current = current;
    this.draw();
  }

  get(id) {
    return this.chats.find((chat) => chat.id === id);
  }

  /** A chat as the server describes it now: one that is new, or has changed. */
  put(chat) {
    const at = this.chats.findIndex((one) => one.id === chat.id);
    if (at < 0) this.chats.push(chat);
    else this.chats[at] = chat;
    this.draw();
  }

  /** A live message: it becomes the chat's last line and counts as unread unless it is being read. */
  receive(chatId, message, { read }) {
    const chat = this.get(chatId);
    if (!chat) return false;
    const text = message.service || message.text || message.media?.caption || kindWord(message.media);
    chat.last = { text, date: message.date, from: nameOf(message.from) };
    if (!read && !message.own) chat.unread = (chat.unread ?? 0) + 1;
    this.draw();
    return true;
  }

  read(chatId) {
    const chat = this.get(chatId);
    if (!chat?.unread) return false;
    chat.unread = 0;
    this.draw();
    return true;
  }

  unread() {
    return this.chats.reduce((sum, chat) => sum + (chat.unread ?? 0), 0);
  }

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.render();
    });
  }

  toTop() {
    this.shown = STEP;
    this.node.scrollTop = 0;
    this.draw();
  }

  /** Another person: nothing filtered, from the top. */
  forget() {
    this.filter.value = "";
    this.toTop();
  }

  scrolled() {
    const left = this.node.scrollHeight - this.node.clientHeight - this.node.scrollTop;
    if (left > NEAR_END_PX || this.shown >= this.chats.length) return;
    this.shown += STEP;
    this.draw();
  }

  render() {
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const words = this.filter.value.trim().toLowerCase();
    const matching = this.chats.filter((chat) => !words || `${chat.title} ${chat.note ?? ""}`.toLowerCase().includes(words));
    const rows = matching.sort(order).slice(0, this.shown).map((chat) => this.row(chat));
    if (!rows.length && this.chats.length) rows.push(h("p", { class: "faint pad" }, t("no_chats")));
    this.node.replaceChildren(...rows);
    if (focused) this.node.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  row(chat) {
    const here = chat.id === this.current;
    const unread = chat.unread ? h("span", { class: "unread", "aria-label": t("unread", { n: chat.unread }) }, countWord(chat.unread)) : null;
    const time = chat.last ? h("time", { class: "faint" }, listTime(toDate(chat.last.date), this.worldNow())) : null;
    return h(
      "button",
      { type: "button", class: here ? "chat here" : "chat", "data-id": chat.id, "aria-current": here ? "true" : null, onclick: () => this.open(chat.id) },
      avatar(chat.id, chat.title, { group: chat.type !== "private" }),
      h(
        "span",
        { class: "chat-words" },
        h("span", { class: "line" }, h("span", { class: "chat-title" }, chat.title), time),
        h("span", { class: "line" }, h("span", { class: "chat-last" }, lastLine(chat)), unread),
      ),
    );
  }
}

function lastLine(chat) {
  if (!chat.last) return chat.type === "private" && !chat.started ? t("not_started") : (chat.note ?? "");
  const from = nameOf(chat.last.from);
  const words = (chat.last.text ?? "").replace(/\s+/g, " ").slice(0, 90);
  return from && chat.type !== "private" ? `${from}${t("colon")}${words}` : words;
}

const countWord = (n) => (n > 99 ? "99+" : String(n));

const kindWord = (media) => (media ? `[${t(media.kind)}]` : "");

/** Private chats first, then groups, each with the newest on top. */
function order(one, other) {
  const private_ = (chat) => (chat.type === "private" ? 0 : 1);
  const at = (chat) => (chat.last ? toDate(chat.last.date).getTime() : 0);
  return private_(one) - private_(other) || at(other) - at(one) || one.title.localeCompare(other.title, "zh");
}

function walk(event, list) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const rows = [...list.querySelectorAll(".chat")];
  const next = rows[rows.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
