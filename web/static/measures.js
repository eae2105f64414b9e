/** What the headline says: values over the queues and agents this board shows. Pure: floor and board in, numbers out. */

import { age } from "./time.js";
import { queuesOf } from "./floor.js";

/** Sums of the figures F of `ids` in `window`; null when none of them has figures. */
export function sumFigures(floor, ids, window) {
  const sums = {};
  let found = false;
  for (const id of ids) {
    const figures = floor.figures.get(`queue:${id}`)?.[window];
    if (!figures) continue;
    found = true;
    for (const [name, value] of Object.entries(figures)) {
      if (typeof value === "number") sums[name] = (sums[name] ?? 0) + value;
    }
  }
  return found ? sums : null;
}

/** `part / whole`, null when there is nothing to divide or one of them is not told: empty is not zero. */
export function ratio(part, whole) {
  return part == null || !(whole > 0) ? null : part / whole;
}

/** Denominator of the service level of one formula (A…E), from sums. */
function serviceBase(sums, formula) {
  const settled = sums.answered + sums.abandoned;
  const bases = {
    A: sums.answered,
    B: settled,
    C: settled - sums.abandoned_in_time,
    D: sums.offered,
    E: settled - sums.short_abandoned,
  };
  return bases[formula];
}

/** Service level of sums by formula: `{value, contacts}`. */
export function serviceLevel(sums, formula) {
  if (!sums || sums.answered_in_time == null) return { value: null, contacts: 0 };
  const base = serviceBase(sums, formula);
  const inTime = sums.answered_in_time + (formula === "D" ? sums.abandoned_in_time : 0);
  return { value: ratio(inTime, base), contacts: base };
}

/** The longest wait now over `queues` (pairs of id and QUEUE), seconds; null when nobody waits. */
export function longestWait(floor, queues, nowOf) {
  const waits = queues
    .filter(([, queue]) => queue.waiting > 0)
    .map(([, queue]) => age(nowOf(queue.pbx), queue.oldest_joined_at, floor.pbxs.get(queue.pbx)?.clock_offset_s));
  return waits.reduce((longest, wait) => (wait != null && wait > (longest ?? -1) ? wait : longest), null);
}

/** Callers waiting over `queues`; null without a queue. */
export function waitingNow(queues) {
  return queues.length === 0 ? null : queues.reduce((sum, [, queue]) => sum + (queue.waiting ?? 0), 0);
}

/** People by state. `crew` is `{agent}` per person. */
export function headcount(crew) {
  const counts = {};
  for (const { agent } of crew) counts[agent.state] = (counts[agent.state] ?? 0) + 1;
  return counts;
}

const AWAY = ["paused", "auto_paused"];
const sumOf = (counts, states) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);

function staff(crew) {
  if (crew.length === 0) return null;
  const counts = headcount(crew);
  return {
    ready: counts.ready ?? 0,
    talking: sumOf(counts, ["talking", "holding", "outbound"]),
    paused: sumOf(counts, AWAY),
    staffed: crew.length - sumOf(counts, ["unreachable", ...AWAY]),
  };
}

const counted = (value, contacts) => ({ value: value ?? null, contacts });
const lostOf = (sums) => (sums?.abandoned == null ? null : sums.abandoned + sums.timed_out + sums.exited);

/** Every tile a board may name: `(context) => {value, contacts?, of?}`; `of` is the second number under the first. */
const TILES = {
  waiting: ({ queues }) => counted(waitingNow(queues)),
  longest: ({ floor, queues, nowOf }) => counted(longestWait(floor, queues, nowOf)),
  service_level: ({ sums, board }) => serviceLevel(sums, board.formula),
  answered: ({ sums }) => ({ ...counted(sums?.answered), of: sums?.offered ?? null }),
  offered: ({ sums }) => counted(sums?.offered),
  answer_rate: ({ sums }) => counted(ratio(sums?.answered, sums?.offered), sums?.offered),
  lost: ({ sums }) => ({ ...counted(lostOf(sums)), of: sums?.abandoned ?? null }),
  abandon_rate: ({ sums }) => counted(ratio(sums?.abandoned, sums?.offered), sums?.offered),
  asa: ({ sums }) => counted(ratio(sums?.wait_answered_s, sums?.answered)),
  att: ({ sums }) => counted(ratio(sums?.talk_s, sums?.answered)),
  aht: ({ sums }) => counted(sums?.talk_s == null ? null : ratio(sums.talk_s + sums.acw_s, sums.answered)),
  staffed: ({ crew }) => ({ ...counted(staff(crew)?.ready), of: staff(crew)?.staffed ?? null }),
  ready: ({ crew }) => counted(staff(crew)?.ready),
  talking: ({ crew }) => counted(staff(crew)?.talking),
  paused: ({ crew }) => counted(staff(crew)?.paused),
  timed_out: ({ sums }) => counted(sums?.timed_out),
  ring_no_answer: ({ sums }) => counted(sums?.ring_no_answer),
  transfer_rate: ({ sums }) => counted(ratio(sums?.transferred, sums?.answered), sums?.answered),
};

/** What all tiles are computed from; `nowOf(pbx)` is server time, standing still for an exchange without a link. */
export function contextOf(floor, board, crew, nowOf) {
  const queues = queuesOf(floor, board);
  return { floor, board, queues, crew, nowOf, sums: sumFigures(floor, board.queues, board.window) };
}

/** The value of one tile: `{value, contacts, of}`; a tile this page does not know is not known. */
export function tileValue(name, context) {
  return TILES[name]?.(context) ?? { value: null };
}
