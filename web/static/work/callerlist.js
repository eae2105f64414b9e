/** The callers who wait, the longest first: queue, masked number, wait, position, priority. */

import { attribute, make, show, write } from "../dom.js";
import { say } from "../i18n.js";
import { age, duration } from "../time.js";
import { harmless } from "./harmless.js";
import { nothing, part } from "./parts.js";
import { place } from "./window.js";

/** More rows than this help nobody; how many more there are is said. */
const MOST = 100;

/** What a caller is called: his masked number, as far as it is known. */
export const callerLabel = ({ number_masked: number }) => (number ? harmless(number) : say("caller.unknown"));

/** Those who pass the filters, the longest waiting first. Pure. */
export function waiting(callers, { queue = "", text = "" } = {}, offsetOf = () => 0) {
  const passing = [...callers].filter(([, one]) => {
    if (queue && `${one.pbx}/${one.queue}` !== queue) return false;
    return !text || `${one.queue} ${one.number_masked ?? ""}`.toLowerCase().includes(text);
  });
  const joined = ([, one]) => (one.joined_at == null ? Infinity : one.joined_at - (offsetOf(one.pbx) ?? 0));
  return passing.sort((one, other) => joined(one) - joined(other) || (one[0] < other[0] ? -1 : 1));
}

/**
 * Who stands where in his queue, by id: higher priority first, then who joined earlier. The exchange says it only when
 * somebody joins; those before him leave. Pure.
 */
export function places(callers) {
  const queues = new Map();
  for (const [id, one] of callers) {
    const queue = `${one.pbx}/${one.queue}`;
    if (!queues.has(queue)) queues.set(queue, []);
    queues.get(queue).push([id, one]);
  }
  const before = ([, one], [, other]) => (other.priority ?? 0) - (one.priority ?? 0) || (one.joined_at ?? Infinity) - (other.joined_at ?? Infinity);
  return new Map([...queues.values()].flatMap((line) => line.sort(before).map(([id], i) => [id, i + 1])));
}

class Waiting {
  constructor(id, choose) {
    this.time = make("span.row-age");
    this.number = make("bdi");
    this.queue = make("bdi");
    this.more = make("span");
    const first = make("span.row-first", make("strong", this.number));
    this.element = part("li.caller-row", { role: "option", "aria-selected": "false" }, first, this.time, make("span.row-second", this.queue, this.more));
    this.element.addEventListener("click", () => choose(id));
  }

  paint(caller, position, times, slow) {
    write(this.number, callerLabel(caller));
    write(this.queue, harmless(caller.queue));
    const stands = say("caller.position", { position });
    const priority = caller.priority ? say("caller.priority", { priority: caller.priority }) : null;
    write(this.more, [stands, priority].filter(Boolean).join(" · "));
    const seconds = age(times.nowOf(caller.pbx), caller.joined_at, times.offsetOf(caller.pbx));
    write(this.time, duration(seconds));
    const stale = times.isStale(caller.pbx);
    attribute(this.element, "data-stale", stale ? "" : null);
    attribute(this.element, "data-level", !stale && seconds >= slow ? "warn" : null);
  }
}

export class CallerList {
  /** @param {(id: string) => void} chosen told who was chosen @param {(id: string) => void} open on Enter */
  constructor(section, chosen, open) {
    Object.assign(this, { chosen, open });
    this.list = part("ul.caller-list", { role: "listbox", tabindex: "0", "aria-label": say("part.callers") });
    this.empty = nothing(say("caller.none"));
    this.more = make("p.quiet-note");
    section.append(this.list, this.empty, this.more);
    this.rows = new Map();
    this.order = [];
    this.selected = null;
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  paint(callers, wish, times, slow) {
    const all = waiting(callers, wish, times.offsetOf);
    const seen = all.slice(0, MOST);
    const stands = places(callers);
    this.order = seen.map(([id]) => id);
    const elements = seen.map(([id, caller], i) => {
      const row = this.rows.get(id) ?? new Waiting(id, (one) => this.select(one));
      this.rows.set(id, row);
      row.element.id ||= `caller-${(this.made = (this.made ?? 0) + 1)}`;
      row.paint(caller, stands.get(id), times, slow);
      attribute(row.element, "aria-posinset", String(i + 1));
      attribute(row.element, "aria-setsize", String(all.length));
      return row.element;
    });
    const here = new Set(this.order);
    for (const id of [...this.rows.keys()]) if (!here.has(id)) this.rows.delete(id);
    place(this.list, elements);
    show(this.list, elements.length > 0);
    show(this.empty, elements.length === 0);
    write(this.empty, say(callers.size > 0 ? "desk.filtered" : "caller.none"));
    show(this.more, all.length > seen.length);
    write(this.more, say("caller.more", { count: all.length - seen.length }));
    this.#mark();
  }

  select(id, told = true) {
    this.selected = id;
    if (told && id !== null) this.chosen(id);
    this.#mark();
  }

  /** Chooses the caller so many places on. */
  move(steps) {
    if (this.order.length === 0) return;
    const at = this.order.indexOf(this.selected);
    this.select(this.order[at < 0 ? 0 : Math.min(this.order.length - 1, Math.max(0, at + steps))]);
    this.rows.get(this.selected).element.scrollIntoView({ block: "nearest" });
  }

  #mark() {
    for (const [id, { element }] of this.rows) attribute(element, "aria-selected", String(id === this.selected));
    attribute(this.list, "aria-activedescendant", this.rows.get(this.selected)?.element.id);
  }

  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e6, End: 1e6 }[event.key];
    if (event.key === "Enter" && this.selected) this.open(this.selected);
    else if (!steps || this.order.length === 0) return;
    else this.move(steps);
    event.preventDefault();
    event.stopPropagation();
  }
}
