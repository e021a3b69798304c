// One message → one element. Decides how things look, never what happens: presses and replies go to `actions`.

import { avatar, button, h, hue, icon } from "./dom.js";
import { coordinates, dayKey, dayLabel, hourMinute, nameOf, toDate } from "./format.js";
import { linkCommands, safeUrl, sanitise } from "./sanitise.js";
import { t } from "./words.js";

const STYLES = new Set(["danger", "success", "primary"]);
const TOGETHER_MS = 5 * 60 * 1000;

/**
 * The element of a message. `actions`: press(message, row, col), openUrl(url), copy(text), reply(message),
 * jump(message_id), command(text), photo(url, caption), isBotLink(url). `group`: whether senders' names are shown.
 */
export function messageNode(message, { group, actions }) {
  if (message.service) return serviceNode(message);
  const node = h("article", {
    class: message.own ? "message own" : "message",
    "data-id": message.message_id,
    "data-from": message.from?.id,
    "data-day": dayKey(toDate(message.date)),
    "data-at": toDate(message.date).getTime(),
    tabindex: "-1",
  });
  const bubble = h(
    "div",
    { class: "bubble" },
    group && !message.own ? senderLine(message.from) : null,
    message.forwarded ? h("div", { class: "faint" }, t("forwarded", { name: message.forwarded })) : null,
    message.reply_to ? quote(message.reply_to, actions) : null,
    message.media ? mediaNode(message.media, actions) : null,
    textNode(message, actions),
    message.reactions?.length ? h("div", { class: "reactions" }, message.reactions.map((one) => h("span", {}, one))) : null,
    metaLine(message),
  );
  const stack = h("div", { class: "stack" }, bubble, keysNode(message, actions));
  node.append(h("div", { class: "row" }, stack, actionRow(message, actions)));
  return node;
}

function serviceNode(message) {
  const date = toDate(message.date);
  return h(
    "div",
    { class: "message service", "data-id": message.message_id, "data-day": dayKey(date), "data-at": date.getTime() },
    h("span", {}, message.service),
  );
}

function senderLine(from) {
  const badge = from?.is_bot ? h("span", { class: "badge" }, t("bot")) : null;
  return h("div", { class: "sender", "data-hue": hue(from?.id) }, h("span", {}, nameOf(from)), badge);
}

function quote(reply, actions) {
  return h(
    "button",
    { type: "button", class: "quote", onclick: () => actions.jump(reply.message_id) },
    h("strong", {}, nameOf(reply.from)),
    h("span", {}, reply.text || "…"),
  );
}

function textNode(message, actions) {
  const html = message.html || "";
  const words = message.text || message.media?.caption || "";
  if (!html && !words) return null;
  const node = h("div", { class: "text", dir: "auto" });
  if (html) node.append(sanitise(html));
  else node.textContent = words;
  linkCommands(node, actions.command);
  node.addEventListener("click", (event) => followLink(event, actions));
  return node;
}

function followLink(event, actions) {
  const spoiler = event.target.closest(".tg-spoiler");
  if (spoiler && !spoiler.classList.contains("shown")) {
    spoiler.classList.add("shown");
    event.preventDefault();
    return;
  }
  const link = event.target.closest("a");
  if (!link) return;
  if (link.protocol === "tg:" || actions.isBotLink(link.href)) {
    event.preventDefault();
    if (actions.isBotLink(link.href)) actions.openUrl(link.href);
  }
}

function metaLine(message) {
  const date = toDate(message.date);
  const silent = message.silent ? h("span", { class: "quiet", role: "img", "aria-label": t("silent"), title: t("silent") }, icon("bell")) : null;
  const edited = message.edit_date ? h("span", { class: "edited" }, t("edited")) : null;
  return h("div", { class: "meta" }, edited, silent, h("time", { datetime: date.toISOString() }, hourMinute(date)));
}

