// What a witness answers, and why: the checks of C2SP tlog-witness that need no key and no disk.

import type { TreeHead } from "#lib/tlog/checkpoint.ts";
import { EMPTY_ROOT } from "#lib/tlog/hashing.ts";
import { isConsistent } from "#lib/tlog/proofs.ts";
import type { AddCheckpoint } from "./request.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const PLAIN = "text/plain; charset=utf-8";

export const sentence = (status: number, text: string): Answer => ({
  status,
  type: PLAIN,
  body: `${text}\n`,
});

export const lines = (body: string): Answer => ({ status: 200, type: PLAIN, body });

type Latest = Pick<TreeHead, "size" | "root">;

/** What a witness knows of a log it never cosigned. */
export const NOTHING: Latest = { size: 0, root: EMPTY_ROOT };

/** Whether the log signed two trees of one size: no proof and no excuse can make both of them true. */
export const isFork = (latest: Latest, { checkpoint }: AddCheckpoint): boolean =>
  latest.size === checkpoint.size && !latest.root.equals(checkpoint.root);

/** Null where the checkpoint may be cosigned after `latest`. */
export function refusalOf(latest: Latest, { old, proof, checkpoint }: AddCheckpoint): Answer | null {
  const { size, root } = checkpoint;
  if (old > size) return sentence(400, "The old size is larger than the checkpoint's.");
  if (old !== latest.size) return { status: 409, type: "text/x.tlog.size", body: `${latest.size}\n` };
  if (old === size && !latest.root.equals(root)) {
    return sentence(422, "Another root was cosigned for this size.");
  }
  if (!isConsistent(old, latest.root, size, root, proof)) {
    return sentence(422, "The proof does not show that this log only grew.");
  }
  return null;
}
