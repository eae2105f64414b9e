/** Moments and lengths in the reader's language. */

import { currentLanguage } from "../i18n.js";
import { clockTime, duration } from "../time.js";

const TAGS = { en: "en-GB", zh: "zh-CN" };
const formats = new Map();

function format(options) {
  const key = currentLanguage() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(TAGS[currentLanguage()], options));
  return formats.get(key);
}

/** Date and time to the second; an en dash when not known. */
export function moment(epoch) {
  if (epoch == null) return "–";
  const day = { year: "numeric", month: "short", day: "numeric" };
  return `${format(day).format(epoch * 1000)} ${clockTime(epoch)}`;
}

/** Day alone. */
export function day(epoch) {
  return epoch == null ? "–" : format({ year: "numeric", month: "short", day: "numeric" }).format(epoch * 1000);
}

/** The time of day, with the day before it when it is another one than `today`. */
export function short(epoch, today = Date.now() / 1000) {
  if (epoch == null) return "–";
  const same = new Date(epoch * 1000).toDateString() === new Date(today * 1000).toDateString();
  return same ? clockTime(epoch) : `${format({ month: "short", day: "numeric" }).format(epoch * 1000)} ${clockTime(epoch)}`;
}

export { duration };

/** The text of a `datetime-local` field for a moment, in the browser's zone. */
export function fieldOf(epoch) {
  const date = new Date(epoch * 1000);
  return new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

/** Seconds since the epoch of such a field; null when empty. */
export function epochOf(text) {
  const at = new Date(text).getTime() / 1000;
  return Number.isNaN(at) ? null : at;
}
