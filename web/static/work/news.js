/** Keeps a page of one record up with it: the server says on the desk's stream when such a record has changed. */

import { NEWS, Stream } from "../stream.js";
import { ticket } from "../ticket.js";

/** Nobody's words are taken from under his hands: while he writes or a question is open, the page stays as it is. */
const writing = () => {
  const at = document.activeElement?.closest?.("form");
  return document.querySelector("dialog[open]") !== null || (at != null && [...at.querySelectorAll("input, textarea")].some((one) => one.value !== one.defaultValue || one === document.activeElement));
};

/**
 * Calls `again()` when records of these kinds have changed, or an alert of a drill with them; what came while somebody
 * wrote, once he is done. Returns nothing: a page follows as long as it is there.
 */
export function follow(kinds, again) {
  let behind = false;
  const catchUp = () => {
    if (!behind || writing() || document.hidden) return;
    behind = false;
    again();
  };
  const stir = () => {
    behind = true;
    catchUp();
  };
  let known = false;
  addEventListener(NEWS, ({ detail }) => {
    if (detail === null ? known : detail.some((kind) => kinds.includes(kind))) stir();
    known = true; // the page itself was fetched just before the first snapshot
  });
  for (const event of ["focusout", "close", "submit"]) addEventListener(event, () => setTimeout(catchUp), true);
  document.addEventListener("visibilitychange", catchUp);
  const quiet = () => {};
  const patch = ({ set, del }) => (set?.alerts || del?.alerts) && stir();
  const state = (now) => now === "refused" && location.reload();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const address = async () => `${scheme}://${location.host}/ws?${new URLSearchParams({ desk: "1", ticket: await ticket() })}`;
  new Stream(address, { snapshot: quiet, patch, beat: quiet, state }).start();
}
