// Small helpers for building the page's elements. Text always goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  back: "M15 5l-7 7 7 7",
  ban: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.8 5.8l12.4 12.4",
  bell: "M6 9a6 6 0 0 1 9-5M18 9c0 6 2 7 2 7H8M4 16s2-1 2-5M10 20h4M3 3l18 18",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  link: "M8 16L17 7M10 7h7v7",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.2 2.6 3.5 5.5",
  phone: "M6 3h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L16 12.5l5 1.5v4c0 1.5-1 3-3 3A15 15 0 0 1 3 6c0-2 1.5-3 3-3z",
  place: "M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  reply: "M10 6L4 12l6 6M4 12h9c4 0 7 2 7 6",
};

/** An icon of 24 by 24 units, hidden from screen readers: the button that carries it has its own label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * h("button", {class: "x", onclick: f, "aria-label": "…"}, "text", node, null) → element.
 * Keys that start with "on" are listeners; true/false toggle an attribute; null and undefined are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button that submits nothing. Without text it needs a label for those who cannot see the icon. */
export function button(label, { iconName = null, showLabel = true, ...props } = {}) {
  const labelled = showLabel ? {} : { "aria-label": label, title: label };
  const text = showLabel ? h("span", {}, label) : null;
  return h("button", { type: "button", ...labelled, ...props }, iconName ? icon(iconName) : null, text);
}

export const byId = (id) => document.getElementById(id);

/** One of eight colours for a person or a group, the same every time. */
export const hue = (id) => String(Math.abs(Number(id) || 0) % 8);

/** The round mark in front of a name: its first letter or character. */
export function avatar(id, name, { group = false } = {}) {
  const letters = [...(name || "?").trim()];
  const props = { class: group ? "avatar group" : "avatar", "data-hue": hue(id), "aria-hidden": "true" };
  return h("span", props, letters[0] || "?");
}
