/** Questions and commands to the server, by somebody who is signed in. */

import { pick } from "../i18n.js";
import { verdict } from "../signed.js";

/** What the server said instead of doing it: `message` is its sentence, `details` the fields it names. */
export class Refused extends Error {
  constructor(status, said) {
    super(pick(said?.words) || said?.error || String(status));
    this.status = status;
    this.details = said?.details ?? [];
  }
}

async function answered(answer) {
  const leave = verdict(answer.status, false, location.pathname + location.search);
  if (leave !== null) {
    location.replace(leave);
    return new Promise(() => {}); // the page is going
  }
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}

/** GET as JSON. */
export async function ask(path) {
  return answered(await fetch(path, { cache: "no-store" }));
}

/** POST as JSON, with the token of this sign-in. */
export async function tell(path, body = {}) {
  const headers = { "Content-Type": "application/json", "X-Floor-Token": document.body.dataset.token };
  return answered(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}
