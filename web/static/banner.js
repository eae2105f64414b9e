/** The bottom line: alerts, then faults, then what people are told, then how to read the figures; at the right today's gaps. */

import { AlertLine } from "./alertline.js";
import { attribute, glyph, make, setGlyph, show, write } from "./dom.js";
import { pick, say, sayOr } from "./i18n.js";
import { gapsToday, lostLinks } from "./staleness.js";
import { clockTime } from "./time.js";

const SEVERITY = ["critical", "warn", "notice", "good"];
const SHOWN_LINKS = 2;
const SHOWN_GAPS = 3;
const BACK_FOR_S = 8;

function linkWords({ name, link, since, reason }) {
  const key = reason && link !== "connecting" ? "banner.pbx.reason" : "banner.pbx";
  return say(key, { name, state: say(`link.${link}`), time: clockTime(since), reason: sayOr(`link.reason.${reason}`, reason) });
}

function linkFaults(floor) {
  const lost = lostLinks(floor);
  if (lost.length === 0) return null;
  const parts = lost.slice(0, SHOWN_LINKS).map(linkWords);
  if (lost.length > SHOWN_LINKS) parts.push(say("banner.more", { count: lost.length - SHOWN_LINKS }));
  const broken = lost.some(({ link }) => link === "down" || link === "refused");
  return { level: broken ? "critical" : "warn", text: parts.join(" · ") };
}

/** A notice says one thing in all languages, or one in each. */
const wordsOf = ({ text }) => (typeof text === "string" ? text : pick(text));

function notices(floor, now) {
  const current = [...floor.notices.values()].filter(
    (notice) => !notice.evacuation && (notice.until == null || notice.until > now),
  );
  if (current.length === 0) return null;
  current.sort((one, other) => SEVERITY.indexOf(one.level) - SEVERITY.indexOf(other.level));
  return { level: current[0].level, text: current.map(wordsOf).join(" · ") };
}

/**
 * The one message of the line: `{level, text}` or null.
 * @param {{floor, board, now, stream: string, lostAt: number|null, backAt: number|null, released: boolean}} scene
 */
export function messageOf({ floor, board, now, stream, lostAt, backAt, released }) {
  if (stream === "refused" || stream === "unknown") return { level: "critical", text: say(`banner.${stream}`) };
  if (!board) return lostAt == null ? null : { level: "warn", text: say("banner.first") };
  if (board.public) return lostAt != null || lostLinks(floor).length ? { level: "notice", text: say("banner.public") } : notices(floor, now);
  if (lostAt != null) return { level: "critical", text: say("banner.stream", { time: clockTime(lostAt) }) };
  const told = linkFaults(floor) ?? notices(floor, now);
  if (told) return told;
  if (backAt != null && now - backAt < BACK_FOR_S) return { level: "good", text: say("banner.back") };
  return released ? { level: "notice", text: say("banner.release") } : null;
}

/** Today's gaps as one line; empty when there were none. Exchanges are named when there are several. */
export function gapWords(floor) {
  const gaps = gapsToday(floor);
  const named = floor.pbxs.size > 1;
  const words = gaps.slice(0, SHOWN_GAPS).map(({ name, from, until }) => {
    const times = { name, from: clockTime(from), until: clockTime(until) };
    return named ? say("gap.named", times) : `${times.from}–${times.until}`;
  });
  if (words.length === 0) return "";
  if (gaps.length > SHOWN_GAPS) words.push(say("gap.more", { count: gaps.length - SHOWN_GAPS }));
  return say("gap.many", { gaps: words.join(", ") });
}

export class Banner {
  constructor(footer) {
    this.banner = footer.querySelector(".banner");
    this.legend = footer.querySelector(".legend");
    this.gaps = footer.querySelector(".gaps");
    this.alerts = new AlertLine(footer.querySelector(".alerts"), footer);
    this.sign = glyph("notice");
    this.word = make("span.quiet");
    this.text = make("span.banner-text");
  }

  paint(scene) {
    const message = messageOf(scene);
    this.#tell(message);
    const { board, floor } = scene;
    const alarmed = this.alerts.paint(board && !board.public ? floor.alerts : [], scene.now, Boolean(message));
    const formula = board && !board.public && !message && !alarmed;
    show(this.legend, Boolean(formula));
    write(this.legend, formula ? say(`formula.${board.formula}`, { seconds: board.answer_s }) : "");
    const gaps = board && !board.public && !alarmed ? gapWords(floor) : "";
    show(this.gaps, gaps !== "");
    write(this.gaps, gaps);
  }

  #tell(message) {
    attribute(this.banner, "data-level", message?.level ?? null);
    if (!message) {
      if (this.banner.firstChild) this.banner.replaceChildren();
      return;
    }
    setGlyph(this.sign, message.level);
    write(this.word, `${say(`level.${message.level}`)}: `);
    write(this.text, message.text);
    attribute(this.text, "data-long", message.text.length > 70 ? "" : null);
    if (!this.banner.firstChild) this.banner.append(this.sign, this.word, this.text);
  }
}
