/** Text that strangers chose (names and numbers of callers, of agents, of queues), made harmless to look at. */

import { make } from "../dom.js";

const LONGEST = 120;
/** Control characters, and what turns the direction of the text around it or hides in it. */
const TRICKS = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** Every trick a visible sign, and of a sane length. Pure. */
export function harmless(text) {
  const shown = String(text ?? "").replace(TRICKS, "\ufffd");
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}

/** An element of its own whose direction is nobody else's. */
export const isolated = (text) => make("bdi", harmless(text));
