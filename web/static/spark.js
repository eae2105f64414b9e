/** The small chart of a queue's last hour: per five minutes a bar of what was offered, its answered part filled. */

import { attribute, draw } from "./dom.js";

const STEPS = 12;
const PITCH = 5;
const HEIGHT = 20;
/** A quiet queue is not blown up: one call stays a low bar. */
const LEAST_SCALE = 4;

/** Calls that the full height stands for. Pure. */
export const scaleOf = (points) => Math.max(LEAST_SCALE, ...(points ?? []).slice(-STEPS).map(({ offered }) => offered ?? 0));

/** Heights of the bars for POINTs: `[offered, answered]` in chart units; the newest last. Pure. */
export function bars(points) {
  const recent = (points ?? []).slice(-STEPS);
  const scale = scaleOf(points);
  const height = (count) => Math.round(((count ?? 0) / scale) * HEIGHT * 10) / 10;
  return recent.map((point) => [height(point.offered), height(Math.min(point.answered ?? 0, point.offered ?? 0))]);
}

export class Spark {
  constructor() {
    this.offered = [];
    this.answered = [];
    const base = draw("line", { class: "spark-base", x1: 0, x2: STEPS * PITCH, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 });
    for (let i = 0; i < STEPS; i += 1) {
      const place = { x: i * PITCH + 0.5, width: PITCH - 1.2, y: HEIGHT, height: 0 };
      this.offered.push(draw("rect", { ...place, class: "spark-offered" }));
      this.answered.push(draw("rect", { ...place, class: "spark-answered" }));
    }
    const box = { class: "spark", viewBox: `0 0 ${STEPS * PITCH} ${HEIGHT + 1}`, preserveAspectRatio: "none" };
    this.element = draw("svg", { ...box, "aria-hidden": "true" }, base, ...this.offered, ...this.answered);
  }

  /** Draws the points; gives what the full height stands for. */
  paint(points) {
    const heights = bars(points);
    const first = STEPS - heights.length;
    for (let i = 0; i < STEPS; i += 1) {
      const [offered, answered] = heights[i - first] ?? [0, 0];
      this.#bar(this.offered[i], offered);
      this.#bar(this.answered[i], answered);
    }
    return scaleOf(points);
  }

  #bar(rect, height) {
    attribute(rect, "y", HEIGHT - height);
    attribute(rect, "height", height);
  }
}
