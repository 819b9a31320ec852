// Artefacts as they come out of the sandbox. What reads them there has the agent's user, so everything is held to the plan again:
// how many, how long, and where they say they lay.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { refused } from "#lib/errors.ts";
import {
  ArtefactFault,
  type ArtefactPlan,
  isPlanned,
  MOST_DEPTH,
  MOST_PATH_BYTES,
  MOST_REFUSED,
} from "#lib/protocol/artefacts.ts";
import { visibleText } from "#lib/text/rules.ts";
import { TREE_ROOT } from "#runner/harness/git/trees.ts";
import type { Collected } from "./port.ts";

export const COLLECTOR = readFileSync(path.join(import.meta.dirname, "inside", "artefacts.ts"), "utf8");

/** What the program inside is told; which files the base has is added there. */
export const collectOrder = ({ paths, count, bytes }: ArtefactPlan, number: number) => ({
  ...{ tree: TREE_ROOT, number, paths, count, bytes },
  ...{ depth: MOST_DEPTH, pathBytes: MOST_PATH_BYTES, mostRefused: MOST_REFUSED },
});

const HEAD_BYTES = 1024 * 1024;

const Head = z.object({
  files: z.array(z.object({ path: z.string().max(1000), size: z.int().min(1) })).max(1000),
  refused: z
    .array(z.object({ path: z.string().max(1000), fault: ArtefactFault, times: z.int().min(1) }))
    .max(MOST_REFUSED),
});

function headOf(bytes: Buffer): { readonly head: z.infer<typeof Head>; readonly rest: Buffer } {
  const end = bytes.indexOf(10);
  if (end < 0 || end > HEAD_BYTES) throw refused(FORGED);
  const { success, data } = Head.safeParse(parsed(bytes.toString("utf8", 0, end)));
  if (!success) throw refused(FORGED);
  return { head: data, rest: bytes.subarray(end + 1) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const FORGED = "What came out of the sandbox as artefacts is not what was asked for.";

/** Throws a sentence where it is not what the plan allows. */
export function readCollected(plan: ArtefactPlan, bytes: Buffer): Collected {
  const { head, rest } = headOf(bytes);
  const total = head.files.reduce((sum, { size }) => sum + size, 0);
  const names = new Set(head.files.map((file) => file.path));
  const isAllowed =
    head.files.length <= plan.count &&
    names.size === head.files.length &&
    total <= plan.bytes &&
    total === rest.length &&
    head.files.every((file) => isPlanned(plan, file.path));
  if (!isAllowed) throw refused(FORGED);
  let at = 0;
  const files = head.files.map(({ path: name, size }) => {
    at += size;
    return { path: name, bytes: Buffer.from(rest.subarray(at - size, at)) };
  });
  const left = head.refused.map(({ path: name, fault, times }) => ({
    ...{
      fault,
      times,
      path: visibleText(name, "line").slice(0, 1000).toWellFormed().replaceAll("\0", "\u2400"),
    },
  }));
  return { files, refused: left };
}
