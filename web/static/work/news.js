/** Keeps a page of one record up with it: the server says on the desk's stream when such a record has changed. */

import { NEWS, Stream } from "../stream.js";
import { ticket } from "../ticket.js";
import { ask } from "./api.js";

/** Nothing is taken from under anybody's hands: while he writes, presses or is asked, the page stays as it is. */
let pressing = false;
for (const [event, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) addEventListener(event, () => (pressing = down), true);

function busy() {
  const form = document.activeElement?.closest?.("form");
  const written = form != null && [...form.querySelectorAll("input, textarea")].some((one) => one.value !== one.defaultValue || one === document.activeElement);
  return pressing || written || document.querySelector("dialog[open]") !== null;
}

/** What was answered, but for the moment of the answer. */
const signature = (answer) => JSON.stringify({ ...answer, now: null });

/** The ids of a drill's alerts in these messages; one of them that moves is news of the drill. */
function drilled(known, { set, del }) {
  const moved = Object.entries(set?.alerts ?? {}).filter(([, alert]) => alert.drill).map(([id]) => id);
  for (const id of moved) known.add(id);
  return moved.length > 0 || (del?.alerts ?? []).some((id) => known.delete(id));
}

/**
 * Calls `again()` when what `path` answers has become another. It is asked when records of these kinds, or a drill's
 * alerts, have changed; what came while somebody was busy, once he is done. Gives a function that the page tells each
 * answer it shows, and that gives the answer back.
 */
export function follow(kinds, path, again) {
  let behind = false;
  let asking = false;
  let shown = null;
  let streaming = false;
  const catchUp = async () => {
    if (!behind || asking || busy() || document.hidden) return;
    [behind, asking] = [false, true];
    const now = await ask(path).then(signature, () => shown); // what fails now is asked with the next snapshot
    asking = false;
    if (now === shown) catchUp();
    else if (busy()) behind = true;
    else again();
  };
  const stir = () => {
    behind = true;
    catchUp();
  };
  addEventListener(NEWS, ({ detail }) => (detail === null || detail.some((kind) => kinds.includes(kind))) && stir());
  for (const event of ["focusout", "close", "submit", "pointerup"]) addEventListener(event, () => setTimeout(catchUp), true);
  document.addEventListener("visibilitychange", catchUp);
  const known = new Set();
  const quiet = () => {};
  const patch = (message) => drilled(known, message) && stir();
  const state = (now) => now === "refused" && location.reload();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const address = async () => `${scheme}://${location.host}/ws?${new URLSearchParams({ desk: "1", ticket: await ticket() })}`;
  return (answer) => {
    shown = signature(answer);
    if (!streaming) new Stream(address, { snapshot: quiet, patch, beat: quiet, state }).start();
    streaming = true;
    return answer;
  };
}
