/** One row of the agents' table, and the head of a group; both are used again for others as one scrolls. */

import { attribute, glyph, make, setGlyph, write } from "../dom.js";
import { say } from "../i18n.js";
import { stateWords } from "../tile.js";
import { age, duration } from "../time.js";
import { agentLevel } from "../urgency.js";
import { harmless } from "./harmless.js";
import { TOTALS } from "./lineup.js";
import { part } from "./parts.js";

const number = (value) => (value == null ? "–" : String(value));
const dash = (text) => (text == null || text === "" ? "–" : harmless(text));

/** What each column says: `(person, world)` to text; `state` and `since` are drawn by the row itself. */
const CELLS = {
  queue: ({ agent }) => dash(agent.queue),
  caller: ({ agent }) => dash(agent.call_number_masked),
  before: ({ agent }) => (agent.before ? say(`state.${agent.before}`) : "–"),
  answered: ({ id }, { figuresOf }) => number(figuresOf(id)?.answered ?? 0),
  att: ({ id }, { figuresOf }) => duration(figuresOf(id)?.att_s),
  missed: ({ id }, { figuresOf }) => number(figuresOf(id)?.ring_no_answer ?? 0),
  breaches: ({ id }, { breachesOf }) => number(breachesOf(id) || "–"),
};
export const NUMBERS = new Set(["since", "answered", "att", "missed", "breaches"]);

export class PersonRow {
  constructor(columns) {
    this.columns = columns;
    this.name = make("bdi");
    const head = part("div.cell.cell-agent", { role: "rowheader" }, this.name);
    this.cells = new Map(columns.map((column) => [column, this.#cell(column)]));
    this.element = part("div.crew-row", { role: "row", "aria-level": "2", "aria-selected": "false" }, head, ...this.cells.values());
  }

  #cell(column) {
    if (column !== "state") return part(`div.cell.cell-${column}${NUMBERS.has(column) ? ".number" : ""}`, { role: "gridcell" }, column === "queue" || column === "caller" ? make("bdi") : "");
    this.sign = glyph("ready");
    this.flag = glyph("warn");
    this.flag.classList.add("flag");
    this.word = make("span.state-word");
    this.level = make("span.quiet");
    return part("div.cell.cell-state", { role: "gridcell" }, this.sign, this.word, this.flag, this.level);
  }

  paint(person, world) {
    this.person = person;
    const { agent } = person;
    write(this.name, harmless(agent.label ?? person.key));
    attribute(this.element, "data-state", agent.state);
    for (const [column, cell] of this.cells) {
      if (CELLS[column]) write(cell.querySelector("bdi") ?? cell, CELLS[column](person, world));
    }
    if (this.sign) {
      setGlyph(this.sign, agent.state);
      write(this.word, harmless(stateWords(agent)));
    }
    const listened = world.listenersOf?.(person.id);
    attribute(this.element, "data-listened", listened ? "" : null);
    this.tick(world);
  }

  tick({ nowOf, offsetOf, isStale, lateRing }) {
    const { agent } = this.person;
    const now = nowOf(agent.pbx);
    const seconds = age(now, agent.since, offsetOf(agent.pbx));
    const stale = isStale(agent.pbx);
    const level = stale ? null : agentLevel(agent, seconds, lateRing, now);
    const time = this.cells.get("since");
    if (time) write(time, duration(seconds));
    attribute(this.element, "data-stale", stale ? "" : null);
    attribute(this.element, "data-level", level);
    if (!this.flag) return;
    attribute(this.flag, "hidden", level ? null : "");
    if (level) setGlyph(this.flag, level);
    write(this.level, level ? ` ${say(`level.${level}`)}` : "");
  }
}

export class GroupHead {
  constructor(span) {
    this.name = make("bdi.team-name");
    this.size = make("span.team-size");
    this.counts = TOTALS.map(([state]) => {
      const count = make("span");
      const chip = part("span.count", { title: say(`total.${state}`) }, glyph(state), make("span.quiet", say(`total.${state}`)), count);
      return { count, chip };
    });
    this.turn = part("span.turn", { "aria-hidden": "true" });
    const cell = part("div.cell", { role: "rowheader", "aria-colspan": String(span) }, this.turn, this.name, this.size, make("span.counts", ...this.counts.map(({ chip }) => chip)));
    this.element = part("div.crew-row.team-head", { role: "row", "aria-level": "1", "aria-selected": "false" }, cell);
  }

  paint({ name, people, totals, folded }) {
    write(this.name, name ? harmless(name) : say("crew.nogroup"));
    write(this.size, String(people.length));
    attribute(this.element, "aria-expanded", String(!folded));
    this.counts.forEach(({ count, chip }, i) => {
      write(count, String(totals[i]));
      attribute(chip, "data-none", totals[i] === 0 ? "" : null);
    });
  }
}

/** Sets a property of an element's style if it differs. */
export function style(element, name, value) {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

let made = 0;

/** Puts a row's element where it stands in the table, and, with `top`, in its group (pixels). */
export function lay(element, index, top = null) {
  attribute(element, "aria-rowindex", String(index + 2));
  made += 1;
  element.id ||= `crew-${made}`;
  attribute(element, "data-index", index);
  if (top !== null) style(element, "transform", `translateY(${top}px)`); // unlike top, it costs no layout
}
