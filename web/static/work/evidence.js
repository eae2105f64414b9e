/** What proves an alert or a breach, in words: facts, what each of them says, and values in their rule's unit. */

import { pick, say, sayOr, teach } from "../i18n.js";
import { duration } from "../time.js";
import { short } from "./moments.js";

/** What the facts are called, `[English, 中文]`; /me has the same words. */
export const FACTS = {
  AlarmRaised: ["line alarm", "线路告警"],
  AgentRang: ["phone rang", "话机振铃"],
  Away: ["away", "离席"],
  CallCompleted: ["call ended", "通话结束"],
  CallTransferred: ["call transferred", "通话转接"],
  CallerGaveUp: ["caller gave up", "来电放弃"],
  CallerJoined: ["caller joined", "来电入队"],
  CallerLeft: ["caller left", "来电离队"],
  ChannelChanged: ["line changed", "线路变化"],
  ChannelClosed: ["line closed", "线路释放"],
  ChannelOpened: ["line opened", "线路占用"],
  ContactSeen: ["phone registered", "话机注册"],
  DialBegan: ["dialling began", "开始呼叫"],
  DialplanMoved: ["sent on by the dialplan", "拨号方案转移"],
  EmergencyCalled: ["emergency number called", "拨打紧急号码"],
  EmergencyReported: ["emergency reported", "紧急报告"],
  EndpointSeen: ["state of the phone", "话机状态"],
  ExchangeStopped: ["exchange stopped", "交换机停止"],
  FloorwatchRestarted: ["Floorwatch was restarted", "系统重启"],
  HangupAsked: ["hang-up", "挂机"],
  HoldBegan: ["hold began", "保持开始"],
  HoldEnded: ["hold ended", "保持结束"],
  LimitPassed: ["limit passed", "超限"],
  LimitPassedAgain: ["limit passed again", "再次超限"],
  LimitReached: ["limit of the exchange reached", "交换机达到上限"],
  LineReleased: ["line released", "线路释放"],
  LineTaken: ["lines taken", "线路占用"],
  LinkChanged: ["link to the exchange", "交换机连接"],
  LinkLost: ["link lost", "连接中断"],
  MemberRemoved: ["signed out of the queue", "签出队列"],
  MemberSeen: ["state of the agent", "座席状态"],
  MusicStopped: ["hold music stopped", "保持音乐停止"],
  OfferAnswered: ["call answered", "接听"],
  OfferBegan: ["phone rang", "话机振铃"],
  OfferRefused: ["call refused", "拒接"],
  OfferUnanswered: ["call not answered", "振铃未接"],
  OutagePlayed: ["outage played", "模拟故障"],
  Queue: ["state of the queue", "队列状态"],
  QueueReleased: ["queue let the caller go", "队列放行"],
  QueueSeen: ["state of the queue", "队列状态"],
  RecordFailing: ["record cannot be written", "记录无法写入"],
  TrunkGone: ["trunk gone", "中继消失"],
  TrunkSeen: ["state of the trunk", "中继状态"],
  VoiceReported: ["voice quality", "语音质量"],
};

