/** One plan: its six parts, steps, sentence; read marks, versions, approval; and the form that makes the next version. */

import { make } from "./dom.js";
import { pick, say, sayOr } from "./i18n.js";
import { ask, tell } from "./work/api.js";
import { orNothing, roleName, sentence, steps, typeName, untouched } from "./work/cases.js";
import { about, act, fill, may, titled } from "./work/frame.js";
import { moment } from "./work/moments.js";
import { askFor, button, facts, field, form, part, section, table, tag, values } from "./work/parts.js";
import { standing } from "./work/standing.js";

const path = (rest = "") => `/api/v1/plans/${encodeURIComponent(about)}${rest}`;
const again = () => fill(page);
const PROSE = ["purpose", "situations", "conditions", "target"];
const TEXTS = ["title", ...PROSE, "sentence", "customers"];
const ROLES = "agent leader coach chief manager qa qa_lead trainer assistant analyst outside".split(" ");
const LANGUAGES = ["zh", "en"];

/* Writing. */

function stepRow(step = {}) {
  const text = (language) => field({ name: `step.${language}`, label: say(`step.text.${language}`), type: "area", rows: 2, value: step.text?.[language] });
  const row = part(
    "fieldset.step-row",
    {},
    part("legend", {}, say("step.name")),
    text("zh"),
    text("en"),
    part("div.pair", {}, field({ name: "step.who", label: say("step.who"), options: ROLES.map((role) => [role, roleName(role)]), value: step.who ?? "leader" }), field({ name: "step.within", label: say("step.within"), type: "number", min: 0, value: step.within_s ?? "" }), field({ name: "step.number", label: say("step.number"), value: step.number ?? "" })),
  );
  row.dataset.id = step.id ?? "";
  row.dataset.tells = (step.tells ?? []).join(" ");
  row.append(button(say("step.remove"), () => row.remove()));
  return row;
}

function readStep(row, i) {
  const at = (name) => row.querySelector(`[name="step.${name}"]`).value.trim();
  return {
    id: row.dataset.id || `step-${i + 1}`,
    text: { zh: at("zh"), en: at("en") },
    who: at("who"),
    within_s: at("within") === "" ? null : Number(at("within")),
    number: at("number") || null,
    tells: row.dataset.tells.split(" ").filter(Boolean),
  };
}

function write(plan) {
  const rows = part("div.step-rows", {}, ...plan.steps.map(stepRow));
  const texts = TEXTS.flatMap((name) => LANGUAGES.map((language) => ({ name: `${name}.${language}`, label: `${say(`plan.${name}`)} · ${say(`language.${language}`)}`, type: name === "title" ? "text" : "area", rows: 2, value: plan[name]?.[language] ?? "" })));
  const whole = form({
    fields: [...texts, { name: "note", label: say("plan.note"), required: true }],
    submit: say("plan.write"),
    extra: [button(say("work.cancel"), again)],
    done: async (_, sheet) => {
      const given = values(sheet);
      const body = { type: plan.type, starters: plan.starters, fields: plan.fields, audience: plan.audience, outage: plan.outage, note: given.note };
      for (const name of TEXTS) {
        const text = Object.fromEntries(LANGUAGES.map((language) => [language, given[`${name}.${language}`] ?? ""]));
        body[name] = Object.values(text).some(Boolean) ? text : PROSE.includes(name) || name === "title" ? {} : null;
      }
      body.steps = [...rows.children].map(readStep);
      await tell(path(), body);
      again();
    },
  });
  whole.querySelector(".refusal").before(make("h3", say("plan.steps")), rows, button(say("step.add"), () => rows.append(stepRow())));
  return [titled(`${say("plan.write")}: ${pick(plan.title)}`), section("write", say("plan.write"), whole)];
}

/* Reading. */

function actions(plan, state) {
  const approve = async () => {
    if (await act(() => tell(path("/approve"), { version: plan.version }), say("plan.did.approved"))) again();
  };
  const read = async () => {
    if (await act(() => tell(path("/read"), { version: plan.version }), say("plan.did.read"))) again();
  };
  const review = () =>
    askFor(say("plan.review"), {
      fields: [{ name: "what", label: say("plan.review.what"), type: "area", required: true }, { name: "why", label: say("plan.review.why"), type: "area", required: true }],
      submit: say("plan.review"),
      done: async (given) => {
        await tell(path("/review"), given);
        again();
      },
    });
  return [
    button(say("plan.mark"), read),
    may("approve_plan") && state?.approved_version !== plan.version && button(say("plan.approve"), approve, { kind: "first", disabled: (state?.missing.length ?? 0) > 0 }),
    may("write_plan") && button(say("plan.edit"), () => fill(async () => write(plan))),
    may("write_plan") && button(say("plan.review"), review),
    may("run_drill") && part("a.download", { href: `/drills?plan=${encodeURIComponent(plan.id)}` }, say("plan.drill")),
    button(say("work.print"), () => print()),
  ].filter(Boolean);
}

function parts(plan) {
  const prose = PROSE.map((name) => part("div.long", {}, make("h3", say(`plan.${name}`)), pick(plan[name]) ? part("p.pre", {}, pick(plan[name])) : tag("warn", say("incident.missing"))));
  return section("parts", say("plan.parts"), facts([[say("incident.type"), typeName(plan.type)], [say("plan.starters"), plan.starters.map(roleName).join(", ")], [say("plan.audience"), plan.audience.map(roleName).join(", ")], [say("plan.version"), `${plan.version} · ${plan.author} · ${moment(plan.made_at)}`]]), ...prose);
}

async function page() {
  const [plan, all, versions, readers] = await Promise.all([ask(path()), orNothing("/api/v1/plans"), orNothing(path("/versions")), orNothing(path("/readers"))]);
  const state = all?.plans.find((one) => one.plan.id === plan.id);
  const history = table({
    label: say("plan.versions"),
    empty: say("work.none"),
    rows: versions?.versions ?? [],
    columns: [
      { name: say("plan.version"), cell: (one) => String(one.version) },
      { name: say("plan.author"), cell: (one) => one.author },
      { name: say("plan.made"), cell: (one) => moment(one.made_at) },
      { name: say("plan.note"), cell: (one) => one.note },
    ],
  });
  const marks = table({
    label: say("plan.readers"),
    empty: say("plan.readers.none"),
    rows: readers?.readers ?? [],
    columns: [
      { name: say("plan.reader"), cell: (one) => one.name },
      { name: say("plan.version"), kind: "number", cell: (one) => String(one.version) },
      { name: say("plan.readat"), cell: (one) => moment(one.at) },
    ],
  });
  const customers = plan.customers ? part("p", {}, `${say("plan.customers")}: ${pick(plan.customers)}`) : null;
  return [
    titled(pick(plan.title) || plan.id, state ? standing(state) : null, ...actions(plan, state)),
    part(
      "div.columns",
      {},
      part("div", {}, parts(plan), section("steps", say("plan.steps"), plan.sentence ? sentence(plan.sentence) : null, steps(untouched(plan.steps)), customers)),
      part("div", {}, section("readers", state ? say("plan.readers.of", { read: state.read ?? 0, readers: state.readers ?? 0 }) : say("plan.readers"), marks), section("versions", say("plan.versions"), history)),
    ),
  ];
}

fill(page);
