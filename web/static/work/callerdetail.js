/** One waiting caller: his masked number, his queue, how long, at which place, and what can be done. */

import { make, write } from "../dom.js";
import { say } from "../i18n.js";
import { age, duration } from "../time.js";
import { callerLabel, places } from "./callerlist.js";
import { may, runs } from "./frame.js";
import { isolated } from "./harmless.js";
import { short } from "./moments.js";
import { askNumber } from "./number.js";
import { backButton, named, Pane, paneTitle } from "./pane.js";
import { facts, nothing, part } from "./parts.js";

export class CallerDetail {
  constructor(desk) {
    this.desk = desk;
    this.pane = new Pane();
    this.id = null;
  }

  /** Shows the caller of this id; who waits no longer is shown as he was. */
  show(id, floor, times) {
    if (id !== this.id) {
      this.pane.clear();
      this.caller = null;
    }
    this.id = id;
    this.waits = floor.callers.has(id);
    this.caller = floor.callers.get(id) ?? this.caller;
    if (!this.caller) return this.pane.put("head", "gone", () => [backButton(this.desk.back), nothing(say("caller.gone"))]);
    this.place = places(floor.callers).get(id);
    this.#paint();
    this.tick(times);
    return undefined;
  }

  #paint() {
    const { caller, id, pane, waits } = this;
    pane.put("head", [caller.number_masked, waits], () => [backButton(this.desk.back), paneTitle(make("bdi", callerLabel(caller))), waits ? null : part("p.quiet-note", { role: "status" }, say("caller.gone"))]);
    const actions = waits ? this.desk.actions.ofCaller(id, caller) : [];
    pane.put("actions", [actions.map(({ name, key }) => [name, key])], () => [part("div.actions", {}, ...actions.map(({ name, words, key }) => named(name + key, words, () => this.act(key), { key })), this.#open(), this.#look())]);
    pane.put("facts", [caller, waits, this.place], () => {
      this.age = make("span");
      return [
        facts([
          [say("caller.wait"), waits ? this.age : null],
          [say("crew.queue"), isolated(caller.queue)],
          [say("caller.joined"), short(caller.joined_at)],
          [say("caller.place"), this.place ? String(this.place) : null],
          [say("caller.rank"), caller.priority == null ? null : String(caller.priority)],
          [say("alert.exchange"), isolated(caller.pbx)],
        ]),
      ];
    });
  }

  #open() {
    const { caller, id } = this;
    return named("call", say("call.open"), () => this.desk.openCall(caller.pbx, id.slice(`${caller.pbx}/${caller.queue}/`.length)), { key: "i" });
  }

  #look() {
    return may("see_numbers") && runs("audit") ? named("number", say("number.show"), () => askNumber(this.id)) : null;
  }

  /** Does what belongs to a key; whether there was something. */
  act(key) {
    const action = this.waits && this.desk.actions.ofCaller(this.id, this.caller).find((one) => one.key === key);
    if (!action) return false;
    action.run();
    return true;
  }

  tick({ nowOf, offsetOf }) {
    const { caller } = this;
    if (caller && this.age) write(this.age, duration(age(nowOf(caller.pbx), caller.joined_at, offsetOf(caller.pbx))));
  }
}