function actionRow(message, actions) {
  const reply = button(t("reply"), { iconName: "reply", class: "act", tabindex: "-1", onclick: () => actions.reply(message) });
  return h("div", { class: "acts" }, reply);
}

// ---- what a message carries -------------------------------------------------------------------------------------

function mediaNode(media, actions) {
  const makers = { photo: photoNode, document: documentNode, voice: voiceNode, location: locationNode, contact: contactNode };
  return (makers[media.kind] ?? documentNode)(media, actions);
}

function photoNode(media, actions) {
  const words = media.caption || media.name || t("photo");
  const image = h("img", { src: media.url, alt: words, decoding: "async" });
  return h(
    "button",
    { type: "button", class: "photo", "aria-label": t("open_photo"), onclick: () => actions.photo(media.url, words) },
    image,
  );
}

function documentNode(media) {
  const name = media.name || t("document");
  return h(
    "a",
    { class: "file", href: media.url, download: name, target: "_blank", rel: "noopener" },
    h("span", { class: "disc" }, icon("file")),
    h("span", { class: "file-name" }, name),
  );
}

function voiceNode(media) {
  return h(
    "div",
    { class: "file" },
    h("span", { class: "disc" }, icon("mic")),
    h("audio", { controls: true, preload: "none", src: media.url, "aria-label": t("voice") }),
  );
}

function locationNode(media) {
  const label = media.name || (media.live_period ? t("live") : t("location"));
  const until = media.live_until ? h("span", {}, t("live_until", { time: hourMinute(toDate(media.live_until)) })) : null;
  return h(
    "div",
    { class: "place" },
    h("div", { class: "map", "aria-hidden": "true" }, icon("place")),
    h("div", { class: "place-words" }, h("strong", {}, label), h("span", {}, coordinates(media.lat, media.lon)), until),
  );
}

function contactNode(media) {
  return h(
    "div",
    { class: "file" },
    avatar(0, media.name),
    h("div", { class: "place-words" }, h("strong", {}, media.name || t("contact")), h("span", {}, media.phone || "")),
  );
}

// ---- buttons under a message ------------------------------------------------------------------------------------

function keysNode(message, actions) {
  if (!message.buttons?.length) return null;
  const rows = message.buttons.map((row, r) =>
    h("div", { class: "keys-row" }, row.map((key, c) => keyNode(message, key, r, c, actions))),
  );
  return h("div", { class: "keys" }, rows);
}

function keyNode(message, key, row, col, actions) {
  const style = STYLES.has(key.style) ? key.style : null;
  const props = { class: "key", "data-style": style, "data-row": row, "data-col": col };
  const mark = { url: "link", copy: "copy" }[key.kind];
  const inside = [h("span", { class: "key-text" }, key.text), mark ? icon(mark) : null];
  if (key.kind === "url" && !actions.isBotLink(key.url)) {
    const url = safeUrl(key.url);
    if (url) return h("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer" }, inside);
  }
  return h("button", { ...props, type: "button", onclick: () => keyPressed(message, key, row, col, actions) }, inside);
}

function keyPressed(message, key, row, col, actions) {
  if (key.kind === "copy") actions.copy(key.copy_text ?? key.url ?? key.text);
  else if (key.kind === "url") actions.openUrl(key.url);
  else actions.press(message, row, col);
}

// ---- between messages -------------------------------------------------------------------------------------------

export function dayNode(node) {
  const at = new Date(Number(node.dataset.at));
  return h("div", { class: "day", "data-day": node.dataset.day }, h("span", {}, dayLabel(at)));
}

/** Whether `node` continues what the sender of `before` has just said, so that the name need not be repeated. */
export function continues(before, node) {
  if (!before?.matches("article") || !node.matches("article")) return false;
  const close = Math.abs(Number(node.dataset.at) - Number(before.dataset.at)) < TOGETHER_MS;
  return close && before.dataset.from === node.dataset.from;
}
