/** One drill: its steps against their targets, the log, what deviated, how it served, and what is to be better. */

import { make } from "./dom.js";
import { pick, say, sayOr } from "./i18n.js";
import { ask, tell } from "./work/api.js";
import { download, evaluation, improvements, roleName, steps, typeName } from "./work/cases.js";
import { about, act, fill, may, titled } from "./work/frame.js";
import { duration, moment, short } from "./work/moments.js";
import { askFor, button, drillTag, facts, form, part, section, timeline } from "./work/parts.js";
import { follow } from "./work/news.js";
import { everySecond } from "./ticker.js";

const path = (rest = "") => `/api/v1/drills/${encodeURIComponent(about)}${rest}`;
/** Lines of the log that say themselves what they are. */
const PLAIN = new Set(["began", "played", "ended"]);
let running = null;

const again = () => fill(page);
const seen = follow(["drills", "incidents"], path(), again);

function stop() {
  askFor(say("drill.stop"), {
    fields: [{ name: "reason", label: say("work.reason"), type: "area", rows: 2 }],
    submit: say("drill.stop"),
    done: async (given) => {
      await tell(path("/stop"), given);
      again();
    },
  });
}

function note() {
  return form({
    fields: [{ name: "text", label: say("incident.note"), type: "area", rows: 2, required: true }],
    submit: say("incident.note.add"),
    done: async (given, whole) => {
      await tell(path("/note"), given);
      whole.reset();
      again();
    },
  });
}

const logged = (list) =>
  timeline(list.map(({ at, kind, actor, text }) => ({ at, time: short(at), actor: actor === "floor" ? say("work.machine") : actor, text: PLAIN.has(kind) ? pick(text) : `${sayOr(`entry.${kind}`, kind)}: ${pick(text)}`, kind, level: kind === "alert" ? "critical" : kind === "step" ? "good" : null })), say("drill.log"));

const measured = (measures) => facts(Object.entries(measures ?? {}).filter(([, value]) => value != null).map(([name, value]) => [sayOr(`measure.${name}`, name), typeof value === "number" && name.endsWith("_s") ? duration(value) : String(value)]));

async function page() {
  const report = seen(await ask(path()));
  const { drill } = report;
  const runs = drill.ended_at == null;
  running = runs ? drill : null;
  const does = runs && may("run_drill");
  const doStep = does ? async (step) => (await act(() => tell(path("/step"), { step }), say("steps.did"))) && again() : null;
  const clock = part("strong.drill-clock", { "data-since": drill.began_at }, duration((drill.ended_at ?? Date.now() / 1000) - drill.began_at));
  const head = titled(
    pick(drill.title) || drill.plan,
    drillTag(),
    clock,
    ...[does && button(say("drill.stop"), stop), button(say("work.print"), () => print()), download(path("?format=csv"), "CSV"), download(path("?format=json"), "JSON")].filter(Boolean),
  );
  const about_ = facts([
    [say("drill.plan"), `${pick(drill.title) || drill.plan} · v${drill.version}`],
    [say("incident.type"), typeName(drill.type)],
    [say("drill.kind"), say(`drill.${drill.kind}`)],
    [say("drill.outage"), drill.outage && sayOr(`outage.${drill.outage}`, drill.outage)],
    [say("drill.leader"), drill.leader],
    [say("drill.participants"), drill.participants.map(roleName).join(", ")],
    [say("drill.began"), moment(drill.began_at)],
    [say("drill.ended"), drill.ended_at ? `${moment(drill.ended_at)} · ${say(`drill.${drill.end}`)}` : say("drill.going")],
  ]);
  const deviations = report.deviations.length ? part("ul.plain", {}, ...report.deviations.map((text) => make("li", pick(text)))) : part("p.nothing", {}, say("drill.deviations.none"));
  const after = runs
    ? []
    : [section("evaluation", say("eval.name"), report.evaluation_due_at && !report.evaluation ? make("p", say("eval.due", { at: moment(report.evaluation_due_at) })) : "", ...evaluation(drill.id, report.evaluation, again)), section("improvements", say("improve.name"), ...improvements(drill.id, report.improvements, again))];
  return [
    head,
    part(
      "div.columns",
      {},
      part("div", {}, section("steps", say("plan.steps"), steps(report.steps, doStep)), section("log", say("drill.log"), logged(report.log), does ? note() : null)),
      part("div", {}, section("about", say("drill.about"), about_), section("measures", say("drill.measures"), measured(report.measures)), section("deviations", say("drill.deviations"), deviations), ...after),
    ),
  ];
}

everySecond(
  () => Date.now() / 1000,
  () => {
    if (!running) return;
    const clock = document.querySelector(".drill-clock");
    if (clock) clock.textContent = duration(Date.now() / 1000 - running.began_at);
  },
);

fill(page);
