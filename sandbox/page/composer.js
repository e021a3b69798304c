// The place where one writes: text, attachments, the reply, the bot's keyboard. What was typed is never lost:
// it is kept per person and chat, and comes back when sending fails.

import { post, upload } from "./api.js";
import { choosePlace, samplePhoto } from "./attach.js";
import { button, byId, h, icon } from "./dom.js";
import { nameOf } from "./format.js";
import { complain, confirmDialog } from "./toast.js";
import { t } from "./words.js";

const HIGHEST_PX = 168;

export class Composer {
  /** `host`: worldNow(), started(), unblock(). */
  constructor(host) {
    this.host = host;
    this.form = byId("composer");
    this.input = byId("text");
    this.tray = byId("attach-tray");
    this.keyboard = byId("keyboard");
    this.queue = Promise.resolve();
    this.clear();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("paste", (event) => this.paste(event));
    byId("attach").addEventListener("click", () => this.showTray(this.tray.hidden));
    byId("keyboard-toggle").addEventListener("click", () => this.showKeyboard(this.keyboard.hidden));
    for (const kind of ["photo", "document", "voice"]) this.wireFiles(kind);
    this.trayButton("tray-sample", async () => this.attach("photo", [await samplePhoto(this.host.worldNow())]));
    this.trayButton("tray-location", () => this.sendPlace());
    byId("start").addEventListener("click", () => this.start());
    byId("unblock").addEventListener("click", () => this.host.unblock());
    new ResizeObserver(() => this.makeRoom()).observe(this.form);
  }

  clear() {
    this.as = null;
    this.chat = null;
    this.replyTo = null;
    this.files = [];
    this.keys = null;
  }

  // ---- which chat ----------------------------------------------------------------------------------------------

  open(as, chat) {
    this.clear();
    this.as = as;
    this.chat = chat;
    this.input.value = sessionStorage.getItem(this.draftKey()) ?? "";
    this.showTray(false);
    this.showKeys(null);
    this.refresh(chat);
    this.showExtras();
    this.grow();
  }

  /** Start, blocked, or ready to write. */
  refresh(chat) {
    this.chat = chat;
    const isPrivate = chat.type === "private";
    const [blocked, fresh] = [isPrivate && chat.blocked, isPrivate && !chat.started];
    byId("blocked-bar").hidden = !blocked;
    byId("start-bar").hidden = blocked || !fresh;
    this.form.hidden = blocked || fresh;
  }

  /** Notes appear above the composer, however high it is. */
  makeRoom() {
    document.documentElement.style.setProperty("--below", `${this.form.offsetHeight}px`);
  }

  focus() {
    if (matchMedia("(hover: hover)").matches) this.input.focus(); // on a phone the keyboard would cover the chat
  }

  draftKey(as = this.as, chatId = this.chat.id) {
    return `sandbox.draft.${as}.${chatId}`;
  }

  // ---- writing -------------------------------------------------------------------------------------------------

