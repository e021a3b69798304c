// The open chat: its head, its messages, scrolling, and what happens when a button under a message is pressed.

import { get, post } from "./api.js";
import { continues, dayNode, messageNode } from "./bubble.js";
import { button, byId, h } from "./dom.js";
import { nameOf } from "./format.js";
import { alertDialog, complain, photoDialog, toast } from "./toast.js";
import { t } from "./words.js";

const PAGE = 50;
const KEPT = 400; // messages kept on the page while it follows the newest
const NEAR_END_PX = 80;
const NEAR_START_PX = 200;
const ANSWER_MS = 15_000; // Telegram gives a bot about as long before the press is void
const JUMP_PAGES = 6;

export class ChatView {
  /** `host`: reply(message), command(text), openUrl(url), isBotLink(url), changed(messages), seen(chatId). */
  constructor(host) {
    this.host = host;
    this.log = byId("log");
    this.list = byId("messages");
    this.pill = byId("to-end");
    this.pinBar = byId("pin-bar");
    this.actions = {
      ...host,
      press: (message, row, col) => this.press(message, row, col),
      jump: (id) => this.jump(id).catch(complain),
      copy: (text) => this.copy(text),
      photo: photoDialog,
    };
    this.forget();
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.log.addEventListener("keydown", (event) => this.walk(event));
    this.list.addEventListener("click", (event) => this.pick(event));
    this.pill.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.stick && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.stick && this.toEnd()).observe(this.log);
  }

  forget() {
    this.as = null;
    this.chat = null;
    this.messages = [];
    this.nodes = new Map();
    this.waiting = new Map();
    this.hasOlder = false;
    this.loading = false;
    this.shown = false;
    this.stick = true;
    this.fresh = 0;
    this.list.replaceChildren();
    this.showPill();
  }

  /** Shows `chat` as person `as` sees it. A second call overtakes a first that is still loading. */
  async open(as, chat) {
    this.forget();
    this.as = as;
    this.chat = chat;
    this.list.append(h("p", { class: "hint-line" }, t("loading")));
    await this.reload();
  }

  async newest() {
    const { as, chat } = this;
    const { messages } = await get(`chats/${chat.id}/messages`, { as, limit: PAGE });
    return this.as === as && this.chat === chat ? messages : null;
  }

  async reload() {
    const messages = await this.newest();
    if (messages) this.show(messages);
  }

  /** Catches up after a while without the live stream, and leaves what is being read where it is. */
  async catchUp() {
    if (!this.shown) return; // it is being read for the first time at this moment
    const messages = await this.newest();
    if (!messages?.length) return;
    const ids = new Set(messages.map((message) => message.message_id));
    const known = this.messages.filter((message) => message.message_id >= messages[0].message_id);
    if (this.messages.length && !known.length) {
      this.show(messages); // so much has been missed that nothing joins up
      return;
    }
    known.filter((message) => !ids.has(message.message_id)).forEach((message) => this.remove(message.message_id));
    const before = new Map(known.map((message) => [message.message_id, JSON.stringify(message)]));
    messages
      .filter((message) => before.get(message.message_id) !== JSON.stringify(message))
      .forEach((message) => this.receive(message));
  }

  show(messages) {
    this.shown = true;
    this.messages = [];
    this.nodes.clear();
    this.list.replaceChildren();
    this.hasOlder = messages.length >= PAGE;
    messages.forEach((message) => this.add(message));
    if (!messages.length) this.list.append(h("p", { class: "hint-line" }, t("empty_chat")));
    this.update();
    this.toEnd();
  }

  // ---- messages come, change and go ----------------------------------------------------------------------------

  /** A live message of this chat. */
  receive(message) {
    if (this.nodes.has(message.message_id)) {
      this.replace(message);
      return;
    }
    const follow = this.stick || message.own;
    this.add(message);
    if (this.stick) this.trim();
    this.announce(message);
    if (follow) this.toEnd();
    else this.fresh += 1;
    this.showPill();
    this.update();
  }

  replace(message) {
    const old = this.nodes.get(message.message_id);
    if (!old) return;
    const node = this.make(message);
    node.classList.toggle("again", old.classList.contains("again"));
    if (old.isConnected) node.classList.add("changed");
    old.replaceWith(node);
    this.messages = this.messages.map((one) => (one.message_id === message.message_id ? message : one));
    this.showWaiting(message.message_id);
    this.update();
  }

  remove(id) {
    const node = this.nodes.get(id);
    const after = node?.nextElementSibling;
    node?.remove();
    this.nodes.delete(id);
    this.messages = this.messages.filter((one) => one.message_id !== id);
    if (after) this.joinAt(after);
    this.update();
  }

  make(message) {
    const group = this.chat.type !== "private";
    const node = messageNode(message, { group, actions: this.actions });
    this.nodes.set(message.message_id, node);
    return node;
  }

  add(message) {
    if (!this.messages.length) this.list.querySelector(".hint-line")?.remove();
    const node = this.make(message);
    const last = this.list.lastElementChild;
    if (last?.dataset.day !== node.dataset.day) this.list.append(dayNode(node));
    this.list.append(node);
    this.joinAt(node);
    this.messages.push(message);
  }

  joinAt(node) {
    node.classList.toggle("again", continues(node.previousElementSibling, node));
  }

  trim() {
    while (this.messages.length > KEPT) {
      const { message_id: id } = this.messages.shift();
      this.nodes.get(id)?.remove();
      this.nodes.delete(id);
      this.hasOlder = true;
    }
    const days = this.list.querySelectorAll(".day + .day");
    days.forEach((day) => day.previousElementSibling.remove());
  }

  announce(message) {
    if (message.own) return;
    const words = message.service || message.text || message.media?.caption || t(message.media?.kind ?? "document");
    byId("announce").textContent = `${nameOf(message.from)}${t("colon")}${words}`;
  }

  update() {
    this.showPin();
    this.host.changed(this.messages);
    if (this.stick) this.host.seen(this.chat.id);
  }

  // ---- scrolling -----------------------------------------------------------------------------------------------

  scrolled() {
    const left = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop;
    this.stick = left < NEAR_END_PX;
    if (this.stick && this.fresh) {
      this.fresh = 0;
      this.host.seen(this.chat.id);
    }
    this.showPill();
    if (this.log.scrollTop < NEAR_START_PX) this.older().catch(complain);
  }

  toEnd() {
    this.stick = true;
    this.fresh = 0;
    this.log.scrollTop = this.log.scrollHeight;
    this.showPill();
  }

  showPill() {
    this.pill.hidden = this.stick;
    const words = this.fresh ? t("new_messages", { n: this.fresh }) : t("to_end");
    this.pill.querySelector("span").textContent = words;
  }

  async older() {
    if (!this.hasOlder || this.loading || !this.messages.length) return false;
    this.loading = true;
    const { as, chat } = this;
    try {
      const before = this.messages[0].message_id;
      const { messages } = await get(`chats/${chat.id}/messages`, { as, before, limit: PAGE });
      if (this.as !== as || this.chat !== chat) return false;
      this.hasOlder = messages.length >= PAGE;
      this.prepend(messages);
      return messages.length > 0;
    } finally {
      this.loading = false;
    }
  }

  prepend(messages) {
    const height = this.log.scrollHeight;
    const top = this.log.scrollTop;
    const first = this.list.firstElementChild;
    const nodes = [];
    for (const message of messages) {
      const node = this.make(message);
      if (nodes.at(-1)?.dataset.day !== node.dataset.day) nodes.push(dayNode(node));
      nodes.push(node);
    }
    this.list.prepend(...nodes);
    if (first?.matches(".day") && nodes.at(-1)?.dataset.day === first.dataset.day) first.remove();
    for (const node of this.list.querySelectorAll("article")) this.joinAt(node);
    this.messages = [...messages, ...this.messages];
    this.log.scrollTop = top + this.log.scrollHeight - height;
    this.update();
  }

  /** Brings message `id` into view, reading older pages when needed. */
  async jump(id) {
    for (let page = 0; page < JUMP_PAGES && !this.nodes.has(id); page += 1) {
      if (!(await this.older())) break;
    }
    const node = this.nodes.get(id);
    if (!node) return;
    this.stick = false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("changed");
    requestAnimationFrame(() => node.classList.add("changed"));
  }

  showPin() {
    const pinned = this.messages.findLast((message) => message.pinned);
    this.pinBar.hidden = !pinned;
    if (!pinned) return;
    const words = pinned.text || pinned.media?.caption || t(pinned.media?.kind ?? "document");
    byId("pin-text").textContent = words.split("\n", 1)[0];
    this.pinBar.onclick = () => this.jump(pinned.message_id).catch(complain);
  }

  // ---- keyboard and touch --------------------------------------------------------------------------------------

  /** Arrow keys walk through the messages, Enter replies to the one in focus. */
  walk(event) {
    const here = document.activeElement;
    if (here !== this.log && !here.matches("article")) return;
    if (event.key === "Enter" && here.matches("article")) {
      event.preventDefault();
      here.querySelector(".act").click();
    }
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const all = [...this.list.querySelectorAll("article")];
    const step = event.key === "ArrowUp" ? -1 : 1;
    const at = here === this.log ? all.length : all.indexOf(here);
    all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
  }

  /** A tap on a bubble shows what can be done with it. Tapping something inside, or selecting text, does not. */
  pick(event) {
    const article = event.target.closest("article");
    const busy = event.target.closest("button, a, audio, .tg-spoiler") || String(document.getSelection()).length;
    if (busy) return;
    this.list.querySelectorAll(".picked").forEach((node) => node !== article && node.classList.remove("picked"));
    if (event.target.closest(".bubble")) article.classList.toggle("picked");
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("copied"));
    } catch {
      await alertDialog(text); // no clipboard without https: the text is at least shown to be copied by hand
    }
  }

  // ---- pressing a button ---------------------------------------------------------------------------------------

  async press(message, row, col) {
    const place = `${message.message_id}:${row}:${col}`;
    if (this.waiting.has(place)) return;
    const { as, chat } = this;
    let late = false;
    this.wait(message.message_id, place, message.buttons[row][col].text);
    const timer = setTimeout(() => {
      late = true;
      this.unwait(message.message_id, place);
      toast(t("no_answer"));
    }, ANSWER_MS);
    try {
      const result = await post("press", { as, chat_id: chat.id, message_id: message.message_id, row, col });
      if (!result.answered && !late) toast(t("no_answer"));
      this.answered(result);
    } catch (error) {
      complain(error);
    } finally {
      clearTimeout(timer);
      this.unwait(message.message_id, place);
    }
  }

  answered({ text, alert, url }) {
    if (url) this.host.openUrl(url);
    if (text && alert) alertDialog(text);
    else if (text) toast(text);
  }

  wait(id, place, label) {
    this.waiting.set(place, label);
    this.showWaiting(id);
  }

  unwait(id, place) {
    this.waiting.delete(place);
    this.showWaiting(id);
  }

  showWaiting(id) {
    for (const key of this.nodes.get(id)?.querySelectorAll(".key") ?? []) {
      const label = this.waiting.get(`${id}:${key.dataset.row}:${key.dataset.col}`);
      const busy = label !== undefined && label === key.querySelector(".key-text").textContent;
      key.classList.toggle("waiting", busy);
      key.toggleAttribute("aria-busy", busy);
      key.title = busy ? t("waiting") : "";
    }
    const keys = this.nodes.get(id)?.querySelector(".keys");
    const any = keys?.querySelector(".waiting");
    keys?.querySelector(".waiting-line")?.remove();
    if (any) keys.append(h("p", { class: "waiting-line", role: "status" }, t("waiting")));
  }
}

/** The head of the chat: back, title, members, block. `host`: back(), members(), block(blocked). */
export function chatHead(chat, host) {
  const isPrivate = chat.type === "private";
  const below = isPrivate ? t("private") : t("members", { n: chat.members ?? 0 });
  const block = isPrivate && chat.started && !chat.blocked;
  return [
    button(t("back"), { iconName: "back", showLabel: false, class: "round back", onclick: host.back }),
    h(
      "div",
      { class: "head-words" },
      h("h2", {}, chat.title),
      h("span", { class: "faint" }, chat.note && !isPrivate ? `${below} · ${chat.note}` : below),
    ),
    isPrivate ? null : button(t("members_button"), { iconName: "people", class: "plain small-text", onclick: host.members }),
    block ? button(t("block"), { iconName: "ban", class: "plain small-text", onclick: () => host.block(true) }) : null,
  ].filter(Boolean);
}
