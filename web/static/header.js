/** The top line: exchanges, trunks, age of the data, clock. */

import { attribute, glyph, make, show, write } from "./dom.js";
import { say } from "./i18n.js";
import { clockTime, duration, age } from "./time.js";

const LINK_LEVELS = { connecting: "warn", syncing: "warn", down: "critical", refused: "critical" };
const LINK_GLYPHS = { connecting: "link-opening", syncing: "link-opening" };
/** More unreachable trunks than this are counted, not named: the line does not grow. */
const NAMED_TRUNKS = 2;

/** `0.4 s`, `38 s`, `4:05`. */
function roughly(seconds) {
  if (seconds >= 60) return duration(seconds);
  return say("data.seconds", { seconds: seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds) });
}

/** What one chip says: a sign, a level, words, and words that are only said. */
const told = (sign, level, shown, said = "") => ({ sign, level, shown, said });

function chip({ sign, level, shown, said }) {
  const item = make("li.link", glyph(sign), ...shown.map((text) => make("span", text)));
  if (said) item.append(make("span.quiet", said));
  attribute(item, "data-level", level);
  return item;
}

function exchange(pbx) {
  const state = say(`link.${pbx.link}`);
  if (pbx.link === "up") return told("link-up", null, [pbx.name], state);
  return told(LINK_GLYPHS[pbx.link] ?? "link-down", LINK_LEVELS[pbx.link], [pbx.name, state]);
}

function trunksTold(floor, trunks, now) {
  if (trunks.length === 0) return [];
  const down = trunks.filter((trunk) => trunk.reach === "unreachable");
  const level = down.length === trunks.length ? "critical" : "warn";
  const named = down.slice(0, NAMED_TRUNKS).map((trunk) => {
    const lasts = duration(age(now, trunk.since, floor.pbxs.get(trunk.pbx)?.clock_offset_s));
    return told("link-down", level, [trunk.name, say("reach.unreachable"), lasts]);
  });
  const up = trunks.filter((trunk) => trunk.reach === "reachable").length;
  const all = say("trunks.all", { up, count: trunks.length });
  return [told(down.length ? "link-opening" : "link-up", null, [all]), ...named];
}

export class Header {
  constructor(header) {
    this.title = header.querySelector("h1");
    this.links = header.querySelector(".links");
    this.age = header.querySelector(".age");
    this.clock = header.querySelector(".clock");
  }

  /** Exchanges and trunks; nothing of it on a public board. `isLost` tells of trunks whose exchange is silent. */
  paint(floor, board, now, isLost) {
    show(this.links, !board.public);
    if (board.public) return;
    const trunks = [...floor.trunks.values()].filter((trunk) => !isLost(trunk.pbx));
    const chips = [...[...floor.pbxs.values()].map(exchange), ...trunksTold(floor, trunks, now)];
    const signature = JSON.stringify(chips);
    if (signature === this.signature) return;
    this.signature = signature;
    this.links.replaceChildren(...chips.map(chip));
  }

  /** Clock and age of the data, every second. */
  tick(now, heardAgo) {
    write(this.clock, clockTime(now));
    write(this.age, heardAgo == null ? say("data.none") : say("data.age", { age: roughly(heardAgo) }));
  }
}
