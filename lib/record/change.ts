// What an entry says was replaced. The states are the few fields that decide what happens next, in canonical JSON, so
// that whoever holds the row (or a dossier) can compute the digest again.
import { createHash } from "node:crypto";
import { canonicalText } from "./rules.ts";

/** Ids, digests, closed words, numbers: what a state is made of. */
export type State = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Hex SHA-256 of the state's RFC 8785 text. */
export const stateDigest = (state: State): string =>
  createHash("sha256").update(canonicalText(state), "utf8").digest("hex");

/** Something is there now that was not. */
export const made = (after: State): { readonly after: string } => ({ after: stateDigest(after) });

/** One state took the place of another. */
export const changeOf = (
  before: State,
  after: State,
): { readonly before: string; readonly after: string } => ({
  before: stateDigest(before),
  after: stateDigest(after),
});
