/** Words and small parts that incidents, plans and drills share. */

import { pick, say, sayOr } from "../i18n.js";
import { ask, tell } from "./api.js";
import { duration, epochOf, moment, short } from "./moments.js";
import { act, may, told } from "./frame.js";
import { askFor, button, drillTag, form, part, table, tag, timeline } from "./parts.js";

export const TYPES = "fire illness terminal system network comms power disaster press abnormal".split(" ");
export const SCOPES = "terminal site carrier company unknown".split(" ");
export const DRILL_KINDS = "tabletop simulated live".split(" ");
const VERDICTS = "effective partly ineffective".split(" ");
const STAGE_LEVELS = { suspected: "warn", open: "critical", recovered: "notice" };

export const typeName = (type) => sayOr(`type.${type}`, type);
export const roleName = (role) => sayOr(`role.${role}`, role);
export const typeOptions = () => TYPES.map((type) => [type, typeName(type)]);

/** The stage of an incident, with sign and colour while it goes on. */
export const stageTag = (stage) => tag(STAGE_LEVELS[stage] ?? null, say(`incident.${stage}`), STAGE_LEVELS[stage]);

/** The steps of a plan with their times: number to call, who, target, when done; `done(step)` offers a button. */
export function steps(rows, done) {
  return part(
    "ol.steps",
    { "aria-label": say("steps.name") },
    ...rows.map(({ step, done_at: at, by, took_s: took, late }) => {
      const target = step.within_s == null ? null : say("steps.within", { time: duration(step.within_s) });
      const told_ = step.tells?.length ? say("steps.tells", { roles: step.tells.map(roleName).join(" → ") }) : null;
      const words = [roleName(step.who), told_, target].filter(Boolean).join(" · ");
      const mark = at == null ? null : tag(late ? "warn" : "good", `${short(at)} · ${by} · ${duration(took)}${late ? ` · ${say("steps.late")}` : ""}`);
      return part(
        "li",
        { "data-done": at != null },
        part("div.step", {}, part("p.step-text", {}, pick(step.text)), part("p.step-words", {}, words), mark),
        step.number ? part("a.number-to-call", { href: `tel:${step.number}` }, step.number) : null,
        at == null && done ? button(say("steps.done"), () => done(step.id)) : null,
      );
    }),
  );
}

/** The plan's steps before anything was done. */
export const untouched = (list) => list.map((step) => ({ step, done_at: null }));

/** What is to be read out on the telephone. */
export const sentence = (text) => part("blockquote.sentence", {}, part("p.quiet", {}, say("sentence.name")), pick(text));

/** A text with the names of the rules before their ids; `rules`: `{id: text}`. */
export const named = (text, rules) => text.replace(/\bR-[A-Z]{3}-\d+(?:-[a-z]+)?\b/g, (id) => (rules?.[id] && pick(rules[id]) !== id ? `${pick(rules[id])} (${id})` : id));

/**
 * Lines of a record as the one timeline: a correction strikes out what it corrects; each leads to its minute.
 * `correct(entry)` corrects a line that somebody wrote.
 */
export function entries(list, { rules, correct } = {}) {
  const corrected = new Map(list.filter((one) => one.kind === "correction").map((one) => [one.data?.corrects, one]));
  return timeline(list.map((one) => line(one, corrected.get(one.id), rules, correct)));
}

/** The minute of a line on the board, as it was then. */
function replayLink(at, incident) {
  return part("a.replay-link", { href: `/replay?${new URLSearchParams({ at, incident })}`, "aria-label": say("entry.replay.at", { at: moment(at) }) }, say("entry.replay"));
}

const ANSWERS = { put_out: "answer" };

/** The value of a detail; answers are words of ours. */
export const detailValue = (name, value) => (ANSWERS[name] ? sayOr(`${ANSWERS[name]}.${value}`, value) : value);

const detailWords = (details) => Object.entries(details ?? {}).filter(([, value]) => value).map(([name, value]) => `${sayOr(`detail.${name}`, name)}: ${detailValue(name, value)}`).join(", ");

