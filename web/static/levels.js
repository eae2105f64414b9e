/** How bad a value is: null (normal), "warn" or "critical". One rule for every number of the board. Pure. */

export const RATIOS = new Set(["service_level", "answer_rate", "abandon_rate", "transfer_rate", "ring_no_answer_rate"]);

/** Ratios need this many contacts before they may be judged: one lost call at eight o'clock is not a catastrophe. */
export const ENOUGH_CONTACTS = 5;

const ORDER = [null, "notice", "warn", "critical"];

/** The worse of two levels. */
export function worse(one, other) {
  return ORDER.indexOf(one ?? null) >= ORDER.indexOf(other ?? null) ? (one ?? null) : other;
}

function reached(value, limit, direction) {
  if (limit == null) return false;
  return direction === "down" ? value <= limit : value >= limit;
}

/** Level of `value` against `{warn, critical, direction}`; reached means at or beyond. */
export function levelOf(name, value, threshold, contacts = Infinity) {
  if (value == null || threshold == null) return null;
  if (RATIOS.has(name) && contacts < ENOUGH_CONTACTS) return null;
  if (reached(value, threshold.critical, threshold.direction)) return "critical";
  return reached(value, threshold.warn, threshold.direction) ? "warn" : null;
}
