/** Agents of the desk by group: a table with sticky totals, rows kept by id, counted on once a second. */

import { attribute, glyph, make, setGlyph, write } from "../dom.js";
import { say } from "../i18n.js";
import { stateWords } from "../tile.js";
import { age, duration } from "../time.js";
import { agentLevel, byPlace, crewOf } from "../urgency.js";
import { nothing, part } from "./parts.js";

const TOTALS = [["ready"], ["ringing"], ["talking", "outbound", "offhook"], ["holding"], ["acw"], ["paused", "auto_paused"], ["unreachable"]];

class Person {
  constructor() {
    this.sign = glyph("ready");
    this.flag = glyph("warn");
    this.flag.classList.add("flag");
    this.name = part("th", { scope: "row" });
    this.word = make("span");
    this.level = make("span.quiet");
    this.time = part("td.number", {});
    this.queue = make("td");
    this.row = make("tr", this.name, make("td.state", this.sign, this.word, this.flag, this.level), this.time, this.queue);
  }

  paint(agent) {
    this.agent = agent;
    attribute(this.row, "data-state", agent.state);
    setGlyph(this.sign, agent.state);
    write(this.name, agent.label ?? "");
    write(this.word, stateWords(agent));
    write(this.queue, agent.queue ?? "");
  }

  tick({ nowOf, offsetOf, isStale, lateRing }) {
    const { agent } = this;
    const now = nowOf(agent.pbx);
    const seconds = age(now, agent.since, offsetOf(agent.pbx));
    const stale = isStale(agent.pbx);
    const level = stale ? null : agentLevel(agent, seconds, lateRing, now);
    write(this.time, duration(seconds));
    attribute(this.row, "data-stale", stale ? "" : null);
    attribute(this.row, "data-level", level);
    attribute(this.flag, "hidden", level ? null : "");
    if (level) setGlyph(this.flag, level);
    write(this.level, level ? ` ${say(`level.${level}`)}` : "");
  }
}

class Team {
  constructor(name) {
    this.title = part("th", { scope: "rowgroup", colspan: "4" });
    this.counts = TOTALS.map(([state]) => {
      const count = make("span");
      const chip = part("span.count", { title: say(`total.${state}`) }, glyph(state), make("span.quiet", say(`total.${state}`)), count);
      return { count, chip };
    });
    this.title.append(make("span.team-name", name), make("span.counts", ...this.counts.map(({ chip }) => chip)));
    this.element = make("tbody.team", part("tr.team-head", {}, this.title));
  }

  paint(people, persons) {
    TOTALS.forEach((states, i) => {
      const sum = people.filter(({ agent }) => states.includes(agent.state)).length;
      write(this.counts[i].count, String(sum));
      attribute(this.counts[i].chip, "data-none", sum === 0 ? "" : null);
    });
    const rows = people.map(({ key }) => persons.get(key).row);
    const shown = [...this.element.children].slice(1);
    if (rows.length !== shown.length || rows.some((row, i) => row !== shown[i])) {
      this.element.replaceChildren(this.element.firstChild, ...rows);
    }
  }
}

export class Crew {
  constructor(place) {
    this.place = place;
    this.persons = new Map();
    this.teams = new Map();
    const heads = ["crew.agent", "crew.state", "crew.since", "crew.queue"].map((key, i) => part("th", { scope: "col", class: i === 2 ? "number" : null }, say(key)));
    this.table = part("table.rows.crew", { "aria-label": say("part.agents") }, make("thead", make("tr", ...heads)));
    this.empty = nothing(say("desk.nobody"));
    this.filter = "";
  }

  paint(agents, times) {
    const words = this.filter.trim().toLowerCase();
    const all = crewOf(agents);
    const crew = all.filter(({ agent }) => !words || `${agent.label} ${agent.queue} ${agent.group}`.toLowerCase().includes(words));
    const gone = new Set(this.persons.keys());
    for (const { key, agent } of crew) {
      gone.delete(key);
      const person = this.persons.get(key) ?? new Person();
      this.persons.set(key, person);
      person.paint(agent);
      person.tick(times);
    }
    for (const key of gone) this.persons.delete(key);
    this.#seat(crew.sort(byPlace));
    const shown = crew.length > 0 ? this.table : this.empty;
    write(this.empty, say(all.length > 0 ? "desk.filtered" : "desk.nobody"));
    if (this.place.firstChild !== shown) this.place.replaceChildren(shown);
  }

  #seat(crew) {
    const groups = Map.groupBy ? Map.groupBy(crew, groupOf) : grouped(crew);
    const names = [...groups.keys()].sort();
    for (const name of names) if (!this.teams.has(name)) this.teams.set(name, new Team(name || say("crew.nogroup")));
    const bodies = names.map((name) => {
      const team = this.teams.get(name);
      team.paint(groups.get(name), this.persons);
      return team.element;
    });
    const shown = [...this.table.tBodies];
    if (bodies.length !== shown.length || bodies.some((body, i) => body !== shown[i])) {
      this.table.replaceChildren(this.table.tHead, ...bodies);
    }
  }

  tick(times) {
    for (const person of this.persons.values()) person.tick(times);
  }
}

const groupOf = ({ agent }) => agent.group ?? "";

function grouped(crew) {
  const groups = new Map();
  for (const one of crew) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
  return groups;
}
