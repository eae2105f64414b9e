/** The stream as the desk hears it: the floor, whose time it is, and how far both may be believed. */

import { applyPatch, emptyFloor, floorOf } from "../floor.js";
import { SILENCE_S, staleSince, stillClock } from "../staleness.js";
import { Stream } from "../stream.js";
import { ticket } from "../ticket.js";
import { ServerClock } from "../time.js";

export class Feed {
  /** @param desk told: `fresh(message)` of a snapshot, `changed(kinds, patch)`, `message(told)`, `moved()` of a new state */
  constructor(desk) {
    this.desk = desk;
    this.clock = new ServerClock();
    this.floor = emptyFloor();
    this.board = null;
    this.heardAt = null;
    this.state_ = "opening";
  }

  start() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const address = async () => `${scheme}://${location.host}/ws?${new URLSearchParams({ desk: "1", ticket: await ticket() })}`;
    new Stream(address, this).start();
  }

  #heard(message) {
    this.clock.observe(message.now);
    this.heardAt = message.now;
  }

  snapshot(message) {
    this.#heard(message);
    this.floor = floorOf(message.floor);
    this.board = message.board;
    this.desk.fresh(message);
  }

  patch(message) {
    this.#heard(message);
    this.desk.changed(applyPatch(this.floor, message), message);
  }

  beat(message) {
    this.#heard(message);
  }

  message(told) {
    this.desk.message(told);
  }

  state(state) {
    this.state_ = state;
    if (state === "refused") location.reload(); // signed out, locked, or no longer of this right: the page says which
    this.desk.moved();
  }

  /** When the stream fell silent; null while it lives. */
  lostAt(now) {
    return this.state_ !== "live" || (this.heardAt != null && now - this.heardAt > SILENCE_S) ? this.heardAt : null;
  }

  /** What everything that counts time needs, by exchange. */
  times(now) {
    const lostAt = this.lostAt(now);
    return {
      nowOf: stillClock(this.floor, now, lostAt),
      offsetOf: (pbx) => this.floor.pbxs.get(pbx)?.clock_offset_s,
      isStale: (pbx) => staleSince(this.floor.pbxs.get(pbx), lostAt) != null,
      lateRing: this.board?.late_ring_s,
    };
  }
}
