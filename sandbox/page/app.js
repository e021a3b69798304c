// The page of the sandbox: on it a person plays any member of any group. This file ties the parts together:
// whom one plays and which chat is open (the address after #), and what the live stream brings.

import { Live, get, post } from "./api.js";
import { ChatView, chatHead } from "./chat.js";
import { ChatList } from "./chats.js";
import { WorldClock } from "./clock.js";
import { Composer } from "./composer.js";
import { byId, h } from "./dom.js";
import { chooseMember, choosePerson, recentIds, remember, showMe } from "./people.js";
import { complain, confirmDialog, toast } from "./toast.js";
import { changeLanguage, lang, t, wordPage } from "./words.js";

const REFRESH_MS = 300;
const READ_MS = 400;
const HELP_STORED = "sandbox.help";
const BOT_LINK = /^(?:https?:\/\/(?:www\.)?(?:t|telegram)\.me\/|tg:\/\/resolve\?domain=)(\w+)/i;

class App {
  constructor() {
    this.as = null;
    this.chatId = null;
    this.state = { bots: [], chats: [], me: null };
    this.users = new Map();
    this.clock = new WorldClock();
    const worldNow = () => this.clock.now();
    this.list = new ChatList({ open: (id) => this.go({ chat: id }), worldNow });
    this.composer = new Composer({ worldNow, started: () => this.refreshSoon(), unblock: () => this.block(false) });
    this.view = new ChatView({
      reply: (message) => this.composer.reply(message),
      command: (text) => this.composer.say(text),
      openUrl: (url) => this.openUrl(url).catch(complain),
      isBotLink: (url) => this.isBotLink(url),
      changed: (messages) => this.composer.showKeys(messages),
      seen: (id) => this.seen(id),
    });
    this.wire();
  }

  wire() {
    byId("switch").addEventListener("click", () => this.switchPerson());
    byId("choose").addEventListener("click", () => this.switchPerson());
    byId("me-chip").addEventListener("click", () => this.switchPerson());
    byId("language").addEventListener("click", changeLanguage);
    byId("help-open").addEventListener("click", () => this.showHelp(byId("help").hidden));
    byId("help-close").addEventListener("click", () => this.showHelp(false));
    window.addEventListener("hashchange", () => this.route());
    document.addEventListener("visibilitychange", () => this.listen());
  }

  // ---- where we are: #as=<person>&chat=<chat> ------------------------------------------------------------------

  address() {
    const given = new URLSearchParams(location.hash.slice(1));
    const number = (key) => (given.get(key) ? Number(given.get(key)) : null);
    return { as: number("as"), chat: number("chat") };
  }

  go({ as = this.as, chat = null }) {
    location.hash = new URLSearchParams(chat === null ? { as } : { as, chat }).toString();
  }

  async route() {
    const { as, chat } = this.address();
    try {
      if (as !== this.as) await this.enter(as);
      if (this.as === as && chat !== this.chatId) await this.openChat(chat);
    } catch (error) {
      complain(error);
    }
  }

  async begin() {
    this.loadHelp();
    if (this.address().as !== null) {
      await this.route();
      return;
    }
    await this.enter(null);
    const last = recentIds().find((id) => this.users.has(id));
    if (last === undefined) await this.switchPerson();
    else this.go({ as: last });
  }

  /** Becomes person `as` (null: nobody yet). */
  async enter(as) {
    this.as = as;
    this.closeChat();
    this.list.forget();
    try {
      await this.listen({ catchUp: false }); // first listen, then look: nothing is lost in between
      await this.refresh();
    } catch (error) {
      this.as = null; // nobody of that number here: the address is from another world
      this.listen();
      this.closeChat();
      throw error;
    }
    if (as !== null) remember(as);
  }

  /**
   * Opens the live stream, and closes it while the tab is out of sight: a browser keeps only six connections to one
   * server, and whoever plays six people in six tabs would wait for ever in the seventh. Resolves when it is known
   * whether the line is up.
   */
  listen({ catchUp = true } = {}) {
    this.live?.close();
    byId("line-down").hidden = true;
    if (this.as === null || document.hidden) return Promise.resolve();
    let missed = catchUp;
    return new Promise((resolve) => {
      const status = (up) => {
        byId("line-down").hidden = up;
        if (up && missed) this.catchUp();
        missed = true;
        resolve();
      };
      this.live = new Live(this.as, (event) => this.receive(event), status);
    });
  }

  async refresh() {
    const as = this.as;
    const state = await get("state", { as });
    if (as !== this.as) return;
    this.state = state;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.clock.set(state.clock);
    showMe(state.me);
    this.list.set(state.chats, this.chatId);
    if (this.chatId !== null && !this.list.get(this.chatId)) this.go({}); // no longer in that group
    this.showChatState();
    this.showTitle();
  }

  refreshSoon() {
    this.refreshTimer ??= setTimeout(() => {
      this.refreshTimer = null;
      this.refresh().catch(complain);
    }, REFRESH_MS);
  }

  /** The line is up: whatever was missed before is read again. */
  catchUp() {
    this.refresh().catch(complain);
    if (this.chatId !== null) this.view.catchUp().catch(complain);
  }

  // ---- the open chat -------------------------------------------------------------------------------------------

