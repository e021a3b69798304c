// The only door through which markup reaches the page: a message's `html`, rebuilt tag by tag from a short list.
// The server has cleaned it already; this is the second lock, so that no fault there can run a script here.

const PLAIN = new Set(["B", "STRONG", "I", "EM", "U", "INS", "S", "STRIKE", "DEL", "CODE", "PRE", "BLOCKQUOTE", "BR"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "NOSCRIPT", "TEXTAREA", "TITLE"]);
const SCHEMES = new Set(["http:", "https:", "tg:"]);
const COMMAND = /(^|[\s，。：；、（("“「])(\/[a-z][a-z0-9_]{0,31}(?:@[a-z0-9_]+)?)(?![\w/])/gi;

/** An address that may stand in a link, or null. Anything but http, https and tg is refused. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** HTML of a message → DocumentFragment. The parsing document is inert: nothing in it loads or runs. */
export function sanitise(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const out = document.createDocumentFragment();
  copyChildren(parsed.body, out);
  return out;
}

function copyChildren(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.tagName.toUpperCase())) copyElement(node, to);
  }
}

function copyElement(node, to) {
  const made = allowed(node);
  if (made === null) {
    copyChildren(node, to); // an unknown tag loses its tag and keeps its words
    return;
  }
  copyChildren(node, made);
  to.append(made);
}

function allowed(node) {
  const tag = node.tagName;
  if (PLAIN.has(tag)) return document.createElement(tag);
  if (tag === "A") return link(node.getAttribute("href"));
  if (tag === "TG-SPOILER" || (tag === "SPAN" && node.classList.contains("tg-spoiler"))) return spoiler();
  return null;
}

function link(address) {
  const url = safeUrl(address);
  if (url === null) return null;
  const made = document.createElement("a");
  made.href = url;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

function spoiler() {
  const made = document.createElement("span");
  made.className = "tg-spoiler";
  made.tabIndex = 0;
  made.setAttribute("role", "button");
  return made;
}

/** Turns /commands in the text into small buttons, as Telegram does; code and links are left alone. */
export function linkCommands(root, onCommand) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (!text.parentElement?.closest("a, code, pre") && text.data.includes("/")) splitCommands(text, onCommand);
  }
}

function splitCommands(text, onCommand) {
  const parts = [];
  let from = 0;
  for (const found of text.data.matchAll(COMMAND)) {
    const start = found.index + found[1].length;
    const made = document.createElement("button");
    made.type = "button";
    made.className = "command";
    made.textContent = found[2];
    made.addEventListener("click", () => onCommand(found[2]));
    parts.push(text.data.slice(from, start), made);
    from = start + found[2].length;
  }
  if (parts.length) text.replaceWith(...parts, text.data.slice(from));
}
