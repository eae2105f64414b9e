/** Drills: start one from a plan, see the one that runs, and all that were held (R-PLN-3, -7). */

import { pick, say } from "./i18n.js";
import { ask, tell } from "./work/api.js";
import { DRILL_KINDS, orNothing, typeName } from "./work/cases.js";
import { fill, may, titled } from "./work/frame.js";
import { duration, moment } from "./work/moments.js";
import { drillTag, form, part, section, table, tag } from "./work/parts.js";

const link = (id) => `/drills/${encodeURIComponent(id)}`;

function starter(plans, outages) {
  const asked = new URLSearchParams(location.search).get("plan");
  const played = [["", say("drill.outage.own")], ...Object.entries(outages).map(([id, text]) => [id, pick(text)])];
  return form({
    fields: [
      { name: "plan", label: say("drill.plan"), options: plans.map(({ plan }) => [plan.id, pick(plan.title) || plan.id]), value: asked },
      { name: "kind", label: say("drill.kind"), options: DRILL_KINDS.map((kind) => [kind, say(`drill.${kind}`)]), value: "simulated", hint: say("drill.kind.hint") },
      { name: "outage", label: say("drill.outage"), options: played },
      { name: "participants", label: say("drill.participants"), hint: say("drill.participants.hint") },
      { name: "minutes", label: say("drill.minutes"), type: "number", min: 1, max: 240, value: 5 },
    ],
    submit: say("drill.start"),
    done: async ({ plan, kind, outage, participants, minutes }) => {
      const names = (participants ?? "").split(/[,，、]/).map((name) => name.trim()).filter(Boolean);
      const made = await tell("/api/v1/drills", { plan, kind, ...(outage ? { outage } : {}), participants: names, lasts_s: Number(minutes ?? 5) * 60 });
      location.assign(link(made.id));
    },
  });
}

fill(async () => {
  const [{ running, drills, outages }, plans] = await Promise.all([ask("/api/v1/drills"), orNothing("/api/v1/plans")]);
  const now = running
    ? section("running", say("drill.running"), part("p", {}, drillTag(), " ", part("a", { href: link(running.id) }, pick(running.title) || running.plan), ` · ${say(`drill.${running.kind}`)} · ${running.leader}`))
    : null;
  const start = may("run_drill") && !running && plans?.plans.length ? section("start", say("drill.start"), starter(plans.plans, outages)) : null;
  const rows = table({
    label: say("drills.all"),
    empty: say("drills.none"),
    rows: drills,
    href: (one) => link(one.id),
    columns: [
      { name: say("drill.plan"), cell: (one) => `${pick(one.title) || one.plan} · v${one.version}` },
      { name: say("incident.type"), cell: (one) => typeName(one.type) },
      { name: say("drill.kind"), cell: (one) => say(`drill.${one.kind}`) },
      { name: say("drill.began"), cell: (one) => moment(one.began_at) },
      { name: say("incident.lasted"), kind: "number", cell: (one) => (one.ended_at ? duration(one.ended_at - one.began_at) : tag("notice", say("drill.going"))) },
      { name: say("drill.leader"), cell: (one) => one.leader },
      { name: say("drill.end"), cell: (one) => (one.end ? say(`drill.${one.end}`) : "–") },
    ],
  });
  return [titled(say("drills.title"), running ? drillTag() : null), now, start, section("all", say("drills.all"), rows)].filter(Boolean);
});
