/**
 * What agents ask for, at the desk: help (the abusive caller first), leave with who else is away, reasons for hanging up.
 *
 * For the desk: `new Requests(place)` fills `place`; call `paint(floor.requests, now)` when the stream's kind `requests`
 * changed and `tick(now)` every second (`now`: the server's time). `open(requests)` counts what waits for an answer;
 * `fresh(known, requests)` gives those a bell should ring for.
 */

import { attribute, make, write } from "../dom.js";
import { say, sayOr, teach } from "../i18n.js";
import { tell } from "./api.js";
import WORDS from "./askedwords.js";
import { act, may } from "./frame.js";
import { duration, short } from "./moments.js";
import { askFor, button, nothing, part, tag } from "./parts.js";

teach(WORDS);

const LIVES = new Set(["open", "answered", "approved", "left"]);
const KINDS = ["help", "leave", "reason"];

/** How urgent it is; smaller is sooner. Pure. */
export function rank(one) {
  const waits = one.stage === "open" && one.kind !== "reason";
  return [LIVES.has(one.stage) ? 0 : 1, waits ? 0 : 1, one.about === "abusive" ? 0 : 1, KINDS.indexOf(one.kind), one.asked_at];
}

/** `[id, REQUEST]` in the order in which they should be looked at. Pure. */
export function ordered(requests) {
  const ranked = [...requests].map(([id, one]) => [rank(one), id, one]);
  ranked.sort(([a], [b]) => a.map((value, i) => value - b[i]).find((apart) => apart !== 0) ?? 0);
  return ranked.map(([, id, one]) => [id, one]);
}

/** Those that wait for a leader. Pure. */
export const open = (requests) => [...requests.values()].filter((one) => one.stage === "open" && one.kind !== "reason");

/** `[id, REQUEST]` not known before, or escalated since; `known` (a Map of what was) is brought up to date. */
export function fresh(known, requests) {
  const told = [];
  for (const [id, one] of requests) {
    const key = one.stage === "open" && one.kind !== "reason" ? `open ${one.escalated_at ?? ""}` : "";
    if (key && known.get(id) !== key) told.push([id, one]);
    known.set(id, key);
  }
  for (const id of [...known.keys()]) if (!requests.has(id)) known.delete(id);
  return told;
}

/** How loud: critical, warn, notice, or null. Pure. */
export function level(one) {
  if (one.stage !== "open" || one.kind === "reason") return null;
  if (one.about === "abusive") return "critical";
  return one.escalated_at ? "warn" : "notice";
}

/** What it is, in words. */
export function title(one) {
  if (one.kind === "help") return say(`about.${one.about}`);
  if (one.kind === "leave") return say("leave.asks", { reason: sayOr(`reason.${one.reason}`, one.reason), minutes: one.minutes });
  return one.reason ? say("reason.said", { reason: say(`end.${one.reason}`) }) : say("reason.owed");
}

/** What became of it, in words; empty while it waits. */
export function outcome(one) {
  if (one.kind === "help" && one.answer) return say(`help.said.${one.answer}`, { who: one.answered_by ?? "" }) + (one.advice ? `: ${one.advice}` : "");
  if (one.kind === "leave" && one.decided_at) return [say(`stage.${one.stage}`), one.decided_by, one.word].filter(Boolean).join(" · ");
  return one.stage === "open" ? "" : say(`stage.${one.stage}`);
}

/** The clock of a row: since when it waits, or how long somebody is still away. */
export function clock(one, now) {
  if (one.kind === "leave" && one.stage === "left") {
    const left = one.due_at - now;
    return left >= 0 ? say("leave.back.in", { time: duration(left) }) : say("leave.overdue", { time: duration(-left) });
  }
  if (one.stage === "open") return duration(Math.max(0, now - one.asked_at));
  return short(one.ended_at ?? one.answered_at ?? one.decided_at ?? one.asked_at, now);
}

async function send(id, what, body, words) {
  return act(() => tell(`/api/v1/requests/${encodeURIComponent(id)}/${what}`, body), words);
}

function advise(id) {
  askFor(say("help.answer.advice"), {
    fields: [{ name: "text", label: say("help.advice"), type: "area", required: true, maxlength: 500 }],
    submit: say("help.send"),
    done: ({ text }) => tell(`/api/v1/requests/${encodeURIComponent(id)}/answer`, { answer: "advice", text }),
  });
}

