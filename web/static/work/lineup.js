/** The agents in the order in which somebody wants to see them: by person, filtered, sorted, by group. Pure. */

import { agentLevel, moreTelling } from "../urgency.js";
import { age } from "../time.js";

/** Totals of a group: what is counted together, under the first one's name. */
export const TOTALS = [["ready"], ["ringing"], ["talking", "outbound", "offhook"], ["holding"], ["acw"], ["paused", "auto_paused"], ["unreachable"], ["emergency"]];
const CLASS = new Map(TOTALS.flatMap((states, i) => states.map((state) => [state, i])));
/** Order of states by how much they ask of a supervisor. */
const STATES = "emergency holding ringing unreachable auto_paused paused acw talking outbound offhook ready".split(" ");
/** Which states a filter lets through; "attention" asks for a level instead. */
export const FILTERS = ["attention", ...TOTALS.map(([state]) => state)];

const collator = new Intl.Collator("en", { numeric: true });
const byLabel = (one, other) => collator.compare(one.label, other.label) || (one.key < other.key ? -1 : 1);

/** What can be searched for in an agent. */
const wordsOf = ({ label, id, queue, group, call_number_masked: caller }) => `${label} ${id ?? ""} ${queue ?? ""} ${group ?? ""} ${caller ?? ""}`.toLowerCase();

/** Values to sort by; smaller comes first. What is not known comes last, whichever way round. */
const VALUES = {
  name: ({ order }) => order,
  group: ({ agent }) => agent.group ?? null,
  state: ({ agent }) => STATES.indexOf(agent.state),
  since: ({ agent }, { offsetOf }) => agent.since - (offsetOf(agent.pbx) ?? 0),
  queue: ({ agent }) => agent.queue ?? null,
  caller: ({ agent }) => agent.call_number_masked ?? null,
  before: ({ agent }) => agent.before ?? null,
  answered: ({ id }, { figuresOf }) => flipped(figuresOf(id)?.answered),
  att: ({ id }, { figuresOf }) => flipped(figuresOf(id)?.att_s),
  missed: ({ id }, { figuresOf }) => flipped(figuresOf(id)?.ring_no_answer),
  breaches: ({ id }, { breachesOf }) => flipped(breachesOf(id) || null),
};
const flipped = (number) => (number == null ? null : -number);

/** A comparison by one value, then by label. */
function comparison(sort, down, world) {
  const value = VALUES[sort] ?? VALUES.name;
  const turn = down ? -1 : 1;
  return (one, other) => {
    const [left, right] = [value(one, world), value(other, world)];
    if (left === right) return one.order - other.order;
    if (left === null || right === null) return left === null ? 1 : -1;
    return (left < right ? -1 : 1) * turn;
  };
}

export class Lineup {
  constructor() {
    this.people = new Map();
    this.keys = new Map();
    this.sorted = [];
    this.agents = new Map();
  }

  /** Begins anew with all agents by id. */
  load(agents) {
    this.people.clear();
    this.keys.clear();
    this.sorted = [];
    this.agents = agents;
    this.update(agents.keys());
  }

  /** Takes up the agents of these ids as they are now; those who are gone go. */
  update(ids) {
    const touched = new Set();
    for (const id of ids) {
      const agent = this.agents.get(id);
      const [before, key] = [this.keys.get(id), agent ? (agent.person ?? id) : undefined];
      if (before !== undefined && before !== key) this.#leave(before, id, touched);
      if (key !== undefined) this.#join(key, id, touched);
    }
    for (const key of touched) this.#look(this.people.get(key));
    this.#seat();
  }

