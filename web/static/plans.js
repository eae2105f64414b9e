/** Plans: whether every type is covered, what is due, and where each plan stands (R-PLN-1…4, -10). */

import { pick, say, sayOr } from "./i18n.js";
import { ask, tell } from "./work/api.js";
import { TYPES, typeName, typeOptions } from "./work/cases.js";
import { fill, may, titled } from "./work/frame.js";
import { day } from "./work/moments.js";
import { askFor, button, part, section, table, tag } from "./work/parts.js";
import { standing } from "./work/standing.js";

const planPath = (id) => `/plans/${encodeURIComponent(id)}`;

function begin() {
  askFor(say("plans.new"), {
    fields: [
      { name: "id", label: say("plan.id"), required: true, hint: say("plan.id.hint") },
      { name: "type", label: say("incident.type"), options: typeOptions() },
      { name: "zh", label: say("plan.title.zh"), required: true },
      { name: "en", label: say("plan.title.en") },
    ],
    submit: say("plans.new"),
    done: async ({ id, type, zh, en }) => {
      const made = await tell(`/api/v1/plans/${encodeURIComponent(id)}`, { type, title: { zh, en: en ?? zh }, note: say("plans.new") });
      location.assign(planPath(made.id));
    },
  });
}

fill(async () => {
  const { plans, coverage, due } = await ask("/api/v1/plans");
  const titles = new Map(plans.map(({ plan }) => [plan.id, pick(plan.title)]));
  const covered = part(
    "ul.coverage",
    { "aria-label": say("plans.coverage") },
    ...TYPES.map((type) => {
      const ids = coverage[type] ?? [];
      return part("li", {}, tag(ids.length ? "good" : "critical", typeName(type)), part("span", {}, ids.length ? "" : say("plans.uncovered")));
    }),
  );
  const rows = table({
    label: say("plans.title"),
    empty: say("plans.none"),
    rows: plans,
    href: ({ plan }) => planPath(plan.id),
    columns: [
      { name: say("plan.name"), cell: ({ plan }) => pick(plan.title) },
      { name: say("incident.type"), cell: ({ plan }) => typeName(plan.type) },
      { name: say("plan.version"), kind: "number", cell: ({ plan }) => String(plan.version) },
      { name: say("plan.standing"), cell: standing },
      { name: say("plan.read"), kind: "number", cell: (one) => `${one.read ?? 0} / ${one.readers ?? 0}` },
      { name: say("plan.drilled"), cell: (one) => day(one.drilled_at) },
      { name: say("plan.reviewed"), cell: (one) => day(one.reviewed_at) },
    ],
  });
  const dues = table({
    label: say("plans.due"),
    empty: say("plans.due.none"),
    rows: due,
    href: (one) => (one.plan ? planPath(one.plan) : `/drills/${encodeURIComponent(one.about)}`),
    columns: [
      { name: say("due.what"), cell: (one) => [titles.get(one.plan), pick(one.text)].filter(Boolean).join(" · ") },
      { name: say("due.kind"), cell: (one) => sayOr(`due.${one.kind}`, one.kind) },
      { name: say("due.at"), cell: (one) => (one.overdue ? tag("warn", [one.due_at && day(one.due_at), say("due.overdue")].filter(Boolean).join(" · ")) : day(one.due_at)) },
      { name: say("improve.owner"), cell: (one) => one.owner },
    ],
  });
  return [
    titled(say("plans.title"), part("a.download", { href: "/forms" }, say("forms.link")), ...(may("write_plan") ? [button(say("plans.new"), begin)] : [])),
    section("coverage", say("plans.coverage"), covered),
    section("due", say("plans.due"), dues),
    section("plans", say("plans.all"), rows),
  ];
});
