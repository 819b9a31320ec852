import { badInput } from "#lib/errors.ts";

/** What an operator may do to the log, on the host and as its owner. */
export type LogAct =
  | { readonly kind: "new_epoch"; readonly reason: string }
  | { readonly kind: "rotate_key" }
  | { readonly kind: "retire_key"; readonly keyId: string };

const KEY_ID = /^[0-9a-f]{8}$/;

export function parseLogAct(words: readonly string[], reason: string | undefined): LogAct {
  const [act, id, ...more] = words;
  if (act === "new-epoch" && id === undefined) {
    if (!reason?.trim()) throw badInput('log new-epoch takes --reason "WHY", which the log commits to.');
    return { kind: "new_epoch", reason: reason.trim() };
  }
  if (act === "rotate-key" && id === undefined) return { kind: "rotate_key" };
  if (act === "retire-key" && more.length === 0) {
    if (!id || !KEY_ID.test(id))
      throw badInput("log retire-key takes the id of a key: the eight hex digits in its verifier key.");
    return { kind: "retire_key", keyId: id };
  }
  throw badInput('log takes one of new-epoch --reason "WHY", rotate-key, retire-key ID.');
}
