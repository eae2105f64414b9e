/** How somebody arranged his console: kept in this browser, for him alone, and believed only where it makes sense. */

const VERSION = 1;
const MOST = 500;

const oneOf = (names) => (value) => names.includes(value);
const text = (value) => typeof value === "string" && value.length <= 200;
const texts = (value) => Array.isArray(value) && value.length <= MOST && value.every(text);
const flag = (value) => typeof value === "boolean";
const share = (value) => typeof value === "number" && value >= 10 && value <= 60;

/** Columns that may be left out, in their order. */
export const COLUMNS = "state since queue caller before answered att missed breaches".split(" ");
export const ORDERS = ["name", "group", ...COLUMNS];

/** What can be remembered: name -> [at first, whether a value may be believed]. */
const KNOWN = {
  columns: ["state since queue caller answered att breaches".split(" "), (value) => texts(value) && value.every(oneOf(COLUMNS))],
  sort: ["name", oneOf(ORDERS)],
  down: [false, flag],
  grouped: [true, flag],
  folded: [[], texts],
  states: ["", text],
  queue: ["", text],
  group: ["", text],
  left: [24, share],
  right: [28, share],
  tab: ["agents", oneOf(["floor", "agents", "chosen"])],
};

/** The parts of `found` that make sense; for the rest what is there at first. Pure. */
export function sane(found) {
  const given = found && typeof found === "object" && !Array.isArray(found) && found.version === VERSION ? found : {};
  return Object.fromEntries(Object.entries(KNOWN).map(([name, [first, believable]]) => [name, Object.hasOwn(given, name) && believable(given[name]) ? given[name] : first]));
}

export class Memory {
  /** `store` may refuse: then everything works, and nothing is remembered. */
  constructor(person, store = () => localStorage) {
    this.key = `floor.desk.${person}`;
    this.store = store;
    this.values = sane(this.#read());
  }

  get(name) {
    return this.values[name];
  }

  set(changes) {
    Object.assign(this.values, changes);
    try {
      this.store().setItem(this.key, JSON.stringify({ version: VERSION, ...this.values }));
    } catch {
      // Full or forbidden: the arrangement lasts as long as the page.
    }
  }

  /** Everything as it was at first. */
  forget() {
    this.set(sane(null));
  }

  #read() {
    try {
      return JSON.parse(this.store().getItem(this.key));
    } catch {
      return null;
    }
  }
}