function refuse(id) {
  askFor(say("leave.refuse"), {
    fields: [{ name: "word", label: say("leave.word"), maxlength: 500 }],
    submit: say("leave.refuse"),
    done: ({ word }) => tell(`/api/v1/requests/${encodeURIComponent(id)}/decide`, { approved: false, word: word ?? "" }),
  });
}

function helpActions(id, one) {
  const ways = ["coming", "whisper"].map((answer) => button(say(`help.answer.${answer}`), () => send(id, "answer", { answer }, say("help.did.answered"))));
  const advice = button(say("help.answer.advice"), () => advise(id));
  const close = button(say("help.close.it"), () => send(id, "close", {}, say("help.did.closed")));
  return one.stage === "open" ? [...ways, advice, close] : [advice, close];
}

const leaveActions = (id) => [
  button(say("leave.approve"), () => send(id, "decide", { approved: true }, say("leave.did.approved"))),
  button(say("leave.refuse"), () => refuse(id)),
];

function actions(id, one) {
  if (one.mine) return [];
  if (one.kind === "help" && ["open", "answered"].includes(one.stage) && may("answer_help")) return helpActions(id, one);
  if (one.kind === "leave" && one.stage === "open" && may("decide_leave")) return leaveActions(id);
  return [];
}

function away(one) {
  if (one.kind !== "leave" || one.stage !== "open" || !one.away) return null;
  if (one.away.length === 0) return part("span.asked-away", {}, say("leave.away.none"));
  return part("span.asked-away", { "data-level": "warn" }, say("leave.away", { count: one.away.length, names: one.away.join(", ") }));
}

class Row {
  constructor(id, one) {
    this.id = id;
    this.time = make("time");
    this.element = part("li.asked", { "data-id": id });
    this.#fill(one);
  }

  /** Shows it as it is now; what is the same stays untouched. */
  update(one) {
    if (JSON.stringify(one) !== this.shown) this.#fill(one);
  }

  #fill(one) {
    this.one = one;
    this.shown = JSON.stringify(one);
    const loud = level(one);
    const who = [one.label, one.number, one.group].filter(Boolean).join(" · ");
    const marks = [one.way === "phone" ? say("ask.phone") : null, one.queue].filter(Boolean).join(" · ");
    const head = part("div.asked-head", {}, loud ? tag(loud, title(one)) : make("strong", title(one)), this.time);
    const said = outcome(one);
    const lines = [who, one.text, marks].filter(Boolean).map((text, i) => make(i === 0 ? "span.asked-who" : "span.asked-line", text));
    const buttons = actions(this.id, one);
    this.element.replaceChildren(head, ...lines, ...[away(one)].filter(Boolean), ...(said ? [make("span.asked-said", said)] : []), ...(buttons.length ? [part("div.actions", {}, ...buttons)] : []));
    attribute(this.element, "data-level", loud);
    attribute(this.element, "data-over", LIVES.has(one.stage) ? null : "");
  }

  tick(now) {
    write(this.time, clock(this.one, now));
    const late = this.one.stage === "left" && this.one.due_at < now;
    attribute(this.time, "data-level", late ? "warn" : null);
  }
}

export class Requests {
  constructor(place) {
    this.list = part("ul.asked-list", { "aria-label": say("ask.title") });
    this.empty = nothing(say("ask.none"));
    this.rows = new Map();
    place.append(this.list, this.empty);
  }

  paint(requests, now) {
    const wanted = ordered(requests);
    for (const [id, row] of this.rows) {
      if (requests.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    const held = document.activeElement;
    wanted.forEach(([id, one], i) => {
      const row = this.rows.get(id) ?? new Row(id, one);
      this.rows.set(id, row);
      row.update(one);
      if (this.list.children[i] !== row.element) this.list.insertBefore(row.element, this.list.children[i] ?? null);
    });
    if (held && held !== document.activeElement && this.list.contains(held)) held.focus();
    this.empty.hidden = wanted.length > 0;
    this.tick(now);
  }

  tick(now) {
    for (const row of this.rows.values()) row.tick(now);
  }
}
