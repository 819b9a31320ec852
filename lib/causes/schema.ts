import { z } from "zod";

export const FindCause = z.object({
  runId: z.string().min(1).max(100),
  patchId: z.string().min(1).max(100),
  /** As the page names it. */
  path: z.string().min(1).max(4096),
  side: z.enum(["old", "new"]),
  line: z.coerce.number().int().min(1).max(2_147_483_647),
});
export type FindCause = z.infer<typeof FindCause>;

/**
 * How much is known of what wrote a line. `only`: nothing else changed the file. `holds`: several did, and the text of this
 * one alone holds the line. `several`: more than one could have. `base`: it stands in the base. `unknown`: nothing that was
 * recorded says it.
 */
export type Certainty = "only" | "holds" | "several" | "base" | "unknown";

export interface Writer {
  readonly attempt: number;
  /** Of the event in the run's timeline. */
  readonly seq: number;
  /** 0 where the agent has no turns. */
  readonly turn: number;
  readonly what: "command" | "change" | "revert";
  /** What it called itself, or the command. */
  readonly title: string;
  /** One command or call changed other files too: which part of it wrote the line is not known. */
  readonly others: number;
  /** The last thing the agent was told before; null where it was told nothing. */
  readonly prompt: {
    readonly seq: number;
    readonly origin: "goal" | "steer" | "anchor" | "answer";
    readonly text: string;
  } | null;
}

export interface CauseView {
  readonly certainty: Certainty;
  /** The newest first; those that could have written the line. */
  readonly writers: readonly Writer[];
  /** How many more could have. */
  readonly more: number;
  readonly sentence: string;
}
