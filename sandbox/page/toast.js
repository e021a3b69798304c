// Short notes at the bottom, questions in the middle, and the photo in full size.

import { ApiError } from "./api.js";
import { button, byId, h } from "./dom.js";
import { t } from "./words.js";

const SHOWN_MS = 4500;
const ERROR_MS = 9000;
const AT_ONCE = 3;

/** A note that goes away by itself. `error`: red, read out at once, stays longer and can be closed. */
export function toast(text, { error = false } = {}) {
  const node = h("div", { class: error ? "toast error" : "toast", role: error ? "alert" : "status" }, h("span", {}, text));
  node.append(button(t("close"), { iconName: "close", showLabel: false, class: "toast-close", onclick: () => node.remove() }));
  const place = byId("toasts");
  place.append(node);
  while (place.children.length > AT_ONCE) place.firstElementChild.remove();
  setTimeout(() => node.remove(), error ? ERROR_MS : SHOWN_MS);
}

/** Shows what went wrong. Faults of the page itself go on to the console as well. */
export function complain(error) {
  if (!(error instanceof ApiError)) console.error(error);
  toast(error.message === "offline" ? t("offline") : t("went_wrong", { error: error.message }), { error: true });
}

/** Opens a modal dialog made of `children`; it removes itself when closed. Resolves to its return value. */
export function openDialog(props, ...children) {
  const node = h("dialog", props, ...children);
  document.body.append(node);
  node.addEventListener("click", (event) => {
    if (event.target === node) node.close("");
  });
  node.showModal();
  return new Promise((resolve) => {
    node.addEventListener("close", () => {
      node.remove();
      resolve(node.returnValue);
    });
  });
}

/** What the bot wants to be read before anything else: a text and one button. */
export function alertDialog(text) {
  const form = h("form", { method: "dialog" }, h("p", { class: "alert-text" }, text), actionsRow([t("ok"), "ok"]));
  return openDialog({ class: "small", role: "alertdialog", "aria-label": text }, form);
}

/** A question with yes and no → true or false. */
export async function confirmDialog(text, { yes = t("yes"), danger = false } = {}) {
  const row = actionsRow([yes, "yes", danger], [t("cancel"), ""]);
  const form = h("form", { method: "dialog" }, h("p", { class: "alert-text" }, text), row);
  return (await openDialog({ class: "small", "aria-label": text }, form)) === "yes";
}

function actionsRow(...choices) {
  const made = choices.map(([label, value, danger], at) =>
    h("button", { class: choiceClass(at, danger), value, autofocus: at === 0 }, label),
  );
  return h("div", { class: "dialog-actions" }, made);
}

function choiceClass(at, danger) {
  if (at > 0) return "plain";
  return danger ? "solid danger" : "solid";
}

export function photoDialog(url, words) {
  const shut = h("button", { class: "solid", value: "" }, t("close"));
  const form = h("form", { method: "dialog" }, h("img", { src: url, alt: words }), h("div", { class: "dialog-actions" }, shut));
  return openDialog({ class: "viewer", "aria-label": words }, form);
}
