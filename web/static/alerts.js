/** What must be reacted to: order, level and words of an alert, for board and desk alike. Pure. */

import { pick, say } from "./i18n.js";

export const SEVERITIES = ["info", "warn", "crit", "emergency"];
const LEVELS = { info: "notice", warn: "warn", crit: "critical", emergency: "critical" };

/** Token of colour: notice, warn, critical. */
export const levelOfAlert = (alert) => LEVELS[alert.severity] ?? "notice";

/** Sign of the sprite. */
export const signOfAlert = (alert) => (alert.severity === "emergency" ? "emergency" : levelOfAlert(alert));

/** Nobody has taken it in hand yet. */
export const isOpen = (alert) => alert.stage === "firing" || alert.stage === "pending";

export const isSilenced = (alert, now) => alert.silenced_until != null && alert.silenced_until > now;

/** An open alert of weight that no one silenced: it may pulse. */
export function isPressing(alert, now) {
  return isOpen(alert) && !alert.unknown && levelOfAlert(alert) === "critical" && !isSilenced(alert, now);
}

/** Seconds since it told somebody. */
export const alertAge = (alert, now) => Math.max(0, now - (alert.fired_at ?? alert.since));

const URGENCY = { emergency: 0, crit: 1 };

/** Where an alert stands; smaller is sooner. Only what nobody has taken, and what can be seen, is urgent. */
function weight(alert, now) {
  const urgent = isOpen(alert) && !alert.unknown && !isSilenced(alert, now);
  return [
    isSilenced(alert, now) ? 1 : 0,
    urgent ? (URGENCY[alert.severity] ?? 2) : 2,
    alert.drill ? 1 : 0,
    alert.unknown ? 1 : 0,
    isOpen(alert) ? 0 : 1,
    alert.severity === "info" ? 1 : 0,
    alert.fired_at ?? alert.since,
  ];
}

/** Emergencies, then what is critical, then the rest; real before rehearsed, open before taken, what is only recorded last, the oldest first. */
export function byNeed(alerts, now) {
  const ranked = [...alerts].map(([id, alert]) => [id, alert, weight(alert, now)]);
  ranked.sort(([one, , left], [other, , right]) => {
    const differs = left.findIndex((value, i) => value !== right[i]);
    return differs < 0 ? one.localeCompare(other) : left[differs] - right[differs];
  });
  return ranked.map(([id, alert]) => [id, alert]);
}

/** Who has it, or what stands in the way of knowing: `{text, open}`. */
export function holderWords(alert, now) {
  if (isSilenced(alert, now)) return { text: say("alert.silenced"), open: false };
  if (alert.unknown) return { text: say("alert.unknown"), open: false };
  if (alert.stage === "recovering") return { text: say("alert.recovering"), open: false };
  if (isOpen(alert)) return { text: say(alert.flapping ? "alert.flapping" : "alert.open"), open: true };
  return { text: alert.owner ?? say("alert.acknowledged"), open: false };
}

/** Name of the rule; its id where it has none. */
export const alertName = (alert) => pick(alert.name) || alert.rule;

/** What it is about. */
export function subjectWords(alert) {
  return alert.subject ?? say(`kind.${alert.kind}`);
}
