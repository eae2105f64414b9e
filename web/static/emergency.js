/**
 * Reporting an emergency, for somebody whose hands shake: choose what it is, and the page says at once whom to call, what
 * to say and what to do; one press more tells the floor. Evacuation, confirmed twice, for who may order it.
 */

import { attribute, make } from "./dom.js";
import { pick, say, sayOr } from "./i18n.js";
import { ask, tell } from "./work/api.js";
import { orNothing, sentence, steps, typeName, untouched } from "./work/cases.js";
import { act, fill, main, may, titled } from "./work/frame.js";
import { duration, short } from "./work/moments.js";
import { askFor, button, field, form, part, section, tag } from "./work/parts.js";
import { everySecond } from "./ticker.js";

const now = () => Date.now() / 1000;

function numbers(list) {
  const calls = list.map((number) => part("a.big-number", { href: `tel:${number}` }, number));
  return calls.length ? part("p.numbers", {}, part("span", {}, say("emergency.call")), ...calls) : null;
}

/* Whether the fire brigade is called (C-7): its number stands there from the first second; the fire may be out. */

/** It is asked again so long after it was asked. */
const ASK_AGAIN_S = 60;

/** What is to be done about the number: `always` call it, or `ask` whether it is out; `answered(yes)` hears the answer. */
function calling(type, answered) {
  if (!type.calling || type.numbers.length === 0) return null;
  const number = type.numbers[0];
  if (type.calling === "always") return part("p.fire-call", { "data-level": "critical" }, say("fire.always", { number }));
  const said = part("p.fire-call", { role: "status" });
  const asked = part("div.fire-question", { role: "group", "aria-label": say("fire.question") });
  const ask_ = () => {
    asked.hidden = false;
    said.textContent = say("fire.question");
    said.dataset.level = "critical";
  };
  const answer = (out) => () => {
    asked.hidden = true;
    said.textContent = out ? say("fire.out") : say("fire.call", { number });
    said.dataset.level = out ? "good" : "critical";
    answered(out);
    if (!out) setTimeout(() => asked.isConnected && ask_(), ASK_AGAIN_S * 1000);
  };
  asked.append(button(say("fire.yes"), answer(true)), button(say("fire.no", { number }), answer(false), { kind: "alarm" }));
  ask_();
  setTimeout(() => asked.isConnected && ask_(), ASK_AGAIN_S * 1000);
  return part("div.fire", {}, said, asked);
}

/** Who reports is known to the server. */
const KNOWN = new Set(["place", "name", "number", "caller"]);
const outWords = (out) => ({ put_out: out ? "yes" : "no" });

/** The sentence to read out, with what is written so far. */
function spoken(text, sheet) {
  const quote = sentence(text);
  const words = quote.lastChild;
  const whole = pick(text);
  const fillIn = () => {
    const given = new Map([...new FormData(sheet)].map(([name, value]) => [name.replace("details.", ""), String(value).trim()]));
    words.data = whole.replace(/\{(\w+)\}/g, (_, name) => given.get(name) || "______");
  };
  sheet.addEventListener("input", fillIn);
  fillIn();
  return quote;
}

/** What to do, before anything was reported: nothing waits for the server here. */
function advice(type, place) {
  const answers = { out: null, tell: null };
  const question = calling(type, (out) => {
    answers.out = out;
    answers.tell?.(out);
  });
  const later = type.fields.filter((name) => !KNOWN.has(name)).map((name) => field({ name: `details.${name}`, label: sayOr(`detail.${name}`, name) }));
  const report = form({
    fields: [{ name: "place", label: say("emergency.place"), value: place }],
    submit: say("emergency.report", { type: typeName(type.type) }),
    done: async ({ place: where, ...given }) => {
      const details = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.replace("details.", ""), value]));
      const made = await tell("/api/v1/emergencies", { type: type.type, ...(where ? { place: where } : {}), details: { ...details, ...(answers.out === null ? {} : outWords(answers.out)) } });
      const { place: at } = made.incident.details;
      answers.tell = (out) => act(() => tell("/api/v1/emergencies", { type: type.type, ...(at ? { place: at } : {}), details: outWords(out) }), say("fire.told"));
      reported(made, type, question);
    },
  });
  if (later.length > 0) report.append(part("details.later", {}, make("summary", say("emergency.more")), part("div.pair", {}, ...later)));
  return section(
    "advice",
    typeName(type.type),
    numbers(type.numbers),
    question,
    report,
    type.sentence ? spoken(type.sentence, report) : null,
    make("h3", say("emergency.order")),
    steps(untouched(type.steps)),
  );
}

