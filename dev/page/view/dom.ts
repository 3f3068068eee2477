/**
 * The few ways in which this page touches the document.
 *
 * Text enters as text nodes only; there is no way here to insert markup, so that no channel name, message or claim can
 * become any. Elements that index.html promises are looked up once, and a missing one is an error at the start.
 */

/** The element with this id. @throws Error when the document and the code have come apart. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no #${id} of the expected kind`);
  return found;
}

interface Attributes {
  readonly class?: string;
  readonly scope?: string;
  readonly dateTime?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** A new element; strings among the children become text. */
export function element(tag: string, attributes: Attributes, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (attributes.class) made.className = attributes.class;
  if (attributes.scope) made.setAttribute('scope', attributes.scope);
  if (attributes.dateTime) made.setAttribute('datetime', attributes.dateTime);
  Object.assign(made.dataset, attributes.data);
  made.append(...children);
  return made;
}

export function code(text: string, className = ''): HTMLElement {
  return element('code', { class: className }, text);
}

/** Text that changes often is written only when it differs, so that a selection in it survives. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows a line of feedback, or hides it when there is nothing to say. */
export function setNotice(target: HTMLElement, text: string): void {
  target.hidden = text === '';
  setText(target, text);
}

/** Runs at most one of these at a time; a click meanwhile is ignored, and the button says that it is busy. */
export function whileBusy(button: HTMLButtonElement, work: () => Promise<void>): void {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  void work().finally(() => button.removeAttribute('aria-busy'));
}

/** Tells a screen reader something by itself, again if need be. For events, never for a clock. */
export function announce(text: string): void {
  const announcer = byId('announcer', HTMLElement);
  announcer.textContent = '';
  // The same words twice are announced twice only when they went away in between.
  requestAnimationFrame(() => setText(announcer, text));
}
