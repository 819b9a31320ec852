// What the keeper says, line by line. An agent may forge it, so nothing but the exact shapes is taken.
import { z } from "zod";
import { messageOf, refused } from "#lib/errors.ts";
import { CHANGED_PATHS, fitTogether } from "#lib/protocol/agent-events.ts";

const Tree = z.string().regex(/^[0-9a-f]{40}$/);

const Changed = z.object({
  paths: z.array(z.string().max(CHANGED_PATHS.each)).max(CHANGED_PATHS.count).refine(fitTogether),
  more: z.int().min(0),
});

const Report = z.union([
  z.object({ line: z.string() }),
  z.object({ err: z.string() }),
  /** `lost`: why a snapshot could not be restored. */
  z.object({ started: Tree, lost: z.string().optional() }),
  z.object({ tree: Tree, changed: Changed.optional(), id: z.int() }),
  z.object({ snapshot: z.object({ tree: Tree, size: z.int().min(0) }), id: z.int() }),
  z.object({ problem: z.string(), id: z.int() }),
  z.object({ ended: z.object({ code: z.int().nullable(), signal: z.string().max(20).nullable() }) }),
  z.object({ unchanged: z.literal(true) }),
  z.object({ broken: z.string() }),
]);
export type Report = z.infer<typeof Report>;

export function parseReport(line: string): Report {
  try {
    return Report.parse(JSON.parse(line));
  } catch (error) {
    throw refused(
      `Something in the sandbox wrote into the session's own channel. ${messageOf(error).slice(0, 200)}`,
    );
  }
}
