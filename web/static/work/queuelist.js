/** The queues beside the alerts: who waits, how long, and who is ready. */

import { make } from "../dom.js";
import { queuesOf } from "../floor.js";
import { say } from "../i18n.js";
import { age, duration } from "../time.js";
import { part } from "./parts.js";

export class QueueList {
  constructor(list) {
    this.list = list;
    this.signature = "";
  }

  paint(floor, board, { nowOf, isStale }) {
    const rows = queuesOf(floor, board).map(([, queue]) => {
      const oldest = queue.waiting > 0 ? duration(age(nowOf(queue.pbx), queue.oldest_joined_at, floor.pbxs.get(queue.pbx)?.clock_offset_s)) : "–";
      return [queue.title, queue.waiting, oldest, queue.states?.ready ?? 0, isStale(queue.pbx)];
    });
    const signature = JSON.stringify(rows);
    if (signature === this.signature) return;
    this.signature = signature;
    const item = ([name, waiting, oldest, ready, stale]) =>
      part("li", { "data-stale": stale, "data-level": !stale && waiting > ready ? "notice" : null }, make("strong", name), make("span", say("desk.queue", { waiting, oldest, ready })));
    this.list.replaceChildren(...rows.map(item));
  }
}
