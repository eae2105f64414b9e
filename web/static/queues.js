/** The queues of the board: a table, one row each, in the board's order. */

import { attribute, glyph, make, setGlyph, show, unitPixels, write, writeNumber } from "./dom.js";
import { barePercent, say } from "./i18n.js";
import { levelOf } from "./levels.js";
import { longestWait, serviceLevel } from "./measures.js";
import { Spark } from "./spark.js";
import { duration } from "./time.js";
import { Trend } from "./trend.js";
import { wideness } from "./typeface.js";

/** Columns headed by a glyph, for want of room; the word is said, and stands beside the glyph in the totals. */
const GLYPHED = { ready: "ready", talking: "talking", away: "paused" };
const COLUMNS = ["name", "waiting", "longest", "in_time", "ready", "talking", "away", "trend"];
/** Columns that a public board has no facts for. */
const INTERNAL = new Set(["in_time", "ready", "talking", "away"]);
const ON_CALL = ["talking", "holding", "outbound"];
const AWAY = ["paused", "auto_paused"];

/** Geometry of the table: rows in units of the board, width in its own font size. */
const ROW = { least: 2.3, most: 6.4, text: 0.58 };
const WIDTH_EMS = 33;
const HEAD_UNITS = 3.6;
const MOST_FONT = 3.4;
/** The board's own chart is shown where this much height is left. */
const TREND_UNITS = 15;
/** Share of the height that the table may take where it stands above the agents; less above a crowd of them. */
const UPRIGHT_SHARE = { few: 0.34, crowd: 0.25 };
const upright = matchMedia("(max-aspect-ratio: 1/1)");

const members = (queue, states) =>
  queue.states == null ? null : states.reduce((sum, state) => sum + (queue.states[state] ?? 0), 0);
const orDash = (value) => (value == null ? "–" : String(value));

/** A number in a table cell, with room kept for its sign, so that nothing shifts when it turns bad. */
class Cell {
  constructor(column) {
    this.sign = glyph("notice");
    this.number = make("span.cell-number");
    this.word = make("span.quiet");
    this.room = make("span.cell-room", make("span.cell-box", this.sign, this.number, this.word));
    this.element = make(`td.cell.cell-${column}`, this.room);
  }

  paint(text, level, counting = false) {
    if (counting) write(this.number, text);
    else writeNumber(this.number, text);
    attribute(this.element, "data-level", level);
    attribute(this.element, "data-none", text === "0" || text === "–" ? "" : null);
    write(this.word, level ? ` ${say(`level.${level}`)}` : "");
    if (level) setGlyph(this.sign, level);
  }
}

class Row {
  constructor(columns) {
    this.columns = columns;
    this.name = make("th.cell.cell-name");
    this.name.scope = "row";
    this.cells = Object.fromEntries(columns.slice(1, -1).map((column) => [column, new Cell(column)]));
    this.bar = make("span.bar");
    this.cells.waiting.room.append(this.bar);
    this.spark = new Spark();
    this.trend = make("span.quiet");
    const last = make("td.cell.cell-trend", this.spark.element, this.trend);
    this.element = make("tr", this.name, ...columns.slice(1, -1).map((column) => this.cells[column].element), last);
  }

  paint(id, queue, context, stale) {
    write(this.name, queue.title ?? queue.name);
    attribute(this.element, "data-stale", stale ? "" : null);
    this.#waiting(id, queue, context, stale);
    this.#figures(id, context, stale);
    this.#staff(queue, stale);
    this.spark.paint(context.floor.history.get(`queue:${id}`));
  }

  #waiting(id, queue, context, stale) {
    const { thresholds } = context.board;
    const wait = queue.waiting > 0 ? longestWait(context.floor, [[id, queue]], context.nowOf) : null;
    const level = (name, value) => (stale ? null : levelOf(name, value, thresholds[name]));
    this.cells.waiting.paint(orDash(queue.waiting), level("waiting", queue.waiting));
    this.cells.longest.paint(duration(wait), level("longest", wait), true);
    const full = thresholds.waiting?.critical || 10;
    const share = Math.min(1, (queue.waiting ?? 0) / full);
    if (this.share !== share) this.bar.style.setProperty("--share", share);
    this.share = share;
  }

  #figures(id, { floor, board }, stale) {
    if (!this.cells.in_time) return;
    const { value, contacts } = serviceLevel(floor.figures.get(`queue:${id}`)?.[board.window], board.formula);
    const level = stale ? null : levelOf("service_level", value, board.thresholds.service_level, contacts);
    this.cells.in_time.paint(barePercent(value), level);
  }

  #staff(queue, stale) {
    if (!this.cells.ready) return;
    const ready = members(queue, ["ready"]);
    const alone = !stale && queue.waiting > 0 && ready === 0;
    this.cells.ready.paint(orDash(ready), alone ? "notice" : null);
    this.cells.talking.paint(orDash(members(queue, ON_CALL)), null);
    this.cells.away.paint(orDash(members(queue, AWAY)), null);
  }
}

