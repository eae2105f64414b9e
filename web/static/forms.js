/**
 * Blank forms to be filled in by hand when the computers are down (R-EMG-14), one to a page; printed before they are
 * needed. What is written on them is entered afterwards: callbacks and notes into the incident's record.
 */

import { make } from "./dom.js";
import { say, teach } from "./i18n.js";
import { fill, titled } from "./work/frame.js";
import { button, part, section } from "./work/parts.js";

teach({
  "forms.title": ["Blank forms", "空白登记表"],
  "forms.about": [
    "When the computers are down, enquiries are registered by hand; that is no reason to refuse anybody. Print these beforehand and keep them at the seats.",
    "无法使用电脑时，请用纸质表格登记，不得以此为由拒绝客户。请事先打印并放在席位上备用。",
  ],
  "forms.which": ["Which form", "选择表格"],
  "forms.all": ["All", "全部"],
  "forms.site": ["Site / seat", "现场／席位"],
  "forms.date": ["Date", "日期"],
  "forms.agent": ["Agent number", "工号"],
  "forms.checked": ["Entered into the system by, at", "补录人、补录时间"],
  "forms.page": ["Sheet", "页码"],
  "form.register": ["Register of enquiries", "客户来电登记表"],
  "form.register.about": ["One line per call. “Lines are being adjusted; I take your number and we call you back.”", "每个来电一行。“线路正在调整，请留下您的电话，恢复后我们及时与您联系。”"],
  "form.callback": ["Callbacks promised", "承诺回电登记表"],
  "form.callback.about": ["Call back in the order of the promised time; enter the result into the incident's list.", "按承诺时间依次回电，结果补录到事件的回拨名单。"],
  "form.incident": ["Record of an incident", "突发事件记录表"],
  "form.incident.about": ["Five fields are mandatory (R-EMG-8). A wrong line is struck out so that it can still be read.", "五项必填（R-EMG-8）。写错的划线更正，保留原文。"],
  "form.fire": ["Fire report", "火警报告表"],
  "form.fire.about": ["Own safety first. Call 119 and read out what you have filled in; do not hang up first.", "先确保自身安全。拨打119，照所填内容报告，不要先挂机。"],
  "blank.time": ["Time", "时间"],
  "blank.surname": ["Surname", "姓氏"],
  "blank.number": ["Telephone number", "联系电话"],
  "blank.matter": ["What it is about", "来电内容"],
  "blank.answer": ["Answered, or promised what", "答复或承诺"],
  "blank.until": ["Call back by", "回电时限"],
  "blank.done": ["Done, by", "完成、经办人"],
  "blank.result": ["Reached / not reached / not wanted", "接通／未接通／无需"],
  "blank.occurred": ["Time of occurrence *", "发生时间 *"],
  "blank.problem": ["Problem *", "问题描述 *"],
  "blank.solved": ["How it was solved *", "解决过程 *"],
  "blank.recovered": ["Time of recovery *", "恢复时间 *"],
  "blank.recorder": ["Recorder *", "记录人 *"],
  "blank.scope": ["Scope: terminal □ site □ carrier □ company □  decided by, at", "影响范围：终端 □ 本中心 □ 运营商 □ 公司 □  判定人、时间"],
  "blank.told": ["Who was told, at", "通知对象、时间"],
  "blank.what": ["What happened, what was done", "经过、措施"],
  "blank.who": ["Who", "人员"],
  "blank.place": ["Place: building, floor, room", "火警地点：楼、层、房间"],
  "blank.material": ["Burning material", "燃烧物质"],
  "blank.severity": ["Severity, smoke, spread", "火势、烟雾、蔓延"],
  "blank.persons": ["Condition of persons", "人员情况"],
  "blank.caller": ["Caller's name", "报警人姓名"],
  "blank.employee": ["Employee number", "工号"],
  "blank.called": ["119 called at", "拨打119时间"],
  "blank.out": ["Put out? at", "是否扑灭、时间"],
});

/** Forms by name: tall fields first, then a table with so many empty rows. */
const FORMS = {
  register: { columns: ["time", "surname", "number", "matter", "answer", "until", "done"], rows: 18 },
  callback: { columns: ["until", "surname", "number", "matter", "result", "done"], rows: 18 },
  incident: { fields: ["occurred", "problem", "solved", "recovered", "recorder", "scope", "told"], tall: ["problem", "solved"], columns: ["time", "what", "who"], rows: 8 },
  fire: { fields: ["place", "material", "severity", "persons", "caller", "employee", "called", "out"], tall: ["persons"], columns: ["time", "what", "who"], rows: 6 },
};

const line = (words, kind) => part("div", { class: kind }, make("dt", words), make("dd"));

function sheet(name) {
  const { fields = [], tall = [], columns, rows } = FORMS[name];
  const head = make("dl.blank-head", ...["site", "date", "agent", "page"].map((one) => line(say(`forms.${one}`))));
  const body = make("dl.blank-fields", ...fields.map((one) => line(say(`blank.${one}`), tall.includes(one) ? "tall" : null)));
  const cells = () => make("tr", ...columns.map(() => make("td")));
  const grid = part("table.blank-rows", { "data-columns": columns.length }, make("thead", make("tr", ...columns.map((one) => part("th", { scope: "col", "data-column": one }, say(`blank.${one}`))))), make("tbody", ...Array.from({ length: rows }, cells)));
  const whole = section(`form-${name}`, say(`form.${name}`), make("p", say(`form.${name}.about`)), head, fields.length ? body : null, grid, make("dl.blank-foot", line(say("forms.checked"))));
  whole.classList.add("blank");
  return whole;
}

fill(async () => {
  const sheets = Object.keys(FORMS).map(sheet);
  const asked = new URLSearchParams(location.search).get("form");
  const choose = part("select", { "aria-label": say("forms.which") }, part("option", { value: "" }, say("forms.all")), ...Object.keys(FORMS).map((name) => part("option", { value: name }, say(`form.${name}`))));
  const show = () => {
    for (const [i, name] of Object.keys(FORMS).entries()) sheets[i].hidden = choose.value !== "" && choose.value !== name;
  };
  choose.value = asked in FORMS ? asked : "";
  choose.addEventListener("change", show);
  show();
  return [titled(say("forms.title"), part("span.forms-choice", {}, choose), button(say("work.print"), () => print(), { kind: "first" })), part("p.no-print.lead", {}, say("forms.about")), ...sheets];
});
