/** What is held back at present: messages of a rule or of one subject, by whom, why and until when. */

import { pick, say, sayOr } from "../i18n.js";
import { ask, tell } from "./api.js";
import { act, may } from "./frame.js";
import { short } from "./moments.js";
import { button, table } from "./parts.js";
import { Refreshed } from "./refreshed.js";

/** Whom a silence is about, of `kind:exchange/name`; its rule alone means whoever it is. Pure. */
export function whom(subject) {
  const [, kind, name] = /^(\w+):[^/]*\/(.*)$/s.exec(subject ?? "") ?? [];
  if (!kind) return say("silence.everybody");
  return name || sayOr(`kind.${kind}`, kind);
}

export class Silences extends Refreshed {
  constructor(section) {
    super(section, "silences");
  }

  async load() {
    return (await ask("/api/v1/silences")).silences;
  }

  show(rows) {
    return [
      table({
        label: say("silence.title"),
        empty: say("silence.none"),
        rows,
        columns: [
          { name: say("alert.rule"), cell: (one) => (one.name ? pick(one.name) : say("silence.rules")) },
          { name: say("silence.whom"), cell: (one) => whom(one.subject) },
          { name: say("silence.author"), cell: (one) => one.author },
          { name: say("work.reason"), cell: (one) => one.reason },
          { name: say("silence.until"), cell: (one) => short(one.until) },
          ...(may("silence") ? [{ name: say("silence.lift"), cell: (one) => this.#lift(one) }] : []),
        ],
      }),
    ];
  }

  #lift(one) {
    const press = button(say("silence.lift"), async () => {
      await act(() => tell(`/api/v1/silences/${encodeURIComponent(one.id)}/lift`), say("silence.did.lifted"));
      this.refresh();
    });
    press.dataset.row = one.id;
    press.setAttribute("aria-label", say("silence.lift.this", { rule: one.name ? pick(one.name) : say("silence.rules"), whom: whom(one.subject) }));
    return press;
  }
}
