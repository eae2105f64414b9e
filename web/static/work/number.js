/** A customer's number in full: for whoever has the right, with a reason, and on record (R-SEC-2). */

import { make } from "../dom.js";
import { say } from "../i18n.js";
import { ask } from "./api.js";
import { isolated } from "./harmless.js";
import { askFor, dialog, button, facts } from "./parts.js";

/** Asks why, then shows it as long as the dialog is open. `id`: that of the caller in the stream. */
export function askNumber(id) {
  askFor(say("number.show"), {
    words: say("number.recorded"),
    fields: [{ name: "reason", label: say("work.reason"), required: true, maxlength: 200 }],
    submit: say("number.show"),
    done: async ({ reason }) => {
      const where = id.split("/").map(encodeURIComponent).join("/");
      const { number, name } = await ask(`/api/v1/callers/${where}/number?${new URLSearchParams({ reason })}`);
      const box = dialog(say("caller.number"), facts([[say("caller.number"), number ? isolated(number) : say("caller.unknown")], [say("caller.name"), name ? isolated(name) : null]]));
      box.append(make("div.actions", button(say("help.close"), () => box.close())));
    },
  });
}
