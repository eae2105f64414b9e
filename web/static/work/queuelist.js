/** The queues beside the agents: who waits, how long, who is ready; one that is pressed is all one sees of callers and agents. */

import { attribute, make, show, write } from "../dom.js";
import { queuesOf } from "../floor.js";
import { say } from "../i18n.js";
import { age, duration } from "../time.js";
import { harmless } from "./harmless.js";
import { nothing, part } from "./parts.js";
import { place } from "./window.js";

class Line {
  constructor(id, press) {
    this.name = make("bdi");
    this.said = make("span");
    this.button = part("button.queue-line", { type: "button", "aria-pressed": "false" }, make("strong", this.name), this.said);
    this.button.addEventListener("click", () => press(id));
    this.element = make("li", this.button);
  }

  paint({ name, waiting, oldest, ready, stale, pressed }) {
    write(this.name, harmless(name));
    write(this.said, say("desk.queue", { waiting, oldest, ready }));
    attribute(this.element, "data-stale", stale ? "" : null);
    attribute(this.element, "data-level", !stale && waiting > ready ? "notice" : null);
    attribute(this.button, "aria-pressed", String(pressed));
  }
}

export class QueueList {
  /** @param {(id: string) => void} pressed told which queue was pressed: that one again to see all */
  constructor(section, pressed) {
    this.list = part("ul.queue-list", {});
    this.empty = nothing(say("empty.queues"));
    section.append(this.list, this.empty);
    this.lines = new Map();
    this.pressed = pressed;
  }

  paint(floor, board, { nowOf, isStale }, chosen) {
    const queues = queuesOf(floor, board);
    const elements = queues.map(([id, queue]) => {
      const line = this.lines.get(id) ?? new Line(id, this.pressed);
      this.lines.set(id, line);
      const offset = floor.pbxs.get(queue.pbx)?.clock_offset_s;
      const oldest = queue.waiting > 0 ? duration(age(nowOf(queue.pbx), queue.oldest_joined_at, offset)) : "–";
      line.paint({ name: queue.title, waiting: queue.waiting, oldest, ready: queue.states?.ready ?? 0, stale: isStale(queue.pbx), pressed: id === chosen });
      return line.element;
    });
    place(this.list, elements);
    show(this.empty, queues.length === 0);
  }
}
