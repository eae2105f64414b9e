/** One person's tile: glyph, label, word, time; the level by colour, frame, sign and word. */

import { KINDS, widthOf } from "./density.js";
import { attribute, draw, glyph, make, setGlyph, write } from "./dom.js";
import { say, sayOr } from "./i18n.js";
import { age, duration } from "./time.js";
import { agentLevel, HOLD_ROUND_S, rank } from "./urgency.js";

function ring() {
  const circle = { cx: 12, cy: 12, r: 10, pathLength: HOLD_ROUND_S };
  return draw(
    "svg",
    { class: "ring", viewBox: "0 0 24 24", "aria-hidden": "true" },
    draw("circle", { ...circle, class: "ring-track" }),
    draw("circle", { ...circle, class: "ring-fill" }),
  );
}

/** What the tile says beside the glyph: the reason of a pause, missed calls, else the state. */
export function stateWords(agent) {
  if (agent.state === "paused" && agent.reason) {
    return sayOr(`reason.${String(agent.reason).toLowerCase()}`, String(agent.reason));
  }
  if (agent.misses > 0 && ["ready", "auto_paused"].includes(agent.state)) {
    return say("agent.missed", { count: agent.misses });
  }
  return say(`state.${agent.state}`);
}

export class Tile {
  constructor(key) {
    this.key = key;
    this.sign = glyph("ready");
    this.mark = make("span.tile-mark", this.sign);
    this.label = make("span.tile-label");
    this.word = make("span.tile-word");
    this.where = make("span.tile-where");
    this.time = make("span.tile-time");
    this.levelWord = make("span.quiet");
    this.element = make("li.tile", this.mark, this.label, this.word, this.where, this.time);
    this.agent = null;
    this.rank = null;
  }

  /** Shows what the person does now; tells whether that is new. */
  paint({ agent, places }, queueTitle) {
    if (agent === this.agent && places === this.places) return false;
    this.agent = agent;
    this.places = places;
    attribute(this.element, "data-state", agent.state);
    setGlyph(this.sign, agent.state);
    if (write(this.label, agent.label ?? "")) {
      attribute(this.label, "data-long", widthOf(agent.label) > KINDS.compact.label ? "" : null);
    }
    write(this.word, stateWords(agent));
    write(this.where, queueTitle);
    attribute(this.element, "data-places", places > 1 ? "" : null);
    attribute(this.element, "title", places > 1 ? say("agent.places", { count: places }) : null);
    this.#ring(agent.state === "holding");
    return true;
  }

  /** Counts on: time, level, ring. `now` stands still while the exchange is silent. */
  tick(now, offset, stale, lateRing) {
    const seconds = age(now, this.agent.since, offset);
    write(this.time, duration(seconds));
    attribute(this.element, "data-stale", stale ? "" : null);
    this.#level(stale ? null : agentLevel(this.agent, seconds, lateRing));
    if (this.ringFill) this.#fill(seconds ?? 0);
    this.rank = stale ? null : rank(this.agent, this.level);
  }

  #level(level) {
    if (this.level === level) return;
    this.level = level;
    attribute(this.element, "data-level", level);
    if (level) {
      write(this.levelWord, ` ${say(`level.${level}`)}`);
      this.element.append(this.levelWord);
    } else this.levelWord.remove();
  }

  #ring(holding) {
    if (holding === Boolean(this.ringFill)) return;
    if (holding) {
      const drawn = ring();
      this.ringFill = drawn.lastChild;
      this.mark.append(drawn);
    } else {
      this.mark.lastChild.remove();
      this.ringFill = null;
    }
  }

  #fill(seconds) {
    const filled = Math.min(HOLD_ROUND_S, (Math.floor(seconds) % HOLD_ROUND_S) + 1);
    attribute(this.ringFill, "stroke-dasharray", `${filled} ${HOLD_ROUND_S}`);
  }
}
