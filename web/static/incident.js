/** One incident: the five fields, scope, plan, timeline, impact, callbacks; on paper the whole record. */

import { make } from "./dom.js";
import { pick, say, sayOr } from "./i18n.js";
import { ask, tell } from "./work/api.js";
import { detailValue, download, entries, evaluation, improvements, named, orNothing, SCOPES, sentence, stageTag, steps, typeName, typeOptions } from "./work/cases.js";
import { about, act, fill, may, titled } from "./work/frame.js";
import { duration, epochOf, fieldOf, moment, short } from "./work/moments.js";
import { follow } from "./work/news.js";
import { askFor, button, drillTag, facts, form, part, section, table, tag } from "./work/parts.js";

const path = (rest = "") => `/api/v1/incidents/${encodeURIComponent(about)}${rest}`;
const again = () => fill(page);
const seen = follow(["incidents"], path(), again);
const RESULTS = "reached not_reached not_wanted".split(" ");

/** Does one thing to the incident and shows it anew. */
const command = (rest, words, body) => async () => {
  if (await act(() => tell(path(rest), body), words)) again();
};

function actions({ stage }) {
  const records = may("record_incident");
  const over = stage === "closed" || stage === "dismissed";
  const dismiss = () =>
    askFor(say("incident.dismiss"), {
      fields: [{ name: "reason", label: say("work.reason"), type: "area", required: true }],
      submit: say("incident.dismiss"),
      done: async (given) => {
        await tell(path("/dismiss"), given);
        again();
      },
    });
  return [
    records && stage === "suspected" && button(say("incident.confirm"), command("/confirm", say("incident.did.confirmed")), { kind: "first" }),
    records && stage === "suspected" && button(say("incident.dismiss"), dismiss),
    records && stage === "open" && button(say("incident.recover"), command("/recover", say("incident.did.recovered")), { kind: "first" }),
    records && !over && stage !== "suspected" && button(say("incident.close"), command("/close", say("incident.did.closed"))),
    button(say("work.print"), () => print()),
    may("export") && download(path("/export?format=csv"), "CSV"),
    may("export") && download(path("/export?format=json"), "JSON"),
  ].filter(Boolean);
}

/* The record. */

function amend(incident, fields) {
  const MOMENTS = new Set(["occurred_at", "recovered_at"]);
  const options = { type: typeOptions() };
  const described = (name) => ({
    name,
    label: sayOr(`incident.field.${name}`, name),
    ...(MOMENTS.has(name) ? { type: "datetime-local", value: incident[name] ? fieldOf(incident[name]) : "" } : {}),
    ...(name === "description" || name === "resolution" ? { type: "area", value: incident[name] } : {}),
    ...(name === "recorder" ? { value: incident.recorder } : {}),
    ...(options[name] ? { options: options[name], value: incident[name] } : {}),
  });
  const own = ["type", "occurred_at", "description", "resolution", "recovered_at", "recorder"];
  const beyond = [...new Set([...fields, ...Object.keys(incident.details ?? {})])].filter((name) => !own.includes(name));
  askFor(say("incident.amend"), {
    words: say("incident.amend.what"),
    fields: [...own.map(described), ...beyond.map((name) => ({ name: `details.${name}`, label: sayOr(`detail.${name}`, name), value: incident.details?.[name] ?? "" }))],
    submit: say("work.save"),
    done: async (given) => {
      const changes = {};
      const details = { ...incident.details };
      for (const [name, value] of Object.entries(given)) {
        if (name.startsWith("details.")) details[name.slice(8)] = value;
        else if (MOMENTS.has(name)) changes[name] = epochOf(value);
        else changes[name] = value;
      }
      for (const name of own) {
        const same = MOMENTS.has(name) ? Math.floor(changes[name] ?? 0) === Math.floor(incident[name] ?? 0) : changes[name] === incident[name];
        if (same) delete changes[name];
      }
      if (JSON.stringify(details) !== JSON.stringify(incident.details ?? {})) changes.details = details;
      if (Object.keys(changes).length > 0) await tell(path("/amend"), changes);
      again();
    },
  });
}

function record({ incident, missing, plan, rules }) {
  const need = (name, value) => [sayOr(`incident.field.${name}`, name), value || (missing.includes(name) ? tag("warn", say("incident.missing")) : "–")];
  const details = Object.entries(incident.details ?? {}).map(([name, value]) => [sayOr(`detail.${name}`, name), detailValue(name, value)]);
  const asked = missing.filter((name) => !(name in incident)).map((name) => name.replace(/^details\./, ""));
  const lacking = asked.map((name) => [sayOr(`detail.${name}`, name), tag("warn", say("incident.missing"))]);
  const open = incident.stage !== "closed" && incident.stage !== "dismissed";
  return section(
    "record",
    say("incident.record"),
    facts([
      [say("incident.type"), typeName(incident.type)],
      need("occurred_at", moment(incident.occurred_at)),
      need("recovered_at", incident.recovered_at && moment(incident.recovered_at)),
      need("recorder", incident.recorder),
      ...details,
      ...lacking,
    ]),
    part("div.long", {}, make("h3", say("incident.field.description")), part("p.pre", {}, named(incident.description, rules) || "–")),
    part("div.long", {}, make("h3", say("incident.field.resolution")), incident.resolution ? part("p.pre", {}, incident.resolution) : tag("warn", say("incident.missing"))),
    may("record_incident") && open ? part("div.actions", {}, button(say("incident.amend"), () => amend(incident, plan?.fields ?? []))) : null,
  );
}

