import { z } from "zod";
import type { Side } from "../interdiff/schema.ts";

/** UTF-16 units. */
export const MAX_COMMENT = 8000;
export const MAX_REPLACEMENT = 20_000;
export const MOST_THREADS = 50;

const id = z.string().min(1).max(100);
const line = z.coerce.number().int().min(1).max(2_147_483_647);
const requestKey = z.string().min(8).max(100);
const words = z
  .string()
  .trim()
  .max(MAX_COMMENT, `At most ${MAX_COMMENT.toLocaleString("en")} characters.`);

const NOTHING_SAID = "Write what there is to say about these lines.";

export const AddComment = z
  .object({
    runId: id,
    /** The patch these lines were read in. */
    patchId: id,
    /** As the page names it. */
    path: z.string().min(1).max(4096),
    side: z.enum(["old", "new"]),
    from: line,
    to: line,
    text: words.default(""),
    /** Put forward in the place of these lines; left out or null: none. */
    replacement: z
      .string()
      .max(MAX_REPLACEMENT, `At most ${MAX_REPLACEMENT.toLocaleString("en")} characters.`)
      .nullish(),
    /** Made once by the form, so that a double submit is one comment. */
    requestKey,
  })
  .refine(({ text, replacement }) => text !== "" || typeof replacement === "string", {
    path: ["text"],
    error: NOTHING_SAID,
  })
  .refine(({ from, to }) => from <= to, { path: ["to"], error: "The last line stands before the first." });
export type AddComment = z.input<typeof AddComment>;

export const ReplyToThread = z.object({
  runId: id,
  threadId: id,
  text: words.min(1, NOTHING_SAID),
  requestKey,
});
export type ReplyToThread = z.infer<typeof ReplyToThread>;

export const SettleThread = z.object({ runId: id, threadId: id });
export type SettleThread = z.infer<typeof SettleThread>;

export const SendToAgent = z.object({
  runId: id,
  patchId: id,
  threadIds: z
    .array(id)
    .min(1, "Choose at least one thread.")
    .max(MOST_THREADS, `At most ${MOST_THREADS} threads go at once.`),
  requestKey,
});
export type SendToAgent = z.infer<typeof SendToAgent>;

export interface CommentView {
  readonly id: string;
  readonly authorName: string;
  readonly text: string;
  /** What it puts in the place of the thread's lines; null for words alone. */
  readonly replacement: string | null;
  readonly createdAt: Date;
}

/**
 * What became of a thread's lines in the newest patch. `here`: it was written about that patch. `unknown`: nobody has compared
 * the two yet, or nobody could.
 */
export type LinesNow =
  | {
      readonly state: "here" | "same" | "moved" | "changed";
      readonly path: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly state: "gone" }
  | { readonly state: "unknown"; readonly why: string };

export interface ThreadView {
  readonly id: string;
  /** Of the patch it was written about. */
  readonly attempt: number;
  readonly patchId: string;
  readonly path: string;
  readonly side: Side;
  readonly from: number;
  readonly to: number;
  /** The lines as they were then. */
  readonly quote: string;
  readonly isOpen: boolean;
  readonly resolvedByName: string | null;
  /** How often it went to the agent. */
  readonly sent: number;
  readonly now: LinesNow;
  readonly comments: readonly CommentView[];
}
