/**
 * The rows of the agents' table that are in the page. A row that is seen no more stands in for the next that comes, where it
 * is in the document: while one scrolls, nothing is put in or taken out, and who stays is left alone.
 */

import { GroupHead, lay, PersonRow, style } from "./crewrow.js";
import { keyOf } from "./lineup.js";
import { part } from "./parts.js";
import { place } from "./window.js";

export class CrewRows {
  constructor(body, columns) {
    Object.assign(this, { body, columns });
    this.shown = new Map();
    this.parked = new Map(); // by whom they showed
    this.teams = new Map();
  }

  /** Counts the rows on. */
  tick(times) {
    for (const { person } of this.shown.values()) person?.tick(times);
  }

  /**
   * Draws rows `first` to `end` of `arranged`. `fresh`: those that stay are painted anew as well. `order`: they stand in the
   * document as in the table; while one scrolls they need not, for each says its place, and moving elements costs most.
   */
  draw([first, end], arranged, { world, height, fresh = true, order = false }) {
    Object.assign(this, { rows: arranged.rows, world, height });
    const wanted = arranged.groups.filter((group) => group.first < end && group.first + group.count > first);
    this.#release(first, end, wanted);
    for (const group of wanted) this.#team(group, Math.max(first, group.first), Math.min(end, group.first + group.count), { fresh, order });
    for (const name of [...this.teams.keys()]) if (!wanted.some((group) => group.name === name)) this.teams.delete(name);
    place(this.body, wanted.map(({ name }) => this.teams.get(name).element));
    if (order) this.parked.clear();
  }

  /** Rows that are seen no more are parked where they are. */
  #release(first, end, wanted) {
    const seen = new Set(wanted.filter((group) => this.#headed(group)).map((group) => keyOf({ group })));
    for (let index = first; index < end; index += 1) seen.add(keyOf(this.rows[index]));
    for (const [key, { person }] of [...this.shown]) {
      if (seen.has(key)) continue;
      if (person) this.parked.set(key, person);
      this.shown.delete(key);
    }
  }

  #headed(group) {
    const head = this.rows[group.first];
    return Boolean(head?.group && !head.person);
  }

  /** One group with those of its rows that are worth it. */
  #team(group, first, end, { fresh, order }) {
    const team = this.teams.get(group.name) ?? { element: part("div.team", { role: "rowgroup" }) };
    this.teams.set(group.name, team);
    style(team.element, "top", `${group.first * this.height}px`);
    style(team.element, "height", `${group.count * this.height}px`);
    const heads = this.#headed(group);
    const elements = heads ? [this.#head(team, group, fresh)] : [];
    for (let index = Math.max(first, group.first + (heads ? 1 : 0)); index < end; index += 1) elements.push(this.#person(index, group, fresh));
    if (order) place(team.element, elements);
    else for (const element of elements) if (element.parentNode !== team.element) team.element.append(element);
  }

  #head(team, group, fresh) {
    const known = team.head !== undefined;
    team.head ??= new GroupHead(this.columns.length + 1);
    if (fresh || !known) team.head.paint(group);
    lay(team.head.element, group.first);
    this.shown.set(keyOf({ group }), { element: team.head.element, row: { group } });
    return team.head.element;
  }

  #person(index, group, fresh) {
    const row = this.rows[index];
    const key = keyOf(row);
    const known = this.shown.get(key);
    if (known && !fresh) return known.element;
    const person = known?.person ?? this.#stand(key);
    this.shown.set(key, { person, element: person.element, row });
    person.paint(row.person, this.world);
    lay(person.element, index, (index - group.first) * this.height);
    return person.element;
  }

  /** Whoever was parked under this key, else any, else a new row. */
  #stand(key) {
    const from = this.parked.has(key) ? key : this.parked.keys().next().value;
    const person = this.parked.get(from) ?? new PersonRow(this.columns);
    this.parked.delete(from);
    return person;
  }
}
