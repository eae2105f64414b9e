/** The dialog before a listening: how, why, and where it is heard. */

import { say } from "../i18n.js";
import { askFor, button, dialog, part } from "./parts.js";
import { offered } from "./listening.js";
import { incapable } from "./loudspeaker.js";

const PURPOSE = "floor.listening.purpose"; // of this session, as is the way
const WAY = "floor.listening.way";

/** Which ways are open at this exchange, and what is wrong with the browser's, as a word's key. Pure. */
export function waysOf({ ways, phones }, pbx, inability) {
  const exchange = ways[pbx] ?? [];
  const open = exchange.filter((way) => (way === "browser" ? !inability : pbx in phones));
  if (open.length === 0 && !inability) return { open, wrong: "way.none" };
  if (exchange.includes("browser")) return { open, wrong: inability };
  return { open, wrong: open.length ? "way.exchange" : "way.none" };
}

function described(may, { open }, phone, mode) {
  const purposes = may.purposes.map((purpose) => [purpose, say(`listening.purpose.${purpose}`)]);
  const remembered = may.purposes.includes(sessionStorage.getItem(PURPOSE)) ? sessionStorage.getItem(PURPOSE) : "";
  return [
    { name: "mode", label: say("listening.mode"), value: mode, options: may.modes.map((one) => [one, say(`listening.${one}.who`)]) },
    { name: "purpose", label: say("listening.purpose"), required: true, value: remembered, options: [["", say("listening.purpose.choose")], ...purposes] },
    { name: "way", label: say("listening.way"), value: sessionStorage.getItem(WAY) ?? open[0], options: open.map((way) => [way, say(`listening.way.${way}`, { phone })]) },
    { name: "follow", label: say("listening.follow"), type: "checkbox" },
    { name: "note", label: say("listening.note"), maxlength: 200 },
  ];
}

function sorry(title, words) {
  const box = dialog(title, part("p", { role: "alert" }, words));
  box.append(button(say("help.close"), () => box.close()));
}

/**
 * Asks how `agent` (`{pbx, id, label, call?}`) is to be listened to; `begin(asked)` does it, and what it rejects with is told in
 * the dialog. `instead` is whom it takes the place of.
 */
export async function askListening(agent, mode, begin, instead) {
  const title = say("listening.ask", { who: agent.label });
  const { may, ways, phones } = await offered();
  const way = waysOf({ ways, phones }, agent.pbx, incapable());
  if (!may.modes.length || !may.purposes.length) return sorry(title, say("listening.unavailable"));
  const wrong = way.wrong && say(`listening.${way.wrong}`);
  if (way.open.length === 0) return sorry(title, wrong);
  const box = askFor(title, {
    words: say("listening.what"),
    fields: described(may, way, phones[agent.pbx], may.modes.includes(mode) ? mode : may.modes[0]),
    submit: say("listening.begin"),
    kind: "first",
    done: async ({ follow, ...given }) => {
      sessionStorage.setItem(PURPOSE, given.purpose);
      sessionStorage.setItem(WAY, given.way);
      await begin({ pbx: agent.pbx, agent: agent.id, ...given, follow: Boolean(follow), ...(agent.call ? { call: agent.call } : {}) });
    },
  });
  for (const words of [wrong, instead && say("listening.instead", { who: instead })]) if (words) box.querySelector("p").after(part("p.warned", {}, words));
  box.querySelector(sessionStorage.getItem(PURPOSE) ? "[type=submit]" : "[name=purpose]").focus();
}
