// Rows made by the document's own functions: a key that turns the page makes hundreds of elements, and React takes several
// times as long for them as the browser does. Text is put in as text nodes alone.

import type { PartView } from "../surface/part-view.ts";
import { type FindIn, type RowOrder, rowShape, type Shape } from "./shape.ts";

function elementOf({ tag, look, attributes, children }: Shape): HTMLElement {
  const element = document.createElement(tag);
  element.className = look;
  for (const name in attributes) element.setAttribute(name, attributes[name] ?? "");
  if (children.length === 1 && typeof children[0] === "string") element.textContent = children[0];
  else for (const child of children) element.append(typeof child === "string" ? child : elementOf(child));
  return element;
}

interface Made {
  readonly element: HTMLElement;
  readonly look: string;
}

export interface DrawOrder {
  readonly view: PartView;
  readonly findIn: FindIn | null;
  /** In order. */
  readonly rows: readonly RowOrder[];
}

/** The rows of one block. What is as it was is not touched. */
export class DrawnRows {
  #made = new Map<number, Made>();
  #view: PartView | null = null;
  #findIn: FindIn | null = null;

  draw(block: HTMLElement, { view, findIn, rows }: DrawOrder): void {
    const isAnew = view !== this.#view || findIn !== this.#findIn;
    const before = isAnew ? new Map<number, Made>() : this.#made;
    if (isAnew) block.replaceChildren();
    const made = new Map<number, Made>();
    for (const order of rows) made.set(order.row, this.#kept(before, order));
    for (const [row, { element }] of before) if (made.get(row)?.element !== element) element.remove();
    let next = block.firstChild;
    for (const { element } of made.values()) {
      if (element === next) next = next.nextSibling;
      else block.insertBefore(element, next);
    }
    [this.#made, this.#view, this.#findIn] = [made, view, findIn];
  }

  #kept(before: ReadonlyMap<number, Made>, order: RowOrder): Made {
    const look = `${order.isColoured}${order.isCurrent}${order.chosen}`;
    const known = before.get(order.row);
    return known?.look === look ? known : { element: elementOf(rowShape(order)), look };
  }
}
