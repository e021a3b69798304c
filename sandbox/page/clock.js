// The sandbox's own time: shown at the top, made faster, paused or moved ahead there.

import { post } from "./api.js";
import { byId, h } from "./dom.js";
import { dayLabel, hourMinuteSecond, toDate } from "./format.js";
import { complain } from "./toast.js";
import { t } from "./words.js";

const SPEEDS = [0, 1, 10, 60, 600];
const JUMPS = [
  ["jump_10m", 600],
  ["jump_1h", 3600],
  ["jump_6h", 21_600],
];
const TICK_MS = 250;

export class WorldClock {
  constructor() {
    this.set({ now: new Date().toISOString(), speed: 0 });
    this.known = false;
    this.buttons = SPEEDS.map((speed) => this.speedButton(speed));
    byId("speeds").append(...this.buttons);
    byId("jumps").append(...JUMPS.map(([word, seconds]) => this.jumpButton(word, seconds)));
    this.wirePanel();
    setInterval(() => this.show(), TICK_MS);
  }

  /** `clock`: {now: ISO UTC, speed}. From here on the page counts by itself until the next word from the server. */
  set(clock) {
    this.base = toDate(clock.now).getTime();
    this.speed = clock.speed;
    this.since = performance.now();
    this.known = true;
    if (this.buttons) this.show();
  }

  now() {
    return new Date(this.base + (performance.now() - this.since) * this.speed);
  }

  show() {
    if (!this.known) return;
    const now = this.now();
    byId("world-day").textContent = dayLabel(now);
    byId("world-hour").textContent = hourMinuteSecond(now);
    byId("world-speed").textContent = this.speed === 0 ? t("paused") : `${this.speed}×`;
    this.buttons.forEach((node, n) => node.setAttribute("aria-pressed", String(SPEEDS[n] === this.speed)));
  }

  speedButton(speed) {
    const words = speed === 0 ? t("pause") : `${speed}×`;
    return h("button", { type: "button", "data-speed": speed, onclick: () => this.ask({ speed }) }, words);
  }

  jumpButton(word, seconds) {
    return h("button", { type: "button", "data-jump": seconds, onclick: () => this.ask({ advance_seconds: seconds }) }, `+${t(word)}`);
  }

  async ask(change) {
    try {
      const answer = await post("clock", change);
      const clock = answer.clock ?? answer;
      if (clock.now) this.set(clock);
    } catch (error) {
      complain(error);
    }
  }

  /** On a narrow screen the controls sit behind the clock. */
  wirePanel() {
    const face = byId("clock-face");
    const panel = byId("clock-panel");
    const show = (open) => {
      panel.classList.toggle("open", open);
      face.setAttribute("aria-expanded", String(open));
    };
    face.addEventListener("click", () => show(!panel.classList.contains("open")));
    document.addEventListener("click", (event) => {
      if (!event.target.closest("#clock")) show(false);
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  }
}
