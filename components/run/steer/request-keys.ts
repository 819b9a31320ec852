// A key for each thing that is sent, so that sending it twice is once.
import type { FormAction } from "../../form/state.ts";

const BYTES = 16;

/** Not `randomUUID`, which browsers offer on secure origins alone. */
export function newRequestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface KeyedAction {
  readonly action: FormAction;
  /** What was sent has arrived: the same words again are another message. */
  readonly settle: () => void;
}

/** The action with `requestKey` in its form: the same as long as the same is sent, because an answer may be lost. */
export function withRequestKey(action: FormAction, newKey: () => string = newRequestKey): KeyedAction {
  let last: { readonly content: string; readonly key: string } | null = null;
  return {
    action: (before, form) => {
      const content = JSON.stringify([...form].map(([name, value]) => [name, String(value)]));
      if (last?.content !== content) last = { content, key: newKey() };
      form.set("requestKey", last.key);
      return action(before, form);
    },
    settle: () => {
      last = null;
    },
  };
}
