/** The console's keys, for `?` and for fingers; those of what somebody may not do are not there. */

import { say } from "../i18n.js";
import { acknowledge, askResolve, askSilence } from "./alertdetail.js";
import { goTo } from "./controls.js";
import { may } from "./frame.js";

const STEPPING_IN = [["l", "listen", "listen.listen"], ["w", "whisper", "listen.whisper"], ["b", "barge", "listen.barge"]];
const AGENTS = { p: "pause", u: "unpause", c: "call_agent", g: "log_on", d: "log_off", e: "penalty" };
const CALLS = { f: "transfer", y: "take_over", x: "hang_up", n: "pick" };

/** The table for `keys()` of frame.js; `desk` is the page. */
export function deskKeys(desk) {
  const onAlert = (right, action) => () => may(right) && desk.chosen?.kind === "alert" && action(desk.chosen.id);
  const table = {
    "/": { words: say("desk.search"), action: () => desk.search.focus() },
    a: { words: say("alert.acknowledge"), action: onAlert("acknowledge", acknowledge) },
    s: { words: say("alert.silence"), action: onAlert("silence", askSilence) },
    r: { words: say("alert.resolve"), action: onAlert("acknowledge", askResolve) },
    o: { words: say("incidents.open"), action: () => desk.chosen?.kind === "alert" && desk.details.alert.openIncident() },
    i: { words: say("call.open"), action: () => desk.openItsCall() },
    ...places(desk),
    h: { words: say("silence.go"), action: () => goTo("silences") },
    v: { words: say("breach.go"), action: () => goTo("breaches") },
    m: { words: say("desk.mute"), action: () => desk.bells.mute.click() },
    ...(may("test_messages") ? { t: { words: say("trial.name"), action: () => desk.trial.click() } } : {}),
    ArrowDown: { words: say("desk.next"), action: () => desk.move(1) },
    ArrowUp: { words: say("desk.previous"), action: () => desk.move(-1) },
    Enter: { words: say("desk.enter") },
    Escape: { words: say("pane.back"), action: () => desk.back() },
  };
  for (const [key, words] of actionKeys()) table[key] = { words, action: () => desk.details[desk.chosen?.kind]?.act?.(key) };
  return table;
}

/** Where the numbers lead. */
function places(desk) {
  return {
    1: { words: say("desk.to.queues"), action: () => desk.goTo("floor", desk.floor.queues.list.querySelector("button")) },
    2: { words: say("desk.to.callers"), action: () => desk.goTo("floor", desk.floor.callers.list) },
    3: { words: say("desk.to.alerts"), action: () => desk.goTo("floor", desk.floor.alerts.list) },
    4: { words: say("desk.to.agents"), action: () => desk.goTo("agents", desk.crew.grid) },
    5: { words: say("desk.to.chosen"), action: () => desk.enter() },
  };
}

/** What can be done to an agent or a caller, for whoever may at all: `[key, words]`. */
function actionKeys() {
  const all = [...STEPPING_IN];
  for (const [key, name] of Object.entries(AGENTS)) all.push([key, "command_agents", `command.${name}`]);
  for (const [key, name] of Object.entries(CALLS)) all.push([key, "command_calls", `command.${name}`]);
  return all.filter(([, right]) => may(right)).map(([key, , words]) => [key, say(words)]);
}

/** How many alerts each agent has, by id. Pure. */
export function alertsByAgent(alerts) {
  const found = new Map();
  for (const one of alerts.values()) {
    if (one.kind !== "agent") continue;
    const id = `${one.pbx}/${one.subject}`;
    found.set(id, (found.get(id) ?? 0) + 1);
  }
  return found;
}
