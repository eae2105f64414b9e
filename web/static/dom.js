/** Small tools for the page: build, write only what changed, fade it in, draw glyphs. Never HTML from text. */

const SVG = "http://www.w3.org/2000/svg";

/** What turns the direction of the text around it, or cannot be seen. */
const TRICKS = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Text as it may stand beside other text: whoever wrote it, what would turn or hide something is a sign that can be seen. */
const plain = (text) => (typeof text === "string" ? text.replace(TRICKS, "\ufffd") : text);

/** `make("span.label.big", text or nodes…)` */
export function make(what, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  element.append(...children.map(plain));
  return element;
}

/** An SVG element with attributes. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A glyph of the sprite that stands in the page; decoration, the word stands beside it. */
export function glyph(name) {
  const use = draw("use", { href: `#glyph-${name}` });
  return draw("svg", { class: "glyph", "aria-hidden": "true", viewBox: "0 0 24 24" }, use);
}

/** Shows another glyph in an element made by `glyph`. */
export function setGlyph(svg, name) {
  attribute(svg.firstChild, "href", `#glyph-${name}`);
}

/** Writes text if it differs; tells whether it did. Elements written so hold one text node and nothing else. */
export function write(element, text) {
  const node = element.firstChild ?? element.appendChild(document.createTextNode(""));
  const shown = plain(text);
  if (node.data === shown) return false;
  node.data = shown;
  return true;
}

/** Sets an attribute if it differs; null takes it away. */
export function attribute(element, name, value) {
  if (value == null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Shows or hides an element, touching it only on change. */
export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether things may move. */
export const mayMove = () => !stillness.matches;

const CALM_MS = 1000;
/** Where more numbers than this change within a second, none of them is news: a page that fades everywhere points nowhere. */
const MOST_NEWS = 12;
const faded = new WeakMap();
const news = { second: 0, now: 0, before: 0 };

/** Counts a change; tells whether the page is so busy that no single one is news. Each fading number is also a layer of its own. */
function crowded(now) {
  const second = Math.floor(now / 1000);
  if (second !== news.second) {
    news.before = second === news.second + 1 ? news.now : 0;
    [news.second, news.now] = [second, 0];
  }
  news.now += 1;
  return Math.max(news.now, news.before) > MOST_NEWS;
}

/** Fades a changed number in, once a second at most: what is new is noticed, nothing moves, nothing flickers. */
export function fade(element) {
  const now = performance.now();
  if (crowded(now) || !mayMove() || now - (faded.get(element) ?? -CALM_MS) < CALM_MS) return;
  faded.set(element, now);
  element.animate([{ opacity: 0.25 }, { opacity: 1 }], { duration: 300, easing: "ease-out" });
}

/** Writes a number and fades it in when it changed. */
export function writeNumber(element, text) {
  const first = element.firstChild === null;
  if (write(element, text) && !first) fade(element);
}

/** Pixels of the board's unit, `--u` in the style sheets: a hundredth of the shorter side, less while a frame is shown. */
export function unitPixels() {
  const share = document.documentElement.hasAttribute("data-drill") ? 0.94 : 1;
  return (Math.min(innerWidth, innerHeight) / 100) * share;
}
