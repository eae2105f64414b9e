/** The audit's entries put together: one act, with all it has gone through. Pure. */

/** Acts, the latest first: `{thread, first, last, entries, by, act}`; what one stage did not know another tells. */
export function acts(entries) {
  const known = new Map();
  for (const entry of entries) {
    if (!known.has(entry.thread)) known.set(entry.thread, []);
    known.get(entry.thread).push(entry);
  }
  return [...known.values()].map(joined).sort((one, other) => other.first - one.first || other.number - one.number);
}

function joined(entries) {
  const told = (name) => entries.findLast((entry) => entry[name] !== "" && entry[name] != null)?.[name] ?? "";
  const last = entries.at(-1);
  return {
    thread: last.thread,
    number: entries[0].number,
    first: entries[0].at,
    last: last.at,
    acts: [...new Set(entries.map(({ act }) => act))],
    stage: last.stage,
    by: entries[0].by,
    ...Object.fromEntries(["pbx", "agent", "queue", "call", "reason", "said"].map((name) => [name, told(name)])),
    more: Object.assign({}, ...entries.map((entry) => entry.more)),
    stages: entries.map(({ stage, at }) => ({ stage, at })),
  };
}

/** How an act ended, for the eye: "critical" for what was refused or lost, null for what went as asked. */
export function verdict({ stage, more }) {
  if (stage === "refused" || more.ok === false) return more.lost ? "warn" : "critical";
  return null;
}

/** The query of a request from what the form holds; empty fields are left out. */
export function queryOf(given) {
  return new URLSearchParams(Object.entries(given).filter(([, value]) => value != null && value !== "")).toString();
}
