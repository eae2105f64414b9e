/**
 * Notices at the desk: what stands, who posted it, until when, how many have read it; posting and withdrawing.
 *
 * For the desk: `new Notices(place)` fills `place`; call `paint(floor.notices, now)` when the stream's kind `notices`
 * changed and `tick(now)` every second. Notices without `by` (the exit order, a drill) belong to others and are not listed.
 */

import { make } from "../dom.js";
import { pick, say, teach } from "../i18n.js";
import { ask, tell } from "./api.js";
import WORDS from "./askedwords.js";
import { act, may, told } from "./frame.js";
import { short } from "./moments.js";
import { askFor, button, nothing, part, tag } from "./parts.js";

teach(WORDS);

const LEVELS = ["notice", "warn", "critical"];

/** What a filled-in form asks for. Pure. */
export function posted({ zh, en, level, minutes, where, group, open }) {
  const text = Object.fromEntries(Object.entries({ zh, en }).filter(([, words]) => words));
  const boards = where === "pages" ? null : where && where !== "all" ? [where.replace(/^board:/, "")] : [];
  return { text, level, minutes: Number(minutes), boards, groups: group ? [group] : [], public: open === "yes" };
}

/** Asks what to post, and where. */
export async function compose() {
  const choices = await act(() => ask("/api/v1/notices"));
  if (!choices) return;
  const boards = choices.boards.map(({ id, title }) => [`board:${id}`, pick(title)]);
  askFor(say("notice.new"), {
    fields: [
      { name: "zh", label: say("notice.zh"), maxlength: 200, hint: say("notice.one") },
      { name: "en", label: say("notice.en"), maxlength: 200 },
      { name: "level", label: say("notice.level"), options: LEVELS.map((level) => [level, say(`notice.level.${level}`)]), value: "notice" },
      { name: "minutes", label: say("notice.minutes"), type: "number", min: 1, max: 10080, value: 60, required: true },
      { name: "where", label: say("notice.where"), options: [["all", say("notice.everywhere")], ...boards, ["pages", say("notice.pages.only")]], value: "all" },
      { name: "group", label: say("notice.group"), options: [["", say("notice.group.all")], ...choices.groups.map((name) => [name, name])], value: "" },
      { name: "open", label: say("notice.public"), options: [["no", say("notice.public.no")], ["yes", say("notice.public.yes")]], value: "no" },
    ],
    submit: say("notice.post"),
    done: async (given) => {
      await tell("/api/v1/notices", posted(given));
      told(say("notice.did.posted"));
    },
  });
}

function where(one) {
  const boards = one.boards == null ? say("notice.pages.only") : one.boards.length ? one.boards.join(", ") : say("notice.boards.all");
  return [boards, one.groups?.join(", "), one.public ? say("notice.for.visitors") : null].filter(Boolean).join(" · ");
}

export class Notices {
  constructor(place) {
    this.list = part("ul.notice-list", { "aria-label": say("notice.title") });
    this.empty = nothing(say("notice.none"));
    place.append(...(may("post_notice") ? [button(say("notice.new"), compose)] : []), this.list, this.empty);
    this.shown = "";
  }

  paint(notices, now) {
    const rows = [...notices].filter(([, one]) => one.by && (one.until == null || one.until > now));
    rows.sort(([, a], [, b]) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.posted_at - a.posted_at);
    const shown = JSON.stringify(rows);
    if (shown === this.shown) return;
    this.shown = shown;
    this.notices = notices;
    this.list.replaceChildren(...rows.map(([id, one]) => this.#row(id, one, now)));
    this.empty.hidden = rows.length > 0;
  }

  /** What has expired meanwhile goes. */
  tick(now) {
    if (this.notices) this.paint(this.notices, now);
  }

  #row(id, one, now) {
    const words = tag(one.level, pick(one.text));
    const by = make("span.asked-line", say("notice.by", { who: one.by, until: short(one.until, now) }));
    const reads = make("span.asked-line", [where(one), say("notice.reads", { count: one.reads ?? 0 })].join(" · "));
    const withdraw = () => act(() => tell(`/api/v1/notices/${encodeURIComponent(id)}/withdraw`), say("notice.did.withdrawn"));
    const actions = one.mine && may("post_notice") ? [part("div.actions", {}, button(say("notice.withdraw"), withdraw))] : [];
    return part("li.asked", {}, words, by, reads, ...actions);
  }
}
