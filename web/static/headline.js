/** The headline: four to six numbers, each with its target and, when it is bad, a symbol and a word. */

import { attribute, glyph, make, setGlyph, show, write, writeNumber } from "./dom.js";
import { barePercent, percent, say } from "./i18n.js";
import { levelOf, RATIOS, worse } from "./levels.js";
import { tileValue } from "./measures.js";
import { duration } from "./time.js";

const TIMES = new Set(["longest", "asa", "att", "aht"]);
/** Tiles whose second number has words of its own. */
const PAIRED = new Set(["answered", "lost", "staffed"]);
const CURRENT = new Set(["waiting", "longest", "staffed", "ready", "talking", "paused"]);

/** A value as its tile writes it: `[number, unit]`. */
function written(name, value) {
  if (value == null) return ["–", ""];
  if (TIMES.has(name)) return [duration(value), ""];
  if (RATIOS.has(name)) return [barePercent(value), "%"];
  return [String(value), ""];
}

function targetWords(name, threshold) {
  if (threshold?.target == null) return "";
  const [number, unit] = RATIOS.has(name) ? [percent(threshold.target), ""] : written(name, threshold.target);
  return say("under.target", { value: number + unit });
}

function underWords(name, { of }, board) {
  const parts = [];
  if (PAIRED.has(name) && of != null) parts.push(say(`under.${name}`, { of }));
  parts.push(targetWords(name, board.thresholds[name]));
  if (!CURRENT.has(name) && board.window !== "today") parts.push(say(`window.${board.window}`));
  return parts.filter(Boolean).join(" · ");
}

/** Level of a tile; "staffed" shows those ready, so both limits speak. */
function levelOfTile(name, { value, contacts, of }, thresholds) {
  if (name !== "staffed") return levelOf(name, value, thresholds[name], contacts);
  return worse(levelOf(name, of, thresholds.staffed), levelOf("ready", value, thresholds.ready));
}

class Figure {
  constructor(name) {
    this.name = name;
    this.label = make("h3.figure-label");
    this.number = make("span.figure-value");
    this.unit = make("span.figure-unit");
    this.under = make("p.figure-under");
    this.sign = glyph("notice");
    this.word = make("span");
    this.flag = make("p.figure-flag", this.sign, this.word);
    const foot = make("div.figure-foot", this.under, this.flag);
    this.line = make("p.figure-number", this.number, this.unit);
    this.element = make("li.figure", this.label, this.line, foot);
    this.element.dataset.tile = name;
  }

  paint(context, stale) {
    const figure = tileValue(this.name, context);
    const [number, unit] = written(this.name, figure.value);
    write(this.label, say(`tile.${this.name}`, { seconds: context.board.answer_s }));
    if (TIMES.has(this.name)) write(this.number, number);
    else writeNumber(this.number, number);
    write(this.unit, unit);
    write(this.under, underWords(this.name, figure, context.board));
    this.#fit(number + unit);
    attribute(this.element, "data-stale", stale ? "" : null);
    this.#flag(stale ? null : levelOfTile(this.name, figure, context.board.thresholds));
  }

  /** Makes a number that is too long for its tile as large as it can be; measured only when its length changes. */
  #fit(text) {
    if (text.length === this.length) return;
    this.length = text.length;
    this.line.style.removeProperty("--fit");
    const width = this.unit.getBoundingClientRect().right - this.number.getBoundingClientRect().left;
    const { clientWidth } = this.line;
    if (width > clientWidth) this.line.style.setProperty("--fit", clientWidth / width);
  }

  /** The tile has another size now. */
  refit() {
    this.length = null;
  }

  #flag(level) {
    attribute(this.element, "data-level", level);
    show(this.flag, level != null);
    if (level == null) return;
    setGlyph(this.sign, level);
    write(this.word, say(`level.${level}`));
  }
}

export class Headline {
  constructor(list) {
    this.list = list;
    this.figures = [];
    new ResizeObserver(() => this.figures.forEach((figure) => figure.refit())).observe(list);
  }

  /** Lays the tiles of a board out anew. */
  build(board) {
    this.figures = board.tiles.map((name) => new Figure(name));
    this.list.replaceChildren(...this.figures.map((figure) => figure.element));
    this.list.dataset.count = this.figures.length;
  }

  /** Writes all values; called on change and every second, for the longest wait counts. */
  paint(context, stale) {
    for (const figure of this.figures) figure.paint(context, stale);
  }
}
