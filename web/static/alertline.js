/** The foot of the board: alerts of its class, most needed first, as many as fit, with who has them. */

import { alertAge, alertName, byNeed, holderWords, isPressing, isSilenced, levelOfAlert, signOfAlert, subjectWords } from "./alerts.js";
import { widthOf } from "./density.js";
import { attribute, glyph, make, setGlyph, show, unitPixels, write } from "./dom.js";
import { say } from "./i18n.js";
import { duration } from "./time.js";

/** Ems of a chip beside its words: sign, time, gaps. */
const FRAME_EMS = 7;
const FONT_UNITS = 2.6;
const MORE_EMS = 3.2;
/** Words are a little narrower than the widest they could be. */
const NARROWER = 0.92;

class Chip {
  constructor() {
    this.sign = glyph("warn");
    this.drill = make("span.alert-drill", "DRILL 演练");
    this.level = make("span.quiet");
    this.subject = make("strong.alert-subject");
    this.name = make("span.alert-name");
    this.age = make("span.alert-age");
    this.holder = make("span.alert-holder");
    this.element = make("li.alert", this.sign, this.drill, this.level, this.subject, this.name, this.age, this.holder);
  }

  paint(alert, now) {
    const holder = holderWords(alert, now);
    setGlyph(this.sign, signOfAlert(alert));
    show(this.drill, Boolean(alert.drill));
    write(this.level, `${say(`severity.${alert.severity}`)}: `);
    write(this.subject, subjectWords(alert));
    write(this.name, alertName(alert));
    write(this.age, duration(alertAge(alert, now)));
    write(this.holder, holder.text);
    attribute(this.element, "data-level", levelOfAlert(alert));
    attribute(this.element, "data-open", holder.open ? "" : null);
    attribute(this.element, "data-pressing", isPressing(alert, now) ? "" : null);
    attribute(this.element, "data-unknown", alert.unknown ? "" : null);
    attribute(this.element, "data-silenced", isSilenced(alert, now) ? "" : null);
    attribute(this.element, "data-drill", alert.drill ? "" : null);
  }
}

/** How wide an alert's chip will be, in ems. */
function chipWidth(alert, now) {
  const words = [subjectWords(alert), alertName(alert), holderWords(alert, now).text];
  return FRAME_EMS + (alert.drill ? 6 : 0) + words.reduce((sum, text) => sum + widthOf(text) * NARROWER, 0);
}

/** How many of the alerts fit into `room` ems; at least one, and room for the count of those left over. */
export function fitting(alerts, room, now) {
  let width = 0;
  for (let i = 0; i < alerts.length; i += 1) {
    width += chipWidth(alerts[i][1], now);
    const rest = i < alerts.length - 1 ? MORE_EMS : 0;
    if (i > 0 && width + rest > room) return i;
  }
  return alerts.length;
}

export class AlertLine {
  constructor(list, footer) {
    this.list = list;
    this.footer = footer;
    this.chips = [];
    this.more = make("li.alert-more");
    this.width = null;
    new ResizeObserver(() => (this.width = null)).observe(footer);
  }

  /** Shows the alerts; `shared`: something else wants part of the line. */
  paint(alerts, now, shared) {
    const ordered = byNeed(alerts, now);
    show(this.list, ordered.length > 0);
    const count = ordered.length > 0 ? fitting(ordered, this.#room(shared), now) : 0;
    while (this.chips.length < count) this.chips.push(new Chip());
    const shown = this.chips.slice(0, count);
    shown.forEach((chip, i) => chip.paint(ordered[i][1], now));
    const left = ordered.length - count;
    write(this.more, say("agent.more", { count: left }));
    const hidden = ordered.slice(count).filter(([, alert]) => isPressing(alert, now));
    attribute(this.more, "data-level", hidden.length > 0 ? "critical" : null);
    const wanted = [...shown.map((chip) => chip.element), ...(left > 0 ? [this.more] : [])];
    const same = wanted.length === this.list.children.length && wanted.every((one, i) => this.list.children[i] === one);
    if (!same) this.list.replaceChildren(...wanted);
    return ordered.length > 0;
  }

  /** Ems there are. The width is asked for once: right after so many tiles were painted, asking costs a layout. */
  #room(shared) {
    this.width ??= this.footer.clientWidth;
    return (this.width * (shared ? 0.5 : 0.99)) / (FONT_UNITS * unitPixels());
  }
}
