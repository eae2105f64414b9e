/**
 * The agents: totals by state, the line of those who need attention, and everybody at his own place.
 *
 * Everybody has a fixed place (by label), so a supervisor knows where to look and nothing moves without need. Whoever
 * needs attention leaves his place empty and comes to the front line, most urgent first; the line is settled at most
 * every two seconds.
 */

import { laneFor, spotsOf, typicalLabel } from "./density.js";
import { attribute, glyph, make, mayMove, show, unitPixels, write, writeNumber } from "./dom.js";
import { say } from "./i18n.js";
import { headcount } from "./measures.js";
import { Tile } from "./tile.js";
import { wideness } from "./typeface.js";
import { byPlace, byUrgency } from "./urgency.js";

const SETTLE_MS = 2000;
/** Between tiles, in units of the board; agents.css says the same. */
const GAP = 0.5;

/** Totals: what is counted together, under the first one's name. */
const TOTALS = [
  ["ready"],
  ["ringing"],
  ["talking", "outbound", "offhook"],
  ["holding"],
  ["acw"],
  ["paused", "auto_paused"],
  ["unreachable"],
  ["emergency"],
];

/** Puts `wanted` into `list` in this order, touching only what is not in place. What goes, goes first: else all behind it would move up one by one. */
function place(list, wanted) {
  const kept = new Set(wanted);
  for (const element of [...list.children]) if (!kept.has(element)) element.remove();
  let cursor = list.firstChild;
  for (const element of wanted) {
    if (element === cursor) cursor = cursor.nextSibling;
    else list.insertBefore(element, cursor);
  }
}

/** Where the `index`th tile of a list stands, in pixels; reckoned, for asking the page would cost a layout. */
function spotOf({ columns, width, height, gap, top }, index) {
  return [(index % columns) * (width + gap), top + Math.floor(index / columns) * (height + gap)];
}

/** More tiles than this do not glide: eyes can follow a few, and a swarm of them hides the floor for as long as it flies. */
const MOST_GLIDES = 8;

/** Notes that a tile stands at `spot`; gives the way it came, or null where it stayed. */
function moved(tile, spot) {
  const [x, y] = [(tile.spot ?? spot)[0] - spot[0], (tile.spot ?? spot)[1] - spot[1]];
  tile.spot = spot;
  return Math.abs(x) < 1 && Math.abs(y) < 1 ? null : { element: tile.element, x, y };
}

function glide({ element, x, y }) {
  const from = { transform: `translate(${x}px, ${y}px)` };
  element.animate([from, { transform: "none" }], { duration: 350, easing: "cubic-bezier(.2, .7, .2, 1)" });
}

export class Agents {
  constructor(section) {
    this.section = section;
    this.totals = section.querySelector(".totals");
    this.crewArea = section.querySelector(".crew");
    this.lane = section.querySelector(".lane");
    this.calm = section.querySelector(".lane-calm");
    this.home = section.querySelector(".home");
    this.empty = section.querySelector(".empty");
    this.more = make("li.tile-more");
    this.laneMore = make("li.tile-more");
    this.tiles = new Map();
    this.holes = new Map();
    this.settledAt = -Infinity;
    new ResizeObserver(() => this.#measure()).observe(this.crewArea);
  }

  /** Starts anew for a board in the page's language. */
  build() {
    this.tiles.clear();
    this.counts = TOTALS.map(([name]) => {
      const count = make("span.total-count");
      const chip = make("li.total", glyph(name), count, make("span.total-word", say(`total.${name}`)));
      chip.dataset.state = name;
      return { count, chip };
    });
    this.totals.replaceChildren(...this.counts.map(({ chip }) => chip));
    write(this.empty, say("empty.agents"));
  }

  /** Shows the crew. `titleOf(agent)` names the queue of his call; `times` as for `tick`. */
  paint(crew, titleOf, times) {
    const gone = new Set(this.tiles.keys());
    for (const person of crew) {
      gone.delete(person.key);
      const tile = this.tiles.get(person.key) ?? new Tile(person.key);
      this.tiles.set(person.key, tile);
      if (tile.paint(person, titleOf(person.agent))) this.#count(tile, times);
    }
    for (const key of gone) {
      this.tiles.delete(key);
      this.holes.delete(key);
    }
    this.#total(crew);
    show(this.empty, crew.length === 0);
    show(this.crewArea, crew.length > 0);
  }

  /** Shows what is new of those who have a tile; who comes, goes or is in several places is for `paint` to say. */
  touch(agents, titleOf, times) {
    for (const [id, agent] of Object.entries(agents)) {
      const tile = this.tiles.get(agent.person ?? id);
      if (tile?.places !== 1 || agent.state === "logged_out") continue;
      if (tile.paint({ agent, places: 1 }, titleOf(agent))) this.#count(tile, times);
    }
  }

  #total(crew) {
    const counts = headcount(crew);
    TOTALS.forEach((states, i) => {
      const sum = states.reduce((total, state) => total + (counts[state] ?? 0), 0);
      const { count, chip, text } = this.counts[i];
      if (text === String(sum)) return;
      this.counts[i].text = String(sum);
      if (text?.length !== String(sum).length) count.style.setProperty("--digits", String(sum).length);
      writeNumber(count, String(sum));
      attribute(chip, "data-none", sum === 0 ? "" : null);
    });
  }