/** What a fact tells of, by the name of its field; a field without words shows its name. */
const FIELDS = {
  address: ["address", "地址"], addresses: ["addresses", "地址"], agent: ["agent", "座席"], agents: ["agents", "座席数"],
  bad: ["bad calls", "质差通话"], busy: ["busy", "忙"], by: ["by", "由"], call: ["call", "通话"], calls: ["calls", "呼叫数"],
  cause: ["cause", "原因码"], channels: ["channels", "通道"], ending: ["ending", "结束方式"], exchanges: ["exchanges", "交换机"],
  expected: ["expected", "预期"], failed: ["failed", "失败"], heard: ["heard", "有声音"], held_s: ["held in all", "累计保持"],
  holding: ["on hold", "保持中"], holds: ["holds", "保持次数"], how: ["how", "方式"], in_row: ["in a row", "连续"], last: ["last", "上次"],
  last_at: ["last at", "上次时间"], leaders: ["leaders", "组长数"], left: ["left ready", "剩余空闲"], limit: ["limit", "上限"],
  line: ["line", "线路"], link: ["link", "连接"], minimum: ["at least", "至少"], networks: ["networks", "网段"], number: ["number", "号码"],
  of: ["of", "总数"], offered: ["offered", "来话"], outage: ["outage", "故障"], pbx: ["exchange", "交换机"], phone: ["phone", "话机"],
  phones: ["phones", "话机"], place: ["place", "地点"], queue: ["queue", "队列"], queues: ["queues", "队列"], ready: ["ready", "空闲"],
  reason: ["reason", "原因"], ring_s: ["rang", "振铃"], seat: ["seat", "席位"], seats: ["seats", "席位数"], silent: ["silent", "无声"],
  state: ["state", "状态"], status: ["status", "状态"], talk_s: ["talked", "通话"], times: ["times", "次数"],
  transferred_by: ["transferred by", "转接人"], type: ["type", "类型"], waited_s: ["waited", "等待"], waiting: ["waiting", "排队"], word: ["word", "说明"],
};
/** Fields whose values are words of ours. */
const VALUES = { reason: "reason", state: "state", type: "type", ending: "ending", outage: "outage" };

teach(Object.fromEntries(Object.entries(FACTS).map(([name, words]) => [`fact.${name}`, words])));
teach(Object.fromEntries(Object.entries(FIELDS).map(([name, words]) => [`field.${name}`, words])));
teach({ "evidence.seconds": ["{seconds} s", "{seconds} 秒"] });

/** How long the fact took to the screen: a note on the others, no fact of the floor. */
export const MEASURED = "Measured";
const HIDDEN = new Set(["at", "fact"]);

/** What a fact is called; its own name where we have no word. */
export const factName = ({ fact }) => (fact ? sayOr(`fact.${fact}`, fact) : "");

/** The latest fact, in a word. */
export function lastFact(alert) {
  const fact = alert.evidence?.findLast((one) => one.fact !== MEASURED);
  return fact ? say("evidence.brief", { fact: factName(fact) }) : "";
}

const rounded = (number) => String(number >= 100 ? Math.round(number) : Math.round(number * 100) / 100);

/** A number in the unit of its rule: `s` seconds, `ratio` a share, anything else a count. */
export function amount(number, unit) {
  if (number == null) return "–";
  if (unit === "ratio") return `${rounded(number * 100)} %`;
  if (unit !== "s") return rounded(number);
  return number < 60 ? say("evidence.seconds", { seconds: Math.round(number * 10) / 10 }) : duration(number);
}

/** Value against limit, as far as both are known. */
export function measured({ value, limit, unit = "s" }) {
  if (value == null) return limit == null ? "" : say("alert.limit", { limit: amount(limit, unit) });
  return limit == null ? amount(value, unit) : say("alert.measured", { value: amount(value, unit), limit: amount(limit, unit) });
}

function written(name, value) {
  if (Array.isArray(value)) return value.map((one) => written(name, one)).join(", ");
  if (typeof value === "object") return pick(value) || JSON.stringify(value);
  if (typeof value === "string") return VALUES[name] ? sayOr(`${VALUES[name]}.${value}`, value) : value;
  if (typeof value !== "number") return value ? "✓" : "✗";
  if (name.endsWith("_at") || name === "since") return short(value);
  return name.endsWith("_s") ? amount(value, "s") : rounded(value);
}

/** What one fact says. */
export function factWords(fact) {
  if (fact.fact === MEASURED && fact.published_at != null) {
    return say("evidence.measured", { seconds: (fact.published_at - fact.fact_at).toFixed(2) });
  }
  const said = Object.entries(fact).filter(([name, value]) => !HIDDEN.has(name) && value != null && value !== "");
  return [factName(fact), ...said.map(([name, value]) => `${sayOr(`field.${name}`, name)} ${written(name, value)}`)].filter(Boolean).join(" · ");
}
