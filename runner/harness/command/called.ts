// Files that are called by those that the command names: they run the tests as well, and are the base's in every tree.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { Followed } from "#lib/protocol/checks.ts";
import type { Execution } from "../execute.ts";
import { onlyFrame } from "../looks/inspect.ts";

export const CALLED_SCRIPT = readFileSync(path.join(import.meta.dirname, "called.mjs"), "utf8");
/** Every name at its longest, escaped. */
export const CALLED_BYTES = 8 * 1024 * 1024;

const Called = Followed.extend({
  /** Names of files that the base has not: with the patch they are not there either. */
  absent: z.array(z.string().min(1).max(1000)).max(600),
});
export type Called = z.infer<typeof Called>;

/** Null where the sandbox gave no such document. */
export function readCalled(execution: Execution): Called | null {
  const parsed = Called.safeParse(onlyFrame(execution, "called"));
  return parsed.success ? parsed.data : null;
}