  #count(tile, { nowOf, offsetOf, isStale, lateRing }) {
    const { pbx } = tile.agent;
    tile.tick(nowOf(pbx), offsetOf(pbx), isStale(pbx), lateRing);
  }

  /**
   * Counts all tiles on, then settles the line if it is time.
   * @param {{nowOf: Function, offsetOf: Function, isStale: Function, lateRing: number}} times by exchange: its time now
   *   (standing still without a link), its clock's offset, whether it is silent; and how long a phone may ring
   */
  tick(times) {
    const { isStale } = times;
    for (const tile of this.tiles.values()) this.#count(tile, times);
    this.#doubt([...this.tiles.values()].some((tile) => isStale(tile.agent.pbx)));
    this.settle();
  }

  /** Without word from an exchange nobody knows who needs attention. */
  #doubt(stale) {
    attribute(this.section, "data-stale", stale ? "" : null);
    write(this.calm, say(stale ? "attention.unknown" : "attention.none"));
  }

  /** Brings tiles to their places; at most every two seconds, unless `now`. */
  settle(now = false) {
    const moment = performance.now();
    if (!now && moment - this.settledAt < SETTLE_MS - 50) return;
    const tiles = [...this.tiles.values()];
    const urgent = tiles.filter((tile) => tile.rank != null).sort(byUrgency);
    const order = [...urgent.map((tile) => tile.key), "|", ...tiles.map((tile) => tile.key)].join("\n");
    if (!now && order === this.order) return;
    this.order = order;
    this.settledAt = moment;
    if (tiles.length !== this.arrangedFor) this.#arrange();
    const places = tiles.sort(byPlace);
    this.#seat(urgent, places, now || !mayMove());
  }

  #seat(urgent, places, still) {
    const fits = urgent.length <= this.laneSlots ? urgent : urgent.slice(0, this.laneSlots - 1);
    const front = new Set(fits);
    const left = urgent.length - fits.length;
    write(this.laneMore, say("agent.more", { count: left }));
    place(this.lane, [...fits.map((tile) => tile.element), ...(left ? [this.laneMore] : [])]);
    show(this.calm, fits.length === 0);
    const seats = places.map((tile) => (front.has(tile) ? this.#hole(tile.key) : tile.element));
    const shown = seats.length <= this.places ? seats : seats.slice(0, this.places - 1);
    write(this.more, say("agent.more", { count: seats.length - shown.length }));
    place(this.home, shown.length < seats.length ? [...shown, this.more] : shown);
    const ways = fits.map((tile, i) => moved(tile, spotOf(this.spots.lane, i)));
    places.slice(0, shown.length).forEach((tile, i) => front.has(tile) || ways.push(moved(tile, spotOf(this.spots.home, i))));
    const glides = ways.filter(Boolean);
    if (!still && glides.length <= MOST_GLIDES) glides.forEach(glide);
  }

  #hole(key) {
    if (!this.holes.has(key)) {
      const hole = make("li.hole");
      hole.setAttribute("aria-hidden", "true");
      this.holes.set(key, hole);
    }
    return this.holes.get(key);
  }

  #measure() {
    this.arrangedFor = null;
    if (this.tiles.size > 0) this.settle(true);
  }

  /** Decides how large tiles are: the front line always legible, the rest as large as all of them can be. */
  #arrange() {
    this.arrangedFor = this.tiles.size;
    const unit = unitPixels();
    const { width, height } = this.crewArea.getBoundingClientRect();
    const label = typicalLabel([...this.tiles.values()].map((tile) => tile.agent.label));
    const area = { width, height, gap: GAP * unit, unit, label, wide: wideness() };
    const lane = laneFor(area, this.tiles.size);
    this.laneSlots = lane.slots;
    this.places = lane.home.places;
    this.spots = spotsOf(area, lane);
    this.#style(this.lane, lane, this.spots.lane);
    this.lane.style.setProperty("height", `${lane.height}px`);
    this.#style(this.home, lane.home, this.spots.home);
    this.home.dataset.kind = lane.home.kind;
  }

  #style(list, { columns, rows, font }, { height }) {
    list.style.setProperty("--columns", columns);
    list.style.setProperty("--lines", rows);
    list.style.setProperty("--tile-height", `${height}px`);
    list.style.setProperty("font-size", `${font}px`);
  }
}
