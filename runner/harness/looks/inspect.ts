// What the harness reads of a tree before it tests it: test files, changed lines, the manifest. Read inside a sandbox, and
// parsed here as somebody's word.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Execution } from "../execute.ts";
import { readFrames } from "../frames.ts";

export const INSPECT_SCRIPT = readFileSync(path.join(import.meta.dirname, "inspect.mjs"), "utf8");
/** More than the script hands out: sources of 16 MB, twice as long where every character is escaped. */
export const INSPECTED_BYTES = 40 * 1024 * 1024;

const Source = z.object({ path: z.string().min(1).max(1000), text: z.string() });
const Inspected = z.object({
  git: z.string().max(200),
  tests: z.array(Source).max(2000),
  /** Test files that are too large, too many or no text. */
  unread: z.int().min(0),
  /** Sources that are no part of the harness, with the lines that are new: first and how many. */
  changed: z.array(Source.extend({ hunks: z.array(z.tuple([z.int(), z.int()])) })).max(200),
  manifest: z.string().nullable(),
});
export type Inspected = z.infer<typeof Inspected>;
export type ChangedSource = Inspected["changed"][number];

/** Null where the sandbox gave no such document. */
export function readInspected(execution: Execution): Inspected | null {
  const document = onlyFrame(execution, "looked");
  const parsed = Inspected.safeParse(document);
  return parsed.success ? parsed.data : null;
}

/** The JSON of the last frame, where the command ended well and nothing was cut. */
export function onlyFrame({ exit, result, isResultCut }: Execution, name: string): unknown {
  if (exit.ended !== "itself" || exit.code !== 0 || isResultCut) return null;
  const frame = readFrames(result)?.at(-1);
  if (frame?.name !== name) return null;
  try {
    return JSON.parse(frame.bytes.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
