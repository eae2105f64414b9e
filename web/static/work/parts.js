/** The one table, the one form, the one timeline, the one dialog of every page people work with. */

import { glyph, make } from "../dom.js";
import { say } from "../i18n.js";

/** An element with attributes: `part("a.link", { href }, "text")`. */
export function part(what, attributes, ...children) {
  const element = make(what, ...children.filter((child) => child != null));
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

/** A word with its sign and colour: notice, warn, critical, good, or none of them. */
export function tag(level, text, sign = level) {
  return part("span.tag", { "data-level": level }, sign ? glyph(sign) : null, text);
}

/** What is only rehearsed says so, always in the same two words. */
export const drillTag = () => make("strong.drill-tag", "DRILL 演练");

/** A button; `key` is told in its tooltip and to screen readers. */
export function button(text, action, { key, kind, disabled, type = "button" } = {}) {
  const hint = key ? { title: `${text} (${key.toUpperCase()})`, "aria-keyshortcuts": key } : {};
  const element = part("button", { type, class: kind, disabled, ...hint }, text, key ? make("kbd", key.toUpperCase()) : null);
  if (action) element.addEventListener("click", action);
  return element;
}

/** A heading's section: `section("id", "Words", …)`. */
export function section(id, title, ...children) {
  const heading = part("h2", { id: `${id}-name` }, title);
  return part("section.block", { id, "aria-labelledby": heading.id }, heading, ...children);
}

/** What would be here. */
export const nothing = (text) => make("p.nothing", text);

/**
 * A table. `columns`: `{name, cell(row), kind}` (kind "number" stands right); `href(row)` makes the first cell a link.
 * Without rows it says what would be here.
 */
export function table({ label, columns, rows, empty, href }) {
  if (rows.length === 0) return nothing(empty);
  const head = columns.map(({ name, kind }) => part("th", { scope: "col", class: kind }, name));
  const body = rows.map((row) =>
    make(
      "tr",
      ...columns.map(({ cell, kind }, i) => {
        const shown = cell(row);
        if (i > 0) return part("td", { class: kind }, shown ?? "–");
        return part("th", { scope: "row", class: kind }, href ? part("a", { href: href(row) }, shown ?? "–") : (shown ?? "–"));
      }),
    ),
  );
  const whole = part("table.rows", { "aria-label": label }, make("thead", make("tr", ...head)), make("tbody", ...body));
  return part("div.scroll", { tabindex: "0" }, whole);
}

/** A timeline, oldest first: `{at, time, actor, text, kind, level, drill, more}`; `more` is a node below the text. */
export function timeline(entries, label, empty) {
  if (entries.length === 0) return nothing(empty ?? say("timeline.none"));
  const lines = entries.map(({ at, time, actor, text, kind, level, drill, more }) =>
    part(
      "li",
      { "data-kind": kind, "data-level": level },
      part("time", { datetime: new Date(at * 1000).toISOString() }, time),
      make("div.line", drill ? drillTag() : "", make("span.line-text", text), actor ? make("span.line-actor", actor) : "", more ?? ""),
    ),
  );
  return part("ol.timeline", { "aria-label": label ?? say("timeline.name") }, ...lines);
}

/** Pairs of a name and a value; those without a value are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value != null && value !== "");
  return make("dl.facts", ...known.flatMap(([name, value]) => [make("div", make("dt", name), make("dd", value))]));
}

let fields = 0;

function control({ name, type = "text", value, options, rows = 3, required, min, max, maxlength = 1000 }, id) {
  const common = { id, name, required };
  if (options) {
    const chosen = options.map(([code, text]) => part("option", { value: code, selected: code === value }, text));
    return part("select", common, ...chosen);
  }
  if (type === "area") {
    const area = part("textarea", { ...common, rows, maxlength });
    area.value = value ?? "";
    return area;
  }
  const input = part("input", { ...common, type, min, max, maxlength: type === "text" ? maxlength : null, step: type === "datetime-local" ? 1 : null });
  if (value != null) input.value = value;
  return input;
}

/** A field with its label: `{name, label, type, value, options, required, hint}`. */
export function field(described) {
  fields += 1;
  const id = `field-${fields}`;
  const given = control(described, id);
  const hint = described.hint ? part("small", { id: `${id}-hint` }, described.hint) : null;
  if (hint) given.setAttribute("aria-describedby", hint.id);
  return part("div.field", {}, part("label", { for: id }, described.label), given, hint);
}

/** What a form holds by name; empty fields are left out. */
export function values(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => String(value).trim() !== ""));
}

/** A form: fields, a button, and `done(values, form)`, whose failure is told at the form. */
export function form({ fields: described, submit, done, kind, extra = [] }) {
  const said = part("p.refusal", { role: "alert", hidden: true });
  const send = button(submit, null, { type: "submit", kind });
  const whole = part("form.entry", { novalidate: false }, ...described.map(field), said, part("div.actions", {}, send, ...extra));
  whole.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    said.hidden = true;
    try {
      await done(values(whole), whole);
    } catch (error) {
      said.textContent = [error.message, ...(error.details ?? [])].join(" · ");
      said.hidden = false;
    } finally {
      send.disabled = false;
    }
  });
  return whole;
}

/** A dialog that asks; resolves when it is closed. Escape leaves it, and nothing has happened. */
export function dialog(title, ...content) {
  const heading = part("h2", { id: "dialog-name" }, title);
  const box = part("dialog.box", { "aria-labelledby": heading.id }, heading, ...content);
  document.body.append(box);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", ({ target }) => target === box && box.close());
  box.showModal();
  return box;
}

/** A dialog with a form in it: closed once `done` did not fail. */
export function askFor(title, described) {
  const leave = button(say("work.cancel"), () => box.close());
  const whole = form({
    ...described,
    extra: [leave],
    done: async (given) => {
      await described.done(given);
      box.close();
    },
  });
  const box = dialog(title, described.words ? make("p", described.words) : "", whole);
  return box;
}
