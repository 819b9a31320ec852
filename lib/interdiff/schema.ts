import { z } from "zod";
import { PatchFile } from "../patches/schema.ts";

/** `old`: what is taken away, and what stays as it was; `new`: what is added, and what stays as it is now. */
export const Side = z.enum(["old", "new"]);
export type Side = z.infer<typeof Side>;

/** What the blob of an interdiff begins with, in one line; the unified diff follows. */
export const InterdiffHead = z.object({ files: z.array(PatchFile) });

export interface Interdiff {
  /** In the order of the diff's files. */
  readonly files: readonly PatchFile[];
  /** Secrets stand in it. */
  readonly diff: string;
  /** The same as git wrote it. */
  readonly raw?: Buffer;
}

/** `waiting`: the worker has not made it yet; `taken_away`: by an order, with the patches it was made of. */
export type FoundInterdiff =
  | ({ readonly state: "made" } & Interdiff)
  | { readonly state: "waiting" }
  | { readonly state: "taken_away" }
  | { readonly state: "problem"; readonly problem: string };

/** An earlier patch as the review offers it to be compared with. */
export interface EarlierPatch {
  readonly id: string;
  readonly attempt: number;
  readonly baseCommit: string;
  readonly createdAt: Date;
}
