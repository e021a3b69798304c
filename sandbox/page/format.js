// How times and names are written. The world of the sandbox lives in China's time zone, wherever the browser is.

import { lang } from "./words.js";

const ZONE = "Asia/Shanghai";
const cache = new Map();

function formatter(options) {
  const locale = lang() === "zh" ? "zh-CN" : "en-GB";
  const key = locale + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options }));
  return cache.get(key);
}

/** ISO text, or the Bot API's seconds since 1970 → Date. */
export function toDate(value) {
  return new Date(typeof value === "number" ? value * 1000 : value);
}

export const hourMinute = (date) => formatter({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);

export const hourMinuteSecond = (date) =>
  formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date);

export const dayLabel = (date) => formatter({ month: "long", day: "numeric", weekday: "short" }).format(date);

export const dayKey = (date) => formatter({ year: "numeric", month: "2-digit", day: "2-digit" }).format(date);

/** In the list of chats: the hour for today, the day for anything before. */
export function listTime(date, worldNow) {
  if (dayKey(date) === dayKey(worldNow)) return hourMinute(date);
  return formatter({ month: "numeric", day: "numeric" }).format(date);
}

/** {name} or a plain string → the name. */
export const nameOf = (who) => (who && typeof who === "object" ? who.name : who) || "";

export const coordinates = (lat, lon) => `${Number(lat).toFixed(5)}, ${Number(lon).toFixed(5)}`;