  #leave(key, id, touched) {
    const person = this.people.get(key);
    person.ids.delete(id);
    this.keys.delete(id);
    if (person.ids.size > 0) return touched.add(key);
    this.people.delete(key);
    touched.delete(key);
    person.gone = this.unseated = true;
    return undefined;
  }

  #join(key, id, touched) {
    if (!this.people.has(key)) {
      const person = { key, ids: new Set(), label: null };
      this.people.set(key, person);
      this.sorted.push(person);
    }
    this.people.get(key).ids.add(id);
    this.keys.set(id, key);
    touched.add(key);
  }

  /** Of somebody's states on several exchanges the most telling one is shown. */
  #look(person) {
    let best = null;
    for (const id of person.ids) {
      const agent = this.agents.get(id);
      if (best === null || this.agents.get(best).state === "logged_out" || (agent.state !== "logged_out" && moreTelling(this.agents.get(best), agent) === agent)) best = id;
    }
    person.id = best;
    person.agent = this.agents.get(best);
    const label = person.agent.label ?? "";
    if (label !== person.label) this.unseated = true;
    person.label = label;
    person.words = null;
  }

  #seat() {
    if (!this.unseated) return;
    this.sorted = this.sorted.filter((person) => !person.gone).sort(byLabel);
    this.sorted.forEach((person, i) => (person.order = i));
    this.unseated = false;
  }

  /**
   * The rows to show: `{rows, groups, shown, all}`; a row is `{group}` or `{person, group}`.
   * @param wish `{sort, down, grouped, folded, states, queue, group, text}`
   * @param world `{offsetOf, figuresOf, breachesOf, nowOf, lateRing}`
   */
  arrange(wish, world) {
    const here = this.sorted.filter(({ agent }) => agent.state !== "logged_out");
    const passing = here.filter((person) => passes(person, wish, world));
    const order = comparison(wish.sort, wish.down, world);
    const groups = wish.grouped ? grouped(passing) : [{ name: null, people: passing, first: 0 }];
    const inGroups = wish.sort === "group" ? comparison("name", false, world) : order;
    for (const group of groups) group.people.sort(wish.grouped ? inGroups : order);
    if (wish.sort === "group" && wish.down && wish.grouped) groups.reverse();
    return { ...rowsOf(groups, wish), shown: passing.length, all: here.length };
  }
}

/** Whether somebody passes the filters. */
export function passes(person, { states, queue, group, text }, world) {
  const { agent } = person;
  if (states === "attention") {
    const now = world.nowOf(agent.pbx);
    if (!agentLevel(agent, age(now, agent.since, world.offsetOf(agent.pbx)), world.lateRing, now)) return false;
  } else if (states && TOTALS[CLASS.get(agent.state)]?.[0] !== states) return false;
  if (group && (agent.group ?? "") !== group) return false;
  if (queue && !(agent.queues ?? []).some((name) => `${agent.pbx}/${name}` === queue)) return false;
  if (!text) return true;
  person.words ??= wordsOf(agent);
  return person.words.includes(text);
}

function grouped(people) {
  const groups = new Map();
  for (const person of people) {
    const name = person.agent.group ?? "";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(person);
  }
  // Who has no group comes last.
  const names = [...groups.keys()].sort((one, other) => (one === "") - (other === "") || collator.compare(one, other));
  return names.map((name) => ({ name, people: groups.get(name) }));
}

function rowsOf(groups, { grouped: heads, folded }) {
  const rows = [];
  const closed = new Set(folded);
  for (const group of groups) {
    group.folded = heads && closed.has(group.name);
    group.totals = totalsOf(group.people);
    group.first = rows.length;
    if (heads) rows.push({ group });
    if (!group.folded) for (const person of group.people) rows.push({ person, group });
    group.count = rows.length - group.first;
  }
  return { rows, groups };
}

function totalsOf(people) {
  const totals = new Array(TOTALS.length).fill(0);
  for (const { agent } of people) totals[CLASS.get(agent.state)] += 1;
  return totals;
}

/** Which person, or which group, a row is of. Pure. */
export const keyOf = (row) => (row.person ? `p ${row.person.key}` : `g ${row.group.name}`);
