// Files that a run hands in beside its patch: what a runner is told to take, and why it takes one not.
import { z } from "zod";

/** Of one run, whatever a charter says. */
export const MOST_ARTEFACTS = 200;
export const MOST_ARTEFACT_BYTES = 64 * 1024 * 1024;
/** UTF-8 bytes of a path, and folders it may lie deep in. */
export const MOST_PATH_BYTES = 300;
export const MOST_DEPTH = 12;
/** Refused ones that are named; the rest is counted. */
export const MOST_REFUSED = 50;

/** As a charter says it: files, and folders with everything below them. Relative to the checkout. */
export const ArtefactPlan = z.object({
  paths: z.array(z.string().min(1).max(300)).min(1).max(20),
  count: z.int().min(1).max(MOST_ARTEFACTS),
  bytes: z.int().min(1).max(MOST_ARTEFACT_BYTES),
});
export type ArtefactPlan = z.infer<typeof ArtefactPlan>;

/** Why something that lay there was not taken. */
export const ArtefactFault = z.enum([
  "symlink",
  "hardlink",
  "fifo",
  "socket",
  "device",
  "sparse",
  "empty",
  "name",
  "depth",
  "count",
  "bytes",
  "unreadable",
]);
export type ArtefactFault = z.infer<typeof ArtefactFault>;

/** Whether a path is what a plan names, or lies below it; plain, without a way out. */
export function isPlanned({ paths }: Pick<ArtefactPlan, "paths">, path: string): boolean {
  const parts = path.split("/");
  const isPlain = parts.every((part) => !["", ".", ".."].includes(part)) && !/\p{Cc}/u.test(path);
  const fits = Buffer.byteLength(path) <= MOST_PATH_BYTES && parts.length <= MOST_DEPTH;
  return isPlain && fits && paths.some((planned) => path === planned || path.startsWith(`${planned}/`));
}

/** PUT leases/:id/uploads/artefact/:path, which is signed like every path: base64url, so that nobody on the way writes it otherwise. */
export const PathSegment = z.string().regex(/^[A-Za-z0-9_-]{1,500}$/);
export const segmentOf = (path: string): string => Buffer.from(path, "utf8").toString("base64url");
export const pathIn = (segment: string): string => Buffer.from(segment, "base64url").toString("utf8");

export const artefactBodies = {
  /** It is with the control plane, in quarantine. */
  artefact_handed_in: z.object({
    artefact: z.string().max(100),
    path: z.string().max(1000),
    bytes: z.int().min(0),
  }),
  /** It lay where artefacts are looked for, and was not taken. */
  artefact_refused: z.object({
    /** Made visible and cut. */
    path: z.string().max(1000),
    fault: ArtefactFault,
    /** How many alike this stands for, where they are not named one by one. */
    times: z.int().min(1).default(1),
  }),
} as const;