function scope({ incident }) {
  const decided = incident.scoped_by ? say("incident.scoped", { who: incident.scoped_by, at: short(incident.scoped_at) }) : say("incident.unscoped");
  const choose = (one) => {
    const chosen = part("button", { type: "button", "aria-pressed": String(one === incident.scope) }, say(`scope.${one}`));
    chosen.addEventListener("click", command("/scope", say("incident.did.scoped"), { scope: one }));
    return chosen;
  };
  const choice = may("decide_scope") ? part("div.choice", { role: "group", "aria-label": say("incident.scope") }, ...SCOPES.map(choose)) : make("strong", say(`scope.${incident.scope}`));
  return section("scope", say("incident.scope"), choice, make("p", decided));
}

function response({ plan, steps: list, sentence: text }) {
  if (!plan) return null;
  const done = may("record_incident") ? (step) => command("/step", say("steps.did"), { step })() : null;
  const customers = plan.customers ? part("p", {}, `${say("plan.customers")}: ${pick(plan.customers)}`) : null;
  return section("response", `${say("incident.plan")}: ${pick(plan.title)}`, text ? sentence(text) : null, steps(list, done), customers);
}

/** What somebody wrote is wrong: the correction stands beside it, and the line stays. */
function correct(entry) {
  askFor(say("entry.correct"), {
    words: say("entry.correct.what"),
    fields: [{ name: "text", label: say("incident.note"), type: "area", required: true, value: pick(entry.text) }],
    submit: say("entry.correct"),
    done: async ({ text }) => {
      await tell(path("/correct"), { entry: entry.id, text });
      again();
    },
  });
}

function lifeline({ entries: list, incident, rules }) {
  const note = form({
    fields: [{ name: "text", label: say("incident.note"), type: "area", rows: 2, required: true }],
    submit: say("incident.note.add"),
    done: async (given, whole) => {
      await tell(path("/note"), given);
      whole.reset();
      again();
    },
  });
  return section("timeline", say("timeline.name"), entries(list, { rules, correct: may("record_incident") ? correct : null }), may("record_incident") && incident.stage !== "dismissed" ? note : null);
}

/* What it cost. */

function times({ times: known }) {
  const rows = Object.entries(known).filter(([, value]) => value != null);
  return section("times", say("incident.times"), facts(rows.map(([name, value]) => [sayOr(`time.${name}`, name), name.endsWith("_s") ? duration(value) : moment(value)])));
}

function impact(known) {
  if (!known) return null;
  const numbers = "callers lost cut_off late agents_on_duty agents_hit".split(" ");
  return section(
    "impact",
    say("incident.impact"),
    known.open ? make("p", say("impact.open")) : "",
    facts([...numbers.map((name) => [say(`impact.${name}`), String(known[name] ?? "–")]), [say("impact.minutes_hit"), known.minutes_hit == null ? null : String(Math.round(known.minutes_hit))], ...Object.entries(known.lost_by ?? {}).map(([name, count]) => [sayOr(`ending.${name}`, name), String(count)])]),
  );
}

function callbacks(known) {
  if (!known) return null;
  const settle = (one) => {
    const select = part("select", { "aria-label": say("callback.result") }, part("option", { value: "" }, say("callback.pending")), ...RESULTS.map((result) => part("option", { value: result, selected: one.result === result }, say(`callback.${result}`))));
    select.addEventListener("change", async () => {
      const { pbx, queue, uniqueid } = one;
      if (select.value && (await act(() => tell(path("/callbacks"), { pbx, queue, uniqueid, result: select.value }), say("callback.did")))) again();
    });
    return select;
  };
  const rows = table({
    label: say("callback.name"),
    empty: say("callback.none"),
    rows: known.callbacks,
    columns: [
      { name: say("callback.number"), cell: (one) => one.number },
      { name: say("alert.queue"), cell: (one) => one.queue },
      { name: say("callback.lost"), cell: (one) => short(one.lost_at) },
      { name: say("callback.result"), cell: (one) => (one.answered_at ? tag("good", say("callback.reached")) : settle(one)) },
    ],
  });
  return section("callbacks", say("callback.name"), rows);
}

async function page() {
  const whole = seen(await ask(path()));
  const { incident } = whole;
  const [cost, list, better] = await Promise.all([orNothing(path("/impact")), may("record_incident") ? orNothing(path("/callbacks")) : null, orNothing("/api/v1/improvements")]);
  const mine = (better?.improvements ?? []).filter((one) => one.about === incident.id);
  const title = titled(`${typeName(incident.type)} · ${moment(incident.occurred_at)}`, incident.drill ? drillTag() : null, stageTag(incident.stage), ...actions(incident));
  const review = incident.stage === "closed" ? section("review", say("eval.name"), ...evaluation(incident.id, whole.evaluation, again), ...improvements(incident.id, mine, again)) : null;
  return [
    title,
    part("div.columns", {}, part("div", {}, record(whole), response(whole), lifeline(whole)), part("div", {}, scope(whole), times(whole), impact(cost), callbacks(list), review)),
  ];
}

fill(page);