  async openChat(id) {
    if (id === null) {
      this.closeChat();
      return;
    }
    const chat = this.list.get(id);
    if (!chat) {
      toast(t("no_chat"), { error: true });
      this.go({});
      return;
    }
    this.chatId = id;
    document.body.dataset.pane = "chat";
    byId("chat").hidden = false;
    byId("nothing").hidden = true;
    this.list.set(this.list.chats, id);
    this.composer.open(this.as, chat);
    this.showChatState();
    await this.view.open(this.as, chat);
    this.composer.focus();
  }

  closeChat() {
    this.chatId = null;
    this.view.forget();
    document.body.dataset.pane = "list";
    byId("chat").hidden = true;
    byId("nothing").hidden = false;
    byId("nothing-words").textContent = t(this.as === null ? "choose_person" : "choose_chat");
    byId("choose").hidden = this.as !== null;
    this.list.set(this.list.chats, null);
  }

  showChatState() {
    const chat = this.chatId === null ? null : this.list.get(this.chatId);
    if (!chat) return;
    const host = { back: () => this.go({}), members: () => this.members(chat), block: (yes) => this.block(yes) };
    byId("chat-head").replaceChildren(...chatHead(chat, host));
    this.composer.refresh(chat);
  }

  seen(id) {
    if (document.hidden || id !== this.chatId) return;
    this.list.read(id);
    this.showTitle();
    this.readTimer ??= setTimeout(() => {
      this.readTimer = null;
      if (this.chatId === id) post("read", { as: this.as, chat_id: id }).catch(complain);
    }, READ_MS);
  }

  showTitle() {
    const unread = this.list.unread();
    const name = this.state.me?.name;
    document.title = `${unread ? `(${unread}) ` : ""}${name ? `${name} · ` : ""}${t("title")}`;
  }

  // ---- live ----------------------------------------------------------------------------------------------------

  receive(event) {
    if (event.type === "clock") this.clock.set(event.clock ?? event);
    else if (event.type === "chat") this.chatChanged(event);
    else if (event.type === "message") this.received(event);
    else if (event.chat_id === this.chatId) this.changed(event);
  }

  chatChanged({ chat }) {
    if (!chat) {
      this.refreshSoon(); // he has left it, or was removed
      return;
    }
    this.list.put(chat);
    if (chat.id === this.chatId) this.showChatState();
  }

  received({ chat_id: id, message }) {
    const open = id === this.chatId;
    if (!this.list.receive(id, message, { read: open && this.view.stick && !document.hidden })) this.refreshSoon();
    if (open) this.view.receive(message);
    this.showTitle();
  }

  changed(event) {
    if (event.type === "edit" || (event.type === "pin" && event.message)) this.view.replace(event.message);
    else if (event.type === "delete") [event.message_ids ?? event.message_id].flat().forEach((id) => this.view.remove(id));
    else if (event.type === "pin") this.view.catchUp().catch(complain);
  }

  // ---- what a person can do ------------------------------------------------------------------------------------

  async switchPerson() {
    const id = await choosePerson((one) => this.users.get(one), this.as).catch(complain);
    if (id) this.becomes(id);
  }

  async members(chat) {
    const id = await chooseMember(chat, this.as).catch(complain);
    if (id) this.becomes(id);
  }

  /** The new person looks at the same chat where that makes sense: the same group, or his own private chat. */
  becomes(id) {
    const open = this.chatId === null ? null : this.list.get(this.chatId);
    if (!open) this.go({ as: id });
    else if (open.type === "private") this.go({ as: id, chat: open.id === this.as ? id : open.id });
    else this.becomesIn(id, open.id).catch(complain);
  }

  async becomesIn(id, chatId) {
    const { chats } = await get("state", { as: id });
    this.go({ as: id, chat: chats.some((chat) => chat.id === chatId) ? chatId : null });
  }

  async block(blocked) {
    if (blocked && !(await confirmDialog(t("block_confirm"), { yes: t("block"), danger: true }))) return;
    const chat = this.list.get(this.chatId); // named by the person's id with the first bot, by the bot's id with others
    const bot = this.state.bots.find((one) => one.id === chat.id) ?? this.state.bots[0];
    try {
      await post("block", { as: this.as, bot_id: bot.id, blocked });
      await this.refresh();
    } catch (error) {
      complain(error);
    }
  }

  isBotLink(url) {
    const name = BOT_LINK.exec(url ?? "")?.[1].toLowerCase();
    return name !== undefined && this.state.bots.some((bot) => bot.username?.toLowerCase() === name);
  }

  async openUrl(url) {
    if (!this.isBotLink(url)) {
      if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
      return;
    }
    const { chat_id: id } = await post("open", { as: this.as, url });
    await this.refresh();
    this.go({ chat: id });
  }

  // ---- help ----------------------------------------------------------------------------------------------------

  async loadHelp() {
    const hint = await get("hint").catch(() => ({}));
    const lines = (hint[lang()] || t("help_text")).split("\n").slice(0, 4);
    byId("help-lines").replaceChildren(...lines.map((line) => h("li", {}, line)));
    this.showHelp(localStorage.getItem(HELP_STORED) !== "closed");
  }

  showHelp(open) {
    byId("help").hidden = !open;
    byId("help-open").setAttribute("aria-expanded", String(open));
    localStorage.setItem(HELP_STORED, open ? "open" : "closed");
  }
}

wordPage();
new App().begin().catch(complain);
