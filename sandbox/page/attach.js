// What can be attached besides files: a place on earth, and a sample photo for those with no photo at hand.

import { byId, h } from "./dom.js";
import { dayLabel, hourMinuteSecond } from "./format.js";
import { openDialog } from "./toast.js";
import { t } from "./words.js";

const STORED = "sandbox.place";
const DEFAULT_PLACE = { lat: 28.45, lon: 119.92 }; // hills of southern Zhejiang, where the typhoons come ashore
const NEARBY_DEGREES = 0.005; // about 500 metres
const DIGITS = 5; // about one metre

function lastPlace() {
  try {
    return { ...DEFAULT_PLACE, ...JSON.parse(localStorage.getItem(STORED) ?? "{}") };
  } catch {
    return DEFAULT_PLACE;
  }
}

/** Asks for a place. Resolves to {lat, lon, live_period} (degrees WGS-84; seconds or null), or null when cancelled. */
export async function choosePlace({ live = true } = {}) {
  const place = lastPlace();
  const fields = { lat: degreeField(place.lat), lon: degreeField(place.lon) };
  const kinds = live ? kindChoice() : null;
  const warning = h("p", { class: "field-warning", role: "alert", hidden: true }, t("bad_location"));
  const send = h("button", { class: "solid", value: "send", autofocus: true }, t("send_location"));
  const nearby = h("button", { type: "button", class: "plain wide", onclick: () => moveAbout(fields) }, t("nearby"));
  const form = h(
    "form",
    { method: "dialog", novalidate: true },
    h("h2", {}, t("location_title")),
    h("div", { class: "pair" }, labelled(t("latitude"), fields.lat), labelled(t("longitude"), fields.lon)),
    nearby,
    kinds,
    warning,
    h("div", { class: "dialog-actions" }, send, h("button", { class: "plain", value: "" }, t("cancel"))),
  );
  form.addEventListener("submit", (event) => {
    const wrong = event.submitter === send && readPlace(fields) === null;
    warning.hidden = !wrong;
    if (wrong) event.preventDefault();
  });
  const answer = await openDialog({ class: "small", "aria-label": t("location_title") }, form);
  if (answer !== "send") return null;
  const chosen = readPlace(fields);
  localStorage.setItem(STORED, JSON.stringify(chosen));
  return { ...chosen, live_period: Number(kinds?.querySelector(":checked").value) || null };
}

function degreeField(value) {
  return h("input", { type: "text", inputmode: "decimal", autocomplete: "off", value: Number(value).toFixed(DIGITS) });
}

const labelled = (words, field) => h("label", { class: "field" }, h("span", {}, words), field);

function kindChoice() {
  const choice = (value, words) =>
    h("label", { class: "choice" }, h("input", { type: "radio", name: "kind", value, checked: value === "" }), h("span", {}, words));
  return h("div", { class: "choices" }, choice("", t("once")), choice("900", t("live_15")), choice("3600", t("live_60")));
}

function readPlace(fields) {
  const [lat, lon] = [fields.lat.value, fields.lon.value].map((text) => (text.trim() ? Number(text) : NaN));
  const good = Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return good ? { lat, lon } : null;
}

function moveAbout(fields) {
  const { lat, lon } = readPlace(fields) ?? DEFAULT_PLACE;
  const shift = () => (Math.random() * 2 - 1) * NEARBY_DEGREES;
  fields.lat.value = (lat + shift()).toFixed(DIGITS);
  fields.lon.value = (lon + shift()).toFixed(DIGITS);
}

// ---- the sample photo -------------------------------------------------------------------------------------------

const WIDTH = 1280;
const HEIGHT = 960;

/** Draws a hillside road with fallen earth, different every time, stamped with the sandbox's time → a JPEG File. */
export async function samplePhoto(worldNow) {
  const canvas = h("canvas", { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d");
  sky(pen);
  hill(pen, 420, 90, "#8fa39a");
  hill(pen, 520, 120, "#5f7d68");
  hill(pen, 640, 60, "#4a6b4f");
  road(pen);
  fallenEarth(pen);
  stamp(pen, worldNow);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return new File([blob], `${t("sample_photo")}.jpg`, { type: "image/jpeg" });
}

function sky(pen) {
  const shade = pen.createLinearGradient(0, 0, 0, 500);
  shade.addColorStop(0, "#8d9aa6");
  shade.addColorStop(1, "#d5dadd");
  pen.fillStyle = shade;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
}

function hill(pen, base, rise, colour) {
  const [far, near] = [Math.random() * 6, 150 + Math.random() * 120];
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(0, HEIGHT);
  for (let x = 0; x <= WIDTH; x += 20) pen.lineTo(x, base - rise * Math.sin(x / near + far) - (rise / 3) * Math.sin(x / 61 + far));
  pen.lineTo(WIDTH, HEIGHT);
  pen.fill();
}

function road(pen) {
  pen.fillStyle = "#6f7275";
  polygon(pen, [[0, 960], [0, 860], [1280, 700], [1280, 900], [700, 960]]);
  pen.strokeStyle = "#e6e2cf";
  pen.lineWidth = 8;
  pen.setLineDash([60, 50]);
  pen.beginPath();
  pen.moveTo(0, 915);
  pen.lineTo(1280, 790);
  pen.stroke();
}

function fallenEarth(pen) {
  const at = 380 + Math.random() * 420;
  pen.fillStyle = "#8a5f3c";
  polygon(pen, [[at - 60, 560], [at + 60, 545], [at + 230, 860], [at + 40, 905], [at - 190, 880]]);
  for (let n = 0; n < 46; n += 1) {
    pen.fillStyle = ["#75502f", "#9c7350", "#6b6459", "#5d4227"][n % 4];
    const [x, y] = [at - 170 + Math.random() * 380, 720 + Math.random() * 180];
    pen.beginPath();
    pen.ellipse(x, y, 10 + Math.random() * 34, 8 + Math.random() * 20, Math.random() * 3, 0, 2 * Math.PI);
    pen.fill();
  }
}

function polygon(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.fill();
}

function stamp(pen, worldNow) {
  pen.setLineDash([]);
  pen.font = `500 40px ${getComputedStyle(byId("app")).fontFamily}`;
  pen.textBaseline = "top";
  const words = `${t("sample_caption")}  ${dayLabel(worldNow)} ${hourMinuteSecond(worldNow)}`;
  pen.fillStyle = "rgb(0 0 0 / 55%)";
  pen.fillRect(28, 28, pen.measureText(words).width + 40, 68);
  pen.fillStyle = "#ffffff";
  pen.fillText(words, 48, 42);
}
