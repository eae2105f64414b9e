/** The last hour of the whole board, where the table leaves room for it: the same bars as a queue's small chart, with hours. */

import { make, write } from "./dom.js";
import { say } from "./i18n.js";
import { Spark } from "./spark.js";
import { clockTime } from "./time.js";

/** Which points carry their time under them: every third, a quarter of an hour apart. */
const EVERY = 3;

export class Trend {
  constructor(element) {
    this.element = element;
    this.name = make("h3.trend-name");
    this.offered = make("span");
    this.answered = make("span");
    this.most = make("span.trend-most");
    this.spark = new Spark();
    this.axis = make("div.trend-axis");
    const legend = make("p.trend-legend", make("i.key-answered"), this.answered, make("i.key-offered"), this.offered);
    const plot = make("div.trend-plot", this.most, this.spark.element);
    element.append(make("div.trend-head", this.name, legend), plot, this.axis);
  }

  paint(points) {
    const sum = (name) => (points ?? []).reduce((total, point) => total + (point[name] ?? 0), 0);
    write(this.name, say("trend.name"));
    write(this.offered, say("trend.offered", { count: sum("offered") }));
    write(this.answered, say("trend.answered", { count: sum("answered") }));
    write(this.most, String(this.spark.paint(points)));
    const times = (points ?? []).map(({ at }, i) => (i % EVERY === 0 ? clockTime(at).slice(0, 5) : "")).join("|");
    if (times === this.times) return;
    this.times = times;
    this.axis.replaceChildren(...times.split("|").map((time) => make("span", time)));
  }
}