/** It is known now: who is told, what is done, and the way to its record. */
function reported({ incident, steps: list, sentence: text }, type, question) {
  const place = document.getElementById("chosen");
  const link = may("see_floor") ? part("a.download", { href: `/incidents/${encodeURIComponent(incident.id)}` }, say("emergency.record")) : null;
  const seen = section("reported", say("emergency.reported", { type: typeName(incident.type), at: short(incident.opened_at) }), tag("good", say("emergency.told")), link, numbers(type.numbers), question, text ? sentence(text) : null, make("h3", say("emergency.order")), steps(list));
  seen.tabIndex = -1;
  place.replaceChildren(seen);
  seen.focus();
}

/* Evacuation. */

async function order() {
  const ready = await act(() => tell("/api/v1/evacuation/prepare"));
  if (!ready) return;
  const left = make("strong", "");
  const tick = () => (left.textContent = say("evacuation.left", { time: duration(Math.max(0, ready.until - now())) }));
  tick();
  const stop = everySecond(now, tick);
  const box = askFor(say("evacuation.sure"), {
    words: say("evacuation.what", { members: ready.members }),
    fields: [{ name: "word", label: say("evacuation.type", { word: say("evacuation.word") }), required: true }],
    submit: say("evacuation.order"),
    done: async ({ word }) => {
      if (word.trim() !== say("evacuation.word")) throw new Error(say("evacuation.mistyped", { word: say("evacuation.word") }));
      await tell("/api/v1/evacuation/confirm", { token: ready.token });
      fill(page);
    },
  });
  box.querySelector("h2").after(left);
  box.addEventListener("close", stop);
}

function evacuation(state) {
  if (!state || (!state.active && !may("evacuate"))) return null;
  if (!state.active) return section("evacuation", say("evacuation.name"), make("p", say("evacuation.about")), button(say("evacuation.prepare"), order, { kind: "alarm" }));
  const lift = button(say("evacuation.lift"), async () => {
    if (await act(() => tell("/api/v1/evacuation/lift"), say("evacuation.lifted"))) fill(page);
  });
  const refused = state.refused?.length ? part("p.refusal", {}, say("evacuation.refused", { names: state.refused.join(", ") })) : null;
  return section("evacuation", say("evacuation.active"), part("p.order", {}, pick(state.order)), make("p", say("evacuation.by", { who: state.by ?? "–", at: short(state.since), paused: state.paused ?? 0 })), refused, may("evacuate") ? lift : null);
}

async function page() {
  const [{ types }, state] = await Promise.all([ask("/api/v1/emergencies"), orNothing("/api/v1/evacuation")]);
  const chosen = part("div", { id: "chosen", "aria-live": "polite" });
  const asked = new URLSearchParams(location.search);
  const buttons = types.map((type) => {
    const one = part("button.kind", { type: "button", "data-type": type.type, "aria-pressed": "false" }, make("strong", typeName(type.type)), make("span", type.numbers.join(" · ")));
    one.addEventListener("click", () => {
      for (const other of buttons) attribute(other, "aria-pressed", String(other === one));
      chosen.replaceChildren(advice(type, asked.get("place") ?? ""));
      chosen.scrollIntoView({ block: "start", behavior: "smooth" });
    });
    return one;
  });
  main.classList.add("urgent");
  queueMicrotask(() => buttons.find((one) => one.dataset.type === asked.get("type"))?.click());
  const order_ = evacuation(state);
  const kinds = part("div.kinds", { role: "group", "aria-label": say("emergency.what") }, ...buttons);
  return [titled(say("emergency.title")), state?.active ? order_ : null, make("p.lead", say("emergency.what")), kinds, chosen, state?.active ? null : order_].filter(Boolean);
}

fill(page);