/** Which queues fit: all, or those with most callers waiting, in the board's order. Pure. */
export function fitting(queues, places) {
  if (queues.length <= places) return queues;
  const busiest = [...queues].sort(([, one], [, other]) => other.waiting - one.waiting).slice(0, Math.max(1, places - 1));
  const kept = new Set(busiest.map(([id]) => id));
  return queues.filter(([id]) => kept.has(id));
}

export class Queues {
  /** @param section the part of the page with its table, its note of what did not fit, and its empty state */
  constructor(section) {
    this.section = section;
    this.table = section.querySelector("table");
    this.head = section.querySelector("thead tr");
    this.body = section.querySelector("tbody");
    this.more = section.querySelector(".queues-more");
    this.empty = section.querySelector(".empty");
    this.trend = new Trend(section.querySelector(".trend"));
    this.rows = new Map();
    this.crowd = "few";
    this.size = new ResizeObserver(() => this.#measure());
    this.size.observe(section);
  }

  /** Builds the head for a board in the page's language; rows follow with the first paint. */
  build(board) {
    this.columns = COLUMNS.filter((column) => !(board.public && INTERNAL.has(column)));
    this.head.replaceChildren(
      ...this.columns.map((column) => {
        const words = make(GLYPHED[column] ? "span.quiet" : "span", say(`queue.${column}`, { seconds: board.answer_s }));
        const cell = make(`th.cell.cell-${column}`, ...(GLYPHED[column] ? [glyph(GLYPHED[column])] : []), words);
        cell.scope = "col";
        return cell;
      }),
    );
    this.table.dataset.columns = this.columns.length;
    this.rows.clear();
    this.order = null;
    this.body.replaceChildren();
  }

  paint(context, isStale) {
    const shown = fitting(context.queues, this.places ?? 99);
    this.#keep(shown.map(([id]) => id));
    for (const [id, queue] of shown) this.rows.get(id).paint(id, queue, context, isStale(queue.pbx));
    show(this.table, shown.length > 0);
    show(this.empty, context.queues.length === 0);
    write(this.empty, say("empty.queues"));
    this.trend.paint(context.floor.history.get("total"));
    const left = context.queues.length - shown.length;
    show(this.more, left > 0);
    write(this.more, left > 0 ? say("queue.more", { count: left }) : "");
  }

  #keep(ids) {
    if (ids.join("\n") === this.order) return;
    this.order = ids.join("\n");
    for (const id of this.rows.keys()) if (!ids.includes(id)) this.rows.delete(id);
    for (const id of ids) if (!this.rows.has(id)) this.rows.set(id, new Row(this.columns));
    this.body.replaceChildren(...ids.map((id) => this.rows.get(id).element));
    this.#measure();
  }

  /** Makes room for a crowd of agents, where the table shares its column with them. */
  shareWith(agents) {
    const crowd = agents > 120 ? "crowd" : "few";
    if (crowd === this.crowd) return;
    this.crowd = crowd;
    this.#measure();
  }

  /** Sizes rows and type so that the rows fill the panel and the columns fit; tells how many rows have room. */
  #measure() {
    const unit = unitPixels();
    const { clientWidth, clientHeight } = this.section;
    const height = (upright.matches ? innerHeight * UPRIGHT_SHARE[this.crowd] : clientHeight - 2 * unit) - HEAD_UNITS * unit;
    this.places = Math.max(1, Math.floor(height / (ROW.least * unit)));
    const row = Math.max(ROW.least, Math.min(ROW.most, height / unit / Math.max(1, this.rows.size))) * unit;
    const font = Math.min(row * ROW.text, (clientWidth - 2.4 * unit) / WIDTH_EMS / wideness(), MOST_FONT * unit);
    const left = height - row * this.rows.size;
    show(this.trend.element, !upright.matches && this.rows.size > 0 && left > TREND_UNITS * unit);
    this.table.style.setProperty("--row", `${Math.floor(row)}px`);
    this.table.style.setProperty("font-size", `${font}px`);
  }
}
