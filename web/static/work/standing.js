/** How a plan stands: approved, to be approved anew, or not approvable and why. */

import { say, sayOr } from "../i18n.js";
import { tag } from "./parts.js";

/** A PLANSTATE as a sign and a word. */
export function standing({ plan, approved_version: approved, missing }) {
  if (approved === plan.version) return tag("good", say("plan.approved", { version: approved }));
  if (missing.length > 0) return tag("warn", say("plan.lacks", { parts: missing.map((name) => sayOr(`plan.${name}`, name)).join(", ") }));
  return tag("notice", approved ? say("plan.newer", { version: plan.version, approved }) : say("plan.unapproved"));
}
