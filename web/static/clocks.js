/** The clocks that rules have running for an agent: what each says at a moment. Pure; server time in seconds. */

import { worse } from "./levels.js";

const LEVELS = [null, "notice", "warn", "critical"];

/** Level of a clock that has run for `seconds`: null, notice, or critical once its limit is reached. */
function levelAt({ notice_s: notice, limit_s: limit }, seconds) {
  if (limit != null && seconds >= limit) return "critical";
  return notice != null && seconds >= notice ? "notice" : null;
}

/**
 * A clock at `now`: `{level, word, round, full, rounds}`.
 * `round` of `full` seconds are over (a ring to fill); a repeating clock begins its ring anew, its level stays.
 */
export function readClock(clock, now) {
  const seconds = Math.max(0, now - clock.since);
  const full = clock.every_s ?? clock.limit_s ?? null;
  const whole = Math.floor(seconds);
  return {
    level: levelAt(clock, seconds),
    word: clock.word,
    full,
    round: full == null ? null : clock.every_s ? (whole % full) + 1 : Math.min(full, whole + 1),
    rounds: clock.every_s ? Math.floor(seconds / clock.every_s) : 0,
  };
}

/** The clock that matters most: the worst level, of equal ones the one whose ring is drawn; null without clocks. */
export function leadingClock(clocks, now) {
  let leading = null;
  for (const clock of clocks ?? []) {
    const read = readClock(clock, now);
    const heavier = leading && LEVELS.indexOf(read.level) - LEVELS.indexOf(leading.level);
    if (!leading || heavier > 0 || (heavier === 0 && leading.full == null)) leading = read;
  }
  return leading;
}

/** Worst level of all clocks. */
export function clocksLevel(clocks, now) {
  return (clocks ?? []).reduce((level, clock) => worse(level, readClock(clock, now).level), null);
}
