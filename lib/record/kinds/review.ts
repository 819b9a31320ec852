// What people said about a patch before it was decided on. Words, paths and lines are committed to and kept outside.
import { z } from "zod";
import { count, digest, id } from "./words.ts";

const thread = { thread: id } as const;

export const REVIEW_KINDS = {
  /** `text`: commitment to the place, the words and, in a suggestion, the code that is put forward. */
  "review.commented": z.strictObject({
    ...thread,
    comment: id,
    patch: id,
    suggestion: z.boolean(),
    text: digest,
  }),
  "review.thread_resolved": z.strictObject(thread),
  "review.thread_reopened": z.strictObject(thread),
  /** The threads go to the agent with a message, and its run begins another attempt. */
  "review.sent": z.strictObject({
    message: id,
    attempt: count,
    patch: id,
    threads: z.array(id).min(1).max(100),
  }),
  /** What changed from one attempt's patch to a later one's; `commitment` is absent where it could not be made. */
  "review.interdiff_made": z.strictObject({ from: id, to: id, commitment: digest.optional() }),
} as const;
