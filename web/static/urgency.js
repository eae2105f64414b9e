/** Who needs somebody's eye: level and rank of an agent, from his state and how long it lasts. Pure. */

import { clocksLevel } from "./clocks.js";
import { worse } from "./levels.js";

/** Ringing longer than this is a late answer: three rings of five seconds, unless the board says otherwise. */
export const LATE_RING_S = 15;

/** Seconds after which a state is worth a look: [notice, warn, critical] (R-ANS-1, R-HLD-2, R-PRS-7, R-PRS-20). */
const LIMITS = {
  holding: [12, null, 15],
  acw: [30, 90, null],
  paused: [null, 300, null],
  offhook: [60, null, null],
};

/** A held caller is owed a word every fifteen seconds, again and again (R-HLD-2). */
export const HOLD_ROUND_S = 15;

const WORK_REASONS = new Set("acw ticket meeting training coaching handover fault emergency".split(" "));
const LEVELS = ["notice", "warn", "critical"];

/** Whether a pause is for work: it may last. Unknown reasons count as away. */
export function isWork(reason) {
  return WORK_REASONS.has(String(reason ?? "").toLowerCase());
}

function levelByAge(state, seconds, lateRing) {
  const limits = state === "ringing" ? [null, lateRing * (2 / 3), lateRing] : (LIMITS[state] ?? []);
  for (let i = 2; i >= 0; i -= 1) {
    if (limits[i] != null && seconds >= limits[i]) return LEVELS[i];
  }
  return null;
}

function levelByMisses(misses) {
  if (!misses) return null;
  return misses >= 2 ? "warn" : "notice";
}

/** States whose limits are the rules' alone, where rules run: their clocks come with the agent. */
export const COUNTED = new Set(["ringing", "holding"]);

/**
 * Level of an agent who has been in his state for `seconds`: null, notice, warn or critical.
 * @param {number} now server time, for the clocks his rules have running
 */
export function agentLevel(agent, seconds, lateRing = LATE_RING_S, now = 0) {
  const counted = clocksLevel(agent.clocks, now);
  if (agent.clocks && COUNTED.has(agent.state)) return counted;
  // Only a ring and a hold have somebody waiting at the other end: what else lasts too long is a warning.
  return worse(counted === "critical" ? "warn" : counted, ownLevel(agent, seconds, lateRing));
}

function ownLevel(agent, seconds, lateRing) {
  if (agent.state === "emergency") return "critical";
  if (agent.state === "unreachable" || agent.state === "auto_paused") return "warn";
  if (agent.state === "paused" && isWork(agent.reason)) return null;
  const level = levelByAge(agent.state, seconds ?? 0, lateRing);
  return level ?? (agent.state === "ready" ? levelByMisses(agent.misses) : null);
}

/** States that come to the front whatever their level, and where each level of a state stands; smaller is sooner. */
const RANKS = {
  emergency: { critical: 0 },
  holding: { critical: 1, notice: 4, none: 6 },
  ringing: { critical: 2, warn: 3, none: 5 },
  unreachable: { warn: 7 },
  auto_paused: { warn: 8 },
  ready: { warn: 9 },
  paused: { warn: 10 },
  acw: { warn: 11 },
  talking: { notice: 12, critical: 3 },
};

/** Place in the line of those who need attention; null for everybody else. */
export function rank(agent, level) {
  return RANKS[agent.state]?.[level ?? "none"] ?? null;
}

/** Which of several states of one person is shown: the first of these. */
const TELLING = (
  "emergency holding ringing talking outbound offhook acw unreachable auto_paused paused ready"
).split(" ");

/** Everybody signed in, each person once: `{key, agent, places}`; of his states on several exchanges the most telling. */
export function crewOf(agents) {
  const people = new Map();
  for (const [id, agent] of agents) {
    if (agent.state === "logged_out") continue;
    const key = agent.person ?? id;
    const known = people.get(key);
    people.set(key, {
      key,
      agent: known ? moreTelling(known.agent, agent) : agent,
      places: (known?.places ?? 0) + 1,
    });
  }
  return [...people.values()];
}

/** Of two states of one person the one that says more. */
export function moreTelling(one, other) {
  return TELLING.indexOf(other.state) < TELLING.indexOf(one.state) ? other : one;
}

const collator = new Intl.Collator("en", { numeric: true });

/** The order in which people have their place on the board: by label, and by key where labels are the same. */
export function byPlace(one, other) {
  const [left, right] = [one.agent.label ?? "", other.agent.label ?? ""];
  return collator.compare(left, right) || collator.compare(one.key, other.key);
}

/** Front of the line first: rank, then who has been in it longest, then place. */
export function byUrgency(one, other) {
  return one.rank - other.rank || one.agent.since - other.agent.since || byPlace(one, other);
}
