/**
 * The agents by group, as a table of which only the visible rows are in the page.
 *
 * What is seen is painted as soon as it changes; who stands where is settled once a second, so that nothing leaps away
 * under somebody's hand, and at once when he asks for another order.
 */

import { attribute, make, write } from "../dom.js";
import { say } from "../i18n.js";
import { CrewHead, widths } from "./crewhead.js";
import { style } from "./crewrow.js";
import { CrewRows } from "./crewrows.js";
import { keyOf, Lineup } from "./lineup.js";
import { nothing, part } from "./parts.js";
import { reveal, stepsOf, windowOf } from "./window.js";

const SETTLE_MS = 1000;

export class Crew {
  /**
   * @param memory what is remembered @param {{chosen: Function, open: Function}} told when somebody is chosen, and
   *   when he is to be looked at closely
   */
  constructor(section, memory, { chosen, open }) {
    Object.assign(this, { section, memory, chosen, open });
    this.lineup = new Lineup();
    this.text = "";
    this.arranged = { rows: [], groups: [], shown: 0, all: 0 };
    this.active = null;
    this.settledAt = -Infinity;
    this.empty = nothing(say("desk.nobody"));
    this.grid = part("div.crew", { role: "treegrid", tabindex: "0", "aria-label": say("part.agents") });
    section.append(this.grid, this.empty);
    this.#build();
    this.grid.addEventListener("scroll", () => (this.frame ||= requestAnimationFrame(() => this.#draw({ fresh: false }))), { passive: true });
    this.grid.addEventListener("keydown", (event) => this.#key(event));
    this.grid.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.#measure()).observe(this.grid);
  }

  /** Lays the head out for the columns wanted; the rows come with the next drawing. */
  #build() {
    this.columns = this.memory.get("columns");
    this.head = new CrewHead(this.columns, (column) => this.sort(column));
    this.body = part("div.crew-body", { role: "presentation" });
    this.grid.replaceChildren(this.head.element, this.body);
    attribute(this.grid, "aria-colcount", String(this.columns.length + 1));
    for (const [name, value] of Object.entries(widths(this.columns))) this.grid.style.setProperty(name, value);
    this.rows = new CrewRows(this.body, this.columns);
    this.head.mark(this.memory.values);
  }

  /** Another order; the same once more turns it round. */
  sort(by) {
    const { sort, down } = this.memory.values;
    this.memory.set({ sort: by, down: by === sort ? !down : false });
    this.head.mark(this.memory.values);
    this.settle();
  }

  /** Which columns there are has changed. */
  rebuild() {
    this.#build();
    this.settle();
  }

  /* What the stream brings. */

  load(floor, times) {
    this.floor = floor;
    this.world = times;
    this.lineup.load(floor.agents);
    this.settle();
  }

  /** Agents of these ids changed. */
  update(ids) {
    this.lineup.update(ids);
  }

  /** Paints what is seen, and settles who stands where if it is time. */
  paint(times) {
    this.world = times;
    if (performance.now() - this.settledAt >= SETTLE_MS) this.settle();
    else this.#draw();
  }

  /** Counts the visible rows on. */
  tick(times) {
    this.world = times;
    if (performance.now() - this.settledAt >= SETTLE_MS) return this.settle();
    this.rows.tick(times);
    return undefined;
  }

  /** Decides anew who stands where. */
  settle() {
    if (!this.world) return;
    this.settledAt = performance.now();
    const { sort, down, grouped, folded, states, queue, group } = this.memory.values;
    this.arranged = this.lineup.arrange({ sort, down, grouped, folded, states, queue, group, text: this.text }, this.world);
    attribute(this.grid, "aria-rowcount", String(this.arranged.rows.length + 1));
    attribute(this.grid, "hidden", this.arranged.rows.length ? null : "");
    attribute(this.empty, "hidden", this.arranged.rows.length ? "" : null);
    write(this.empty, say(this.arranged.all > 0 ? "desk.filtered" : "desk.nobody"));
    if (!this.height) this.#measure();
    style(this.body, "height", `${this.arranged.rows.length * this.height}px`);
    this.#draw({ order: true });
  }

  /* What is in the page. */

  #measure() {
    const head = this.grid.querySelector(".crew-head");
    this.height = head?.offsetHeight || 34;
    this.room = this.grid.clientHeight;
    if (this.world) this.#draw();
  }

  /** Draws the rows one can see; see {@link CrewRows}. */
  #draw(how) {
    this.frame = 0;
    const top = this.grid.scrollTop;
    // The head covers its own height, which the body begins below: the two cancel out.
    const seen = windowOf({ top, room: this.room ?? 0, height: this.height, count: this.arranged.rows.length });
    this.rows.draw(seen, this.arranged, { ...how, world: this.world, height: this.height });
    this.#mark();
  }

  /* Who is chosen. */

  #mark() {
    const known = this.active === null ? null : this.rows.shown.get(this.active);
    for (const [key, { element }] of this.rows.shown) attribute(element, "aria-selected", String(key === this.active));
    attribute(this.grid, "aria-activedescendant", known ? known.element.id : null);
  }

