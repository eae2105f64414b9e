/** Incidents: those that go on, those that were, and the form that opens one. */

import { pick, say } from "./i18n.js";
import { ask } from "./work/api.js";
import { download, stageTag, typeName } from "./work/cases.js";
import { fill, may, titled } from "./work/frame.js";
import { duration, moment } from "./work/moments.js";
import { askIncident } from "./work/opening.js";
import { button, drillTag, part, section, table } from "./work/parts.js";

const GOING_ON = new Set(["suspected", "open", "recovered"]);

function listed(label, rows, empty, now) {
  return table({
    label,
    rows,
    empty,
    href: (one) => `/incidents/${encodeURIComponent(one.id)}`,
    columns: [
      { name: say("incident.type"), cell: (one) => typeName(one.type) },
      { name: say("incident.stage"), cell: (one) => part("span", {}, one.drill ? drillTag() : "", stageTag(one.stage)) },
      { name: say("incident.occurred"), cell: (one) => moment(one.occurred_at) },
      { name: say("incident.lasted"), kind: "number", cell: (one) => duration((one.recovered_at ?? now) - one.occurred_at) },
      { name: say("incident.description"), cell: (one) => (typeof one.description === "string" ? one.description : pick(one.description)) },
      { name: say("incident.scope"), cell: (one) => say(`scope.${one.scope}`) },
      { name: say("incident.recorder"), cell: (one) => one.recorder },
    ],
  });
}

fill(async () => {
  const { now, incidents } = await ask("/api/v1/incidents");
  const actions = [
    may("record_incident") ? button(say("incidents.open"), () => askIncident({ at: now }), { kind: "first" }) : null,
    may("report_emergency") ? part("a.download", { href: "/emergency" }, say("emergency.title")) : null,
    part("a.download", { href: "/forms" }, say("forms.link")),
    may("export") ? download("/api/v1/faults?by=week&format=csv", say("incidents.faults.week")) : null,
    may("export") ? download("/api/v1/faults?by=month&format=csv", say("incidents.faults.month")) : null,
  ];
  const live = incidents.filter((one) => GOING_ON.has(one.stage));
  const past = incidents.filter((one) => !GOING_ON.has(one.stage));
  return [
    titled(say("incidents.title"), ...actions.filter(Boolean)),
    section("live", say("incidents.live"), listed(say("incidents.live"), live, say("incidents.live.none"), now)),
    section("past", say("incidents.past"), listed(say("incidents.past"), past, say("incidents.past.none"), now)),
  ];
});
