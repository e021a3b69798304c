// Whom one plays: the search over all persons, the recent ones, and the members of a group.

import { get } from "./api.js";
import { avatar, byId, h } from "./dom.js";
import { complain, openDialog } from "./toast.js";
import { t } from "./words.js";

const LISTED = 40;
const RECENT = 6;
const STORED = "sandbox.recent";
const PAUSE_MS = 150;

export function recentIds() {
  try {
    const ids = JSON.parse(localStorage.getItem(STORED) ?? "[]");
    return Array.isArray(ids) ? ids : [];
  } catch {
    return [];
  }
}

export function remember(id) {
  const ids = [id, ...recentIds().filter((one) => one !== id)].slice(0, RECENT + 1);
  localStorage.setItem(STORED, JSON.stringify(ids));
}

/** Opens the search. Resolves to the chosen person's id, or null. `known(id)` gives a person or undefined. */
export function choosePerson(known, current) {
  const source = async (words) => {
    const { users } = await get("users", { q: words, limit: LISTED + 1 });
    return users.filter((user) => !user.is_bot);
  };
  const recent = recentIds().filter((id) => id !== current).map(known).filter(Boolean).slice(0, RECENT);
  return personDialog({ title: t("pick_title"), placeholder: t("pick_search"), source, recent });
}

/** The members of a group, each to be played at a tap. Resolves to the chosen person's id, or null. */
export async function chooseMember(chat, as) {
  const { members } = await get(`chats/${chat.id}/members`, { as });
  const people = members.map((member) => member.user ?? member).filter((user) => !user.is_bot);
  const matches = (user, words) =>
    [user.name, user.note, user.username].some((part) => part?.toLowerCase().includes(words.toLowerCase()));
  const source = async (words) => people.filter((user) => matches(user, words));
  return personDialog({ title: t("members_title"), placeholder: t("members_search"), source, recent: [] });
}

async function personDialog({ title, placeholder, source, recent }) {
  const search = h("input", { type: "search", placeholder, "aria-label": placeholder, autocomplete: "off" });
  const list = h("div", { class: "people-list", tabindex: "-1" });
  const shut = h("button", { class: "plain", value: "" }, t("close"));
  const form = h("form", { method: "dialog" }, h("h2", {}, title), search, list, h("div", { class: "dialog-actions" }, shut));
  let latest = 0;
  const refresh = async () => {
    const mine = (latest += 1);
    const words = search.value.trim();
    const found = await source(words);
    if (mine === latest) list.replaceChildren(...sections(words, found, recent));
  };
  let timer = null;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(complain), PAUSE_MS);
  });
  search.addEventListener("keydown", (event) => enterTakesFirst(event, list));
  form.addEventListener("keydown", (event) => walk(event, search, list));
  refresh().catch(complain);
  const value = await openDialog({ class: "people", "aria-label": title }, form);
  return value ? Number(value) : null;
}

function sections(words, found, recent) {
  if (!found.length) return [h("p", { class: "faint" }, t("nobody_found"))];
  const shown = found.slice(0, LISTED).map(personRow);
  const more = found.length > LISTED ? [h("p", { class: "faint" }, t("more_people", { n: LISTED }))] : [];
  if (words || !recent.length) return [...shown, ...more];
  const heading = (text) => h("h3", {}, text);
  return [heading(t("recent")), ...recent.map(personRow), heading(t("everyone")), ...shown, ...more];
}

function personRow(user) {
  return h("button", { class: "person", value: String(user.id) }, avatar(user.id, user.name), personWords(user));
}

export function personWords(user) {
  return h(
    "span",
    { class: "person-words" },
    h("span", { class: "person-name" }, user.name),
    user.note ? h("span", { class: "faint" }, user.note) : null,
  );
}

function enterTakesFirst(event, list) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  list.querySelector(".person")?.click();
}

function walk(event, search, list) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [search, ...list.querySelectorAll(".person")];
  const at = stops.indexOf(document.activeElement);
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

/** Who is played: at the head of the left side, and on a phone beside the clock while a chat is open. */
export function showMe(me) {
  const [node, chip] = [byId("me"), byId("me-chip")];
  if (!me) {
    chip.replaceChildren();
    node.replaceChildren(h("span", { class: "person-words" }, h("span", { class: "person-name" }, t("nobody"))));
    return;
  }
  node.replaceChildren(avatar(me.id, me.name), personWords(me));
  chip.replaceChildren(avatar(me.id, me.name), h("span", { class: "person-name" }, me.name));
  chip.setAttribute("aria-label", t("switch_from", { name: me.name }));
}