function line(entry, correction, rules, correct) {
  const { at, kind, actor, data } = entry;
  const corrected = correction ? part("span", {}, say("entry.corrected", { text: pick(correction.text) })) : null;
  const wrong = correct && kind === "note" && !correction ? button(say("entry.correct"), () => correct(entry)) : null;
  const more = part("span.line-more", {}, corrected, may("replay") ? replayLink(at, entry.incident) : null, wrong);
  const level = { alert: "critical", escalated: "critical", step: "good", stage: "good" }[kind];
  const words = data?.before != null && kind === "amended" ? say("entry.before", { before: String(data.before) || "–" }) : "";
  const text = [named(pick(entry.text), rules), words, detailWords(data?.details)].filter(Boolean).join(" · ");
  return { at, time: short(at), actor: actor === "floor" ? say("work.machine") : actor, text: `${sayOr(`entry.${kind}`, kind)}: ${text}`, kind, level, more };
}

/** How well the plan served (R-PLN-5), and the form that says so. */
export function evaluation(about, known, again) {
  if (known) {
    const words = [["eval.well", known.went_well], ["eval.badly", known.went_badly], ["eval.lessons", known.lessons]];
    return [
      part("p", {}, tag(known.verdict === "effective" ? "good" : "warn", say(`verdict.${known.verdict}`)), ` ${known.actor}, ${moment(known.at)}`),
      ...words.filter(([, text]) => text).map(([key, text]) => part("p", {}, `${say(key)}: ${text}`)),
    ];
  }
  if (!may("record_incident")) return [part("p.nothing", {}, say("eval.none"))];
  return [
    form({
      fields: [
        { name: "verdict", label: say("eval.verdict"), options: VERDICTS.map((one) => [one, say(`verdict.${one}`)]) },
        { name: "went_well", label: say("eval.well"), type: "area", rows: 2 },
        { name: "went_badly", label: say("eval.badly"), type: "area", rows: 2 },
        { name: "lessons", label: say("eval.lessons"), type: "area", rows: 2 },
      ],
      submit: say("eval.save"),
      done: async (given) => {
        await tell("/api/v1/evaluations", { about, ...given });
        told(say("eval.saved"));
        again();
      },
    }),
  ];
}

/** What is to be better next time, with owner and date (R-PLN-6). */
export function improvements(about, list, again) {
  const finish = (one) =>
    askFor(say("improve.done"), {
      fields: [{ name: "how", label: say("improve.how"), type: "area", required: true }],
      submit: say("improve.done"),
      done: async (given) => {
        await tell(`/api/v1/improvements/${encodeURIComponent(one.id)}/done`, given);
        again();
      },
    });
  const shown = table({
    label: say("improve.name"),
    empty: say("improve.none"),
    rows: list,
    columns: [
      { name: say("improve.what"), cell: (one) => one.text },
      { name: say("improve.owner"), cell: (one) => one.owner },
      { name: say("improve.due"), cell: (one) => moment(one.due_at).slice(0, -9) },
      { name: say("improve.state"), cell: (one) => (one.done_at ? tag("good", `${one.done_by}: ${one.done_how}`) : may("record_incident") ? button(say("improve.done"), () => finish(one)) : say("improve.pending")) },
    ],
  });
  if (!may("record_incident")) return [shown];
  const add = button(say("improve.add"), () =>
    askFor(say("improve.add"), {
      fields: [
        { name: "text", label: say("improve.what"), type: "area", required: true },
        { name: "owner", label: say("improve.owner"), required: true },
        { name: "due_at", label: say("improve.due"), type: "date" },
      ],
      submit: say("improve.add"),
      done: async ({ due_at: due, ...given }) => {
        await tell("/api/v1/improvements", { about, ...given, ...(due ? { due_at: epochOf(`${due}T18:00`) } : {}) });
        again();
      },
    }),
  );
  return [shown, part("div.actions", {}, add)];
}

/** Whether the server knows of this at all. */
export const orNothing = (path) => ask(path).catch((error) => (error.status === 404 || error.status === 403 ? null : Promise.reject(error)));

/** A link that downloads. */
export const download = (path, words) => part("a.download", { href: path, download: true }, words);

export { act, drillTag };
