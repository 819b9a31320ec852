// The one place where keys of the review page are declared and heard. A part of the page says `useReviewKeys({ j: … })`;
// two that want the same key are a programming error and throw. Keys are not heard while somebody writes, while a
// dialog is open, or with ⌘, Ctrl or Alt. A key that writes nothing is another one with Shift: “Shift+ArrowDown”.
import { useEffect, useEffectEvent } from "react";

export type KeyActions = Readonly<Record<string, () => void>>;

const heard = new Map<string, () => void>();
let listening = 0;

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.getAttribute("type") !== "checkbox"));

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
  if (isWriting(event.target) || document.querySelector("dialog[open], [role=dialog]")) return;
  const act = heard.get(event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key);
  if (!act) return;
  event.preventDefault();
  act();
}

export function claimKeys(actions: KeyActions): () => void {
  const taken = Object.keys(actions).find((key) => heard.has(key));
  if (taken !== undefined) throw new Error(`Two parts of the page listen to the key “${taken}”.`);
  for (const [key, act] of Object.entries(actions)) heard.set(key, act);
  if (listening++ === 0) document.addEventListener("keydown", onKey);
  return () => {
    for (const key of Object.keys(actions)) heard.delete(key);
    if (--listening === 0) document.removeEventListener("keydown", onKey);
  };
}

/** The actions may change from render to render, the keys not. */
export function useReviewKeys(actions: KeyActions): void {
  const keys = Object.keys(actions).join("\n");
  const act = useEffectEvent((key: string) => actions[key]?.());
  useEffect(
    () =>
      claimKeys(Object.fromEntries(keys === "" ? [] : keys.split("\n").map((key) => [key, () => act(key)]))),
    [keys],
  );
}
