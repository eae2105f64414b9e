/** The audit: filters, one line per act with its stages, and the file, for which a reason is asked. */

import { make } from "./dom.js";
import { say, sayOr, teach } from "./i18n.js";
import { acts, queryOf, verdict } from "./work/acts.js";
import { ask } from "./work/api.js";
import ASKED from "./work/askedwords.js";
import WORDS from "./work/auditwords.js";
import { fill, may, titled, told } from "./work/frame.js";
import { harmless } from "./work/harmless.js";
import LISTENING from "./work/listenwords.js";
import { epochOf, fieldOf, moment, short } from "./work/moments.js";
import { askFor, button, form, part, section, table, tag } from "./work/parts.js";

teach(ASKED);
teach(LISTENING);
teach(WORDS);

const modeWord = (mode) => mode && sayOr(`listening.${mode}`, mode);

/** A reason in words where it is one of the fixed ones: a purpose, what help is about, why one hung up first or is away. */
function reasonWord(code) {
  const known = ["listening.purpose", "about", "end", "reason"].map((kind) => sayOr(`${kind}.${code}`, "")).find(Boolean);
  return harmless(known ?? code);
}

const ACTS = Object.keys(WORDS).filter((word) => word.startsWith("act.")).map((word) => word.slice(4));
const KEPT = "floor.audit.act"; // the kind last looked at, in this browser
const chosen = { since: null, until: null, act: remembered(), agent: "", person: "" };
let people = new Map();

/** The kind of act that was looked at last, if there still is such a kind and the browser keeps anything. */
function remembered() {
  try {
    const kept = localStorage.getItem(KEPT);
    return ACTS.includes(kept) ? kept : "";
  } catch {
    return "";
  }
}

function remember(act) {
  try {
    localStorage.setItem(KEPT, act);
  } catch {
    // It is remembered as long as the page is open.
  }
}

const actName = (act) => sayOr(`act.${act}`, act);
const who = ({ name, role, address, person }) =>
  part("span", { title: say("audit.from", { name, role: role || say("audit.nobody"), address: address || "–" }) }, harmless(name) || (person == null ? say("audit.nobody") : "–"));

/** About whom or what: agent, queue, and whatever tells it apart. */
function subject({ agent, queue, pbx, more }) {
  const words = [agent, queue, more.what, more.to, more.masked, more.incident].filter(Boolean).map(String).map(harmless);
  return part("span", { title: harmless(pbx) || null }, words.join(" · ") || "–");
}

function course(act, now) {
  const words = act.stages.map(({ stage, at }) => `${say(`stage.${stage}`)} ${short(at, now)}`);
  const level = verdict(act);
  const sign = level ? tag(level, say(act.stage === "refused" ? "stage.refused" : act.more.lost ? "audit.lost" : "audit.failed")) : null;
  return part("span", {}, sign, sign ? " " : null, words.join(" → "));
}

function listed(found, now) {
  return table({
    label: say("audit.entries"),
    rows: acts(found),
    empty: say("audit.none"),
    columns: [
      { name: say("audit.when"), cell: (act) => part("time", { datetime: new Date(act.first * 1000).toISOString() }, moment(act.first)) },
      { name: say("audit.person"), cell: (act) => who(act.by) },
      { name: say("audit.act"), cell: (act) => [...act.acts.map(actName), modeWord(act.more.mode)].filter(Boolean).map((word) => harmless(word)).join(" · ") },
      { name: say("audit.about.whom"), cell: subject },
      { name: say("audit.course"), cell: (act) => course(act, now) },
      { name: say("audit.reason"), cell: (act) => [act.more.purpose, act.reason].filter(Boolean).map(reasonWord).join(" · ") || null },
      { name: say("audit.said"), cell: (act) => harmless(act.said) || null },
    ],
  });
}

function filters(reload) {
  const all = [["", say("audit.all")]];
  return form({
    fields: [
      { name: "since", label: say("audit.since"), type: "datetime-local", value: chosen.since == null ? "" : fieldOf(chosen.since) },
      { name: "until", label: say("audit.until"), type: "datetime-local", value: chosen.until == null ? "" : fieldOf(chosen.until) },
      { name: "act", label: say("audit.act"), value: chosen.act, options: [...all, ...ACTS.map((act) => [act, actName(act)])] },
      { name: "agent", label: say("audit.agent"), value: chosen.agent, maxlength: 200 },
      { name: "person", label: say("audit.person"), value: chosen.person, options: [...all, ...people] },
    ],
    submit: say("audit.show"),
    done: async (given) => {
      Object.assign(chosen, { act: "", agent: "", person: "" }, given, { since: epochOf(given.since), until: epochOf(given.until) });
      remember(chosen.act);
      await reload();
    },
  });
}

function take(format) {
  const done = ({ reason }) => {
    location.assign(`/api/v1/audit/export?${queryOf({ ...chosen, format, reason })}`);
    told(say("audit.took"));
  };
  const title = say("audit.take", { form: format.toUpperCase() });
  return button(title, () => askFor(title, { words: say("audit.take.words"), fields: [{ name: "reason", label: say("audit.reason"), required: true, maxlength: 500 }], submit: title, done }));
}

const AT_ONCE = 500;

/** The latest entries, or those before them besides; whoever did something may be chosen from then on. */
async function entriesOf(before = "latest", later = []) {
  const answer = await ask(`/api/v1/audit?${queryOf({ ...chosen, before, limit: AT_ONCE })}`);
  const entries = [...answer.entries.reverse(), ...later];
  people = new Map([...people, ...entries.filter(({ by }) => by.person != null).map(({ by }) => [String(by.person), harmless(by.name)])]);
  return { ...answer, entries };
}

async function shown(answer) {
  const again = () => fill(async () => shown(await entriesOf()));
  const earlier = async () => fill(async () => shown(await entriesOf(answer.next, answer.entries)));
  return [
    titled(say("audit.title"), ...(may("export") ? [take("csv"), take("json")] : [])),
    part("p", {}, say("audit.about")),
    section("filters", say("audit.filters"), filters(again)),
    section("entries", say("audit.entries"), listed(answer.entries, answer.now), answer.next ? make("div.actions", button(say("audit.more"), earlier)) : null),
  ];
}

fill(async () => shown(await entriesOf()));
