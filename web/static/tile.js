/** One person's tile: glyph, label, word, time; the level by colour, frame, sign and word. */

import { leadingClock } from "./clocks.js";
import { KINDS, widthOf } from "./density.js";
import { attribute, draw, glyph, make, setGlyph, write } from "./dom.js";
import { pick, say, sayOr } from "./i18n.js";
import { worse } from "./levels.js";
import { age, duration } from "./time.js";
import { agentLevel, COUNTED, HOLD_ROUND_S, LATE_RING_S, rank } from "./urgency.js";

/** Words wider than this, in ems, are written smaller. */
const LONG_WORD = 4.4;

/** How long the tile reminds of an apology; a clock without a ring. */
const APOLOGY_S = 20;
const APOLOGY = { level: "notice", full: null, rounds: 0 };

/** From the top, so that nothing needs to be turned: what is turned is a layer of its own. */
const ROUND = "M12 2a10 10 0 0 1 0 20a10 10 0 0 1 0-20";

function ring(full) {
  const round = { d: ROUND, pathLength: full };
  return draw(
    "svg",
    { class: "ring", viewBox: "0 0 24 24", "aria-hidden": "true" },
    draw("path", { ...round, class: "ring-track" }),
    draw("path", { ...round, class: "ring-fill" }),
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
    this.flag = glyph("notice");
    this.flag.classList.add("tile-flag");
    this.box = make("div.tile-box", this.mark, this.label, this.word, this.where, this.time);
    this.element = make("li.tile", this.box);
    this.agent = null;
    this.counted = null;
    this.rang = null;
    this.ringFull = null;
    this.rank = null;
  }

  /** Shows what the person does now; tells whether that is new. */
  paint({ agent, places }, queueTitle) {
    if (agent === this.agent && places === this.places) return false;
    this.#remember(this.agent, agent);
    this.agent = agent;
    this.places = places;
    attribute(this.element, "data-state", agent.state);
    setGlyph(this.sign, agent.state);
    if (write(this.label, agent.label ?? "")) {
      attribute(this.label, "data-long", widthOf(agent.label) > KINDS.compact.label ? "" : null);
    }
    this.counted = null;
    this.#say(stateWords(agent));
    write(this.where, queueTitle);
    attribute(this.element, "data-places", places > 1 ? "" : null);
    attribute(this.element, "title", places > 1 ? say("agent.places", { count: places }) : null);
    return true;
  }

  /** Who lets it ring too long owes the caller an apology (R-ANS-3): how long it rang is known only at this moment. */
  #remember(before, agent) {
    const answers = agent.state === "talking" && before?.state === "ringing";
    if (answers) this.rang = agent.since - before.since;
    else if (agent.state !== "talking") this.rang = null;
  }

  #owesApology(seconds, lateRing) {
    return this.rang != null && this.rang > lateRing && seconds < APOLOGY_S;
  }

  #say(words) {
    if (write(this.word, words)) attribute(this.word, "data-long", widthOf(words) > (this.counted ? 3.5 : LONG_WORD) ? "" : null);
  }

  /** Counts on: time, level, ring. `now` stands still while the exchange is silent. */
  tick(now, offset, stale, lateRing) {
    const seconds = age(now, this.agent.since, offset);
    write(this.time, duration(seconds));
    attribute(this.element, "data-stale", stale ? "" : null);
    const late = this.#owesApology(seconds ?? 0, lateRing ?? LATE_RING_S);
    const level = agentLevel(this.agent, seconds, lateRing, now);
    this.#level(stale ? null : late ? worse(level, "notice") : level);
    this.#clock(late ? APOLOGY : this.#leading(now, seconds ?? 0));
    this.rank = stale ? null : rank(this.agent, this.level);
  }

  #level(level) {
    if (this.level === level) return;
    this.level = level;
    attribute(this.element, "data-level", level);
    if (level) {
      write(this.levelWord, ` ${say(`level.${level}`)}`);
      setGlyph(this.flag, level);
      this.box.append(this.levelWord, this.flag);
    } else {
      this.levelWord.remove();
      this.flag.remove();
    }
  }

  /** The clock to draw: the one his rules have running; without rules a held caller's own fifteen seconds. */
  #leading(now, seconds) {
    if (this.agent.clocks) return this.#counting(now);
    if (this.agent.state !== "holding") return null;
    const whole = Math.floor(seconds);
    return { level: null, word: null, full: HOLD_ROUND_S, round: (whole % HOLD_ROUND_S) + 1, rounds: 0 };
  }

  /** Rings and words are for phones: what lasts in other states says so by its level. */
  #counting(now) {
    const clock = leadingClock(this.agent.clocks, now);
    if (!clock || COUNTED.has(this.agent.state)) return clock;
    return this.agent.state === "talking" ? { ...clock, full: null } : null;
  }

  /** Word and ring of a clock; null: there is none. */
  #clock(clock) {
    const word = clock === APOLOGY ? say("agent.apologise") : clock?.level && clock.word ? pick(clock.word) : "";
    const rounds = clock?.rounds > 1 ? `\u2009${say("agent.rounds", { count: clock.rounds })}` : "";
    const words = word === "" ? null : word + rounds;
    if (words !== this.counted) {
      this.counted = words;
      this.#say(words ?? stateWords(this.agent));
    }
    this.#ring(clock?.full ?? null);
    if (this.ringFill) attribute(this.ringFill, "stroke-dasharray", `${Math.min(clock.round, clock.full)} ${clock.full}`);
  }

  #ring(full) {
    if (full === this.ringFull) return;
    this.ringFull = full;
    if (this.ringFill) this.mark.lastChild.remove();
    this.ringFill = null;
    if (full == null) return;
    const drawn = ring(full);
    this.ringFill = drawn.lastChild;
    this.mark.append(drawn);
  }
}
