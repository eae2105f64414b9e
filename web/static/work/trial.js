/** A test message to oneself, over every way one can be reached by, with what became of each. */

import { say, sayOr } from "../i18n.js";
import { tell } from "./api.js";
import { act, may } from "./frame.js";
import { button, dialog, table, tag } from "./parts.js";

function verdicts(ways) {
  return table({
    label: say("trial.name"),
    empty: say("trial.none"),
    rows: ways,
    columns: [
      { name: say("delivery.by"), cell: (one) => sayOr(`notifier.${one.kind}`, one.kind) },
      { name: say("delivery.state"), cell: (one) => (one.told ? tag("good", say("delivery.sent")) : tag("critical", `${say("delivery.failed")} · ${one.error}`)) },
      { name: say("trial.took"), kind: "number", cell: (one) => say("trial.seconds", { seconds: one.s.toFixed(1) }) },
    ],
  });
}

/** The button; null for whoever may not. It waits for the last verdict, which a phone may take a while for. */
export function trialButton() {
  if (!may("test_messages")) return null;
  const press = button(say("trial.name"), async () => {
    press.disabled = true;
    press.firstChild.data = say("trial.waiting");
    const answer = await act(() => tell("/api/v1/messages/test"));
    press.disabled = false;
    press.firstChild.data = say("trial.name");
    if (!answer) return;
    const box = dialog(say("trial.verdict"), verdicts(answer.ways));
    box.append(button(say("help.close"), () => box.close()));
  }, { key: "t" });
  return press;
}
