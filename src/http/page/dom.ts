/**
 * The page's few words for the DOM. Everything that comes from the server becomes text by
 * `textContent`: the page's policy forbids every other way to make nodes of it.
 */

type Attributes = Readonly<Record<string, string>>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** An element of the page's own HTML. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Sets text where it is another, so that what a reader has selected stays selected. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What shows one item of a list. */
export interface View<T> {
  readonly element: Element;
  update(item: T): void;
}

/** Children of an element, after those that it has from the start, one an item: an item's element stays as long as the item does. */
export class KeyedList<T> {
  readonly #parent: Element;
  readonly #create: (item: T) => View<T>;
  readonly #before: Element | null;
  readonly #views = new Map<string, View<T>>();

  constructor(parent: Element, create: (item: T) => View<T>) {
    this.#parent = parent;
    this.#before = parent.lastElementChild;
    this.#create = create;
  }

  update(items: readonly (readonly [key: string, item: T])[]): void {
    const focused = document.activeElement;
    const keys = new Set(items.map(([key]) => key));
    for (const [key, view] of this.#views) {
      if (keys.has(key)) continue;
      view.element.remove();
      this.#views.delete(key);
    }
    let next = this.#before?.nextElementSibling ?? null;
    if (this.#before === null) next = this.#parent.firstElementChild;
    for (const [key, item] of items) {
      let view = this.#views.get(key);
      if (view === undefined) {
        view = this.#create(item);
        this.#views.set(key, view);
      }
      view.update(item);
      if (view.element === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(view.element, next);
    }
    // An element that is moved loses the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement) {
      focused.focus({ preventScroll: true });
    }
  }
}
