/** The form that opens an incident, empty or with what is known of it. */

import { say } from "../i18n.js";
import { tell } from "./api.js";
import { typeOptions } from "./cases.js";
import { epochOf, fieldOf } from "./moments.js";
import { askFor } from "./parts.js";

const leadTo = (id) => location.assign(`/incidents/${encodeURIComponent(id)}`);

/** Asks, opens it and leads to it; `at` is when it began, in seconds since the epoch; `alert`: the id of the one that led to it. */
export function askIncident({ at, type, description, alert }) {
  askFor(say("incidents.open"), {
    fields: [
      { name: "type", label: say("incident.type"), options: typeOptions(), value: type },
      { name: "description", label: say("incident.description"), type: "area", required: true, value: description },
      { name: "occurred_at", label: say("incident.occurred"), type: "datetime-local", value: fieldOf(at) },
      { name: "place", label: say("incident.place") },
    ],
    submit: say("incidents.open"),
    done: async ({ occurred_at: occurred, ...given }) => {
      const known = { ...(occurred ? { occurred_at: epochOf(occurred) } : {}), ...(alert ? { alert } : {}) };
      leadTo((await tell("/api/v1/incidents", { ...given, ...known })).id);
    },
  });
}