  typed() {
    sessionStorage.setItem(this.draftKey(), this.input.value);
    this.grow();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, HIGHEST_PX)}px`;
  }

  key(event) {
    if (event.key === "Escape" && this.replyTo) this.reply(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault(); // 229: the Enter that picks a word in a Chinese input method sends nothing
    this.submit();
  }

  paste(event) {
    const images = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!images.length) return;
    event.preventDefault();
    this.attach("photo", images);
  }

  reply(message) {
    this.replyTo = message;
    document.querySelectorAll(".picked").forEach((node) => node.classList.remove("picked"));
    this.showExtras();
    this.input.focus();
  }

  // ---- sending -------------------------------------------------------------------------------------------------

  submit() {
    const text = this.input.value.trim();
    const files = this.files;
    if (!text && !files.length) return;
    const envelope = this.take();
    this.queue = this.queue.then(() => this.deliver(envelope, text, files));
  }

  /** Empties the composer and returns where its content is to go. */
  take() {
    const envelope = { as: this.as, chat_id: this.chat.id, reply_to: this.replyTo?.message_id };
    this.taken = this.replyTo;
    this.replyTo = null;
    this.files = [];
    this.input.value = "";
    this.typed();
    this.showExtras();
    return envelope;
  }

  async deliver(envelope, text, files) {
    const left = [...files];
    let caption = text;
    try {
      if (!files.length) await post("send", { ...envelope, text });
      while (left.length) {
        await upload({ ...envelope, kind: left[0].kind, caption, file: left[0].file });
        caption = "";
        URL.revokeObjectURL(left.shift().preview);
      }
    } catch (error) {
      complain(error);
      this.giveBack(envelope, caption, left);
    }
  }

  giveBack({ as, chat_id: chatId }, text, files) {
    if (this.as !== as || this.chat?.id !== chatId) {
      if (text) sessionStorage.setItem(this.draftKey(as, chatId), text);
      return;
    }
    this.input.value = [text, this.input.value].filter(Boolean).join("\n");
    this.files = [...files, ...this.files];
    this.replyTo ??= this.taken;
    this.typed();
    this.showExtras();
  }

  /** Sends a text at once, past the composer: a key of the bot's keyboard, a /command in a message, Start. */
  say(text) {
    const envelope = { as: this.as, chat_id: this.chat.id, text };
    this.queue = this.queue.then(() => post("send", envelope)).catch(complain);
    return this.queue;
  }

  async start() {
    await this.say("/start");
    this.host.started();
  }

  async sendPlace(options) {
    const envelope = { as: this.as, chat_id: this.chat.id, reply_to: this.replyTo?.message_id };
    const place = await choosePlace(options);
    if (!place) return;
    await post("location", { ...envelope, ...withoutNull(place) });
    this.reply(null);
  }

  // ---- attachments ---------------------------------------------------------------------------------------------

  wireFiles(kind) {
    const picker = byId(`file-${kind}`);
    this.trayButton(`tray-${kind}`, () => picker.click());
    picker.addEventListener("change", () => {
      this.attach(kind, [...picker.files]);
      picker.value = "";
    });
  }

  trayButton(id, act) {
    byId(id).addEventListener("click", async () => {
      this.showTray(false);
      try {
        await act();
      } catch (error) {
        complain(error);
      }
    });
  }

  attach(kind, files) {
    const made = files.map((file) => ({ kind, file, preview: kind === "photo" ? URL.createObjectURL(file) : null }));
    this.files = [...this.files, ...made];
    this.showExtras();
    this.input.focus();
  }

  showTray(open) {
    this.tray.hidden = !open;
    byId("attach").setAttribute("aria-expanded", String(open));
  }

  /** The lines above the text: the message replied to, the files that will go along. */
  showExtras() {
    const lines = [];
    if (this.replyTo) lines.push(this.replyLine());
    if (this.files.length) lines.push(h("div", { class: "files" }, this.files.map((one) => this.fileChip(one))));
    byId("extras").replaceChildren(...lines);
    this.input.placeholder = this.files.length ? t("caption_placeholder") : t("message_placeholder");
  }

  replyLine() {
    const { from, text, media } = this.replyTo;
    const words = text || media?.caption || t(media?.kind ?? "document");
    return h(
      "div",
      { class: "reply-line" },
      icon("reply"),
      h("div", { class: "quote" }, h("strong", {}, t("replying", { name: nameOf(from) })), h("span", {}, words)),
      button(t("cancel_reply"), { iconName: "close", showLabel: false, class: "round", onclick: () => this.reply(null) }),
    );
  }

  fileChip(one) {
    const drop = () => {
      this.files = this.files.filter((other) => other !== one);
      this.showExtras();
    };
    const face = one.preview ? h("img", { src: one.preview, alt: "" }) : icon(one.kind === "voice" ? "mic" : "file");
    return h(
      "div",
      { class: "file-chip" },
      face,
      h("span", {}, one.file.name),
      button(t("remove"), { iconName: "close", showLabel: false, class: "round", onclick: drop }),
    );
  }

  // ---- the bot's keyboard --------------------------------------------------------------------------------------

  /** The newest message that brings or removes a keyboard decides. */
  showKeys(messages) {
    const keys = messages?.findLast((message) => message.keyboard || message.keyboard_removed)?.keyboard ?? [];
    const same = JSON.stringify(keys) === JSON.stringify(this.keys);
    if (same) return;
    this.keys = keys;
    const rows = keys.map((row) => h("div", { class: "keys-row" }, row.map((key) => this.keyNode(key))));
    this.keyboard.replaceChildren(...rows);
    byId("keyboard-toggle").hidden = !keys.length;
    this.showKeyboard(keys.length > 0);
  }

  showKeyboard(open) {
    this.keyboard.hidden = !open;
    byId("keyboard-toggle").setAttribute("aria-expanded", String(open));
  }

  keyNode(key) {
    const mark = (key.request_contact && "phone") || (key.request_location && "place") || null;
    return button(key.text, { iconName: mark, class: "key", onclick: () => this.pressed(key).catch(complain) });
  }

  async pressed(key) {
    if (key.request_location) await this.sendPlace({ live: false });
    else if (!key.request_contact) await this.say(key.text);
    else if (await confirmDialog(t("contact_confirm"))) await post("contact", { as: this.as, chat_id: this.chat.id });
  }
}

const withoutNull = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
