/** A level meter: a length from −60 dB to full scale, told to screen readers once a second. */

import { decibels, filled } from "../audio/level.js";
import { attribute, make, write } from "../dom.js";
import { say } from "../i18n.js";
import { part } from "./parts.js";

const TOLD_MS = 1000;
const FALL = 0.8; // of what was shown before: the eye keeps up

export class Gauge {
  constructor(name) {
    this.name = make("span.gauge-name", name);
    this.fill = make("span.gauge-fill");
    this.scale = part("span.gauge-scale", { role: "meter", "aria-valuemin": "-60", "aria-valuemax": "0", "aria-valuenow": "-60" }, this.fill);
    this.element = make("span.gauge", this.name, this.scale);
    this.toldAt = 0;
    this.shown = 0;
    this.rename(name);
  }

  rename(name) {
    write(this.name, name);
    attribute(this.scale, "aria-label", say("listening.level", { name }));
  }

  /** Shows a root mean square, 0 … 1. */
  set(rms) {
    this.shown = Math.max(filled(rms), this.shown * FALL);
    this.fill.style.transform = `scaleX(${this.shown.toFixed(3)})`;
    attribute(this.scale, "data-rms", rms.toFixed(4));
    const now = performance.now();
    if (now - this.toldAt < TOLD_MS) return;
    this.toldAt = now;
    const db = Math.round(decibels(rms));
    attribute(this.scale, "aria-valuenow", String(db));
    attribute(this.scale, "aria-valuetext", say("listening.decibels", { db }));
  }
}
