/** Part of a page that is made anew only when what it shows is another than before. */

export class Block {
  constructor(element, make_) {
    this.element = element;
    this.make = make_;
    this.shown = null;
  }

  paint(given) {
    const shown = JSON.stringify(given);
    if (shown === this.shown) return;
    const within = this.element.contains(document.activeElement);
    this.shown = shown;
    this.element.replaceChildren(...this.make(given).filter(Boolean));
    if (within) this.element.querySelector("button, input")?.focus();
  }
}
