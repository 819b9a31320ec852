// What a model was asked: its entry binds the commitments of the request's head and items, in order. Agents send their
// history with every call, so an item may be shown after the entry of an earlier one, and only named here.
import { createHash } from "node:crypto";

/** Name of the blobs that are pieces of a request. */
export const ITEM = "item";

interface Asked {
  readonly kind: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Request {
  /** Whether pieces of a request may follow the entry. */
  takes(entry: Asked): boolean;
  add(commitment: string): void;
  /** At the entry's end: what is wrong; null when nothing is, or nothing was shown. */
  close(entry: Asked): string | null;
  /** Whether anything followed the entry that was closed last. */
  readonly wasShown: boolean;
}

export function createRequest(): Request {
  let commitments: string[] = [];
  let wasShown = false;
  return {
    takes: ({ kind }) => kind === "model.called",
    add(commitment) {
      commitments.push(commitment);
    },
    close({ detail }) {
      const shown = commitments;
      commitments = [];
      wasShown = shown.length > 0;
      if (!wasShown) return null;
      const digest = createHash("sha256")
        .update(Buffer.from(shown.join(""), "hex"))
        .digest("hex");
      return digest === detail.request && shown.length === Number(detail.items) + 1
        ? null
        : "The pieces of the request that follow are not those it binds, in number and order.";
    },
    get wasShown() {
      return wasShown;
    },
  };
}