  #indexOfActive() {
    return this.active === null ? -1 : this.arranged.rows.findIndex((row) => keyOf(row) === this.active);
  }

  /** Marks somebody as chosen, by id of the agent; null: nobody. */
  select(id, { scroll = false } = {}) {
    const key = id === null ? null : this.lineup.keys.get(id);
    this.active = key == null ? null : `p ${key}`;
    if (scroll) this.#reveal(this.#indexOfActive());
    this.#mark();
  }

  #activate(index) {
    const row = this.arranged.rows[index];
    if (!row) return;
    this.active = keyOf(row);
    this.#reveal(index);
    if (row.person) this.chosen(row.person.id);
    this.#mark();
  }

  #reveal(index) {
    if (index < 0) return;
    const head = this.arranged.rows[index].person && this.memory.get("grouped") ? this.height : 0;
    const room = this.room - this.height;
    const top = reveal({ top: this.grid.scrollTop, room, height: this.height, head }, index);
    if (top === this.grid.scrollTop) return;
    this.grid.scrollTop = top;
    this.#draw();
  }

  /** Chooses the row so many places on. */
  move(steps) {
    this.#activate(Math.min(this.arranged.rows.length - 1, Math.max(0, this.#indexOfActive() + steps)));
  }

  fold(name, folded) {
    const rest = this.memory.get("folded").filter((one) => one !== name);
    this.memory.set({ folded: folded ? [...rest, name] : rest });
    this.settle();
  }

  #key(event) {
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = stepsOf(event.key, Math.max(1, Math.floor(this.room / this.height) - 2));
    if (steps !== undefined) this.move(steps);
    else if (!this.#act(event.key, this.arranged.rows[this.#indexOfActive()])) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether the key did something to the row. */
  #act(key, row) {
    if (!row || !["Enter", " ", "ArrowLeft", "ArrowRight"].includes(key)) return false;
    if (row.person && key === "ArrowLeft" && this.memory.get("grouped")) this.#activate(this.arranged.rows.findIndex((one) => !one.person && one.group === row.group));
    else if (row.person && (key === "Enter" || key === " ")) this.open(row.person.id);
    else if (!row.person) this.fold(row.group.name, key === "ArrowLeft" || (key !== "ArrowRight" && !row.group.folded));
    return true;
  }

  #click({ target }) {
    const element = target.closest("[data-index]");
    const row = element && this.arranged.rows[Number(element.dataset.index)];
    if (!row) return;
    if (row.person) this.#activate(Number(element.dataset.index));
    else {
      this.active = keyOf(row);
      this.fold(row.group.name, !row.group.folded);
    }
  }
}
