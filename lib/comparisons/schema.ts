import { z } from "zod";
import { RunKind } from "../pilots/schema/goal.ts";
import { MAX_TASK } from "../runs/schema.ts";

export const ComparisonState = z.enum(["planned", "started", "closed"]);
export type ComparisonState = z.infer<typeof ComparisonState>;

/** acceptable: could be merged; wrong: does not do what was asked, or harms; incomplete: does part of it. */
export const Verdict = z.enum(["acceptable", "wrong", "incomplete"], "Choose a verdict.");
export type Verdict = z.infer<typeof Verdict>;

/** A comparison of more would fill the queue for days. */
export const MOST_ATTEMPTS = 200;
export const MOST_TASKS = 26;
export const MOST_CONTESTANTS = 8;
export const MOST_EACH = 20;

export const ComparedTask = z.strictObject({
  title: z
    .string()
    .trim()
    .min(3, "Give each task a title of 3 characters or more.")
    .max(120, "A task's title has at most 120 characters."),
  /** What every contestant is to do, word for word. */
  task: z
    .string()
    .trim()
    .min(3, "Say of each task what is to be done.")
    .max(MAX_TASK, `At most ${MAX_TASK.toLocaleString("en")} characters.`),
  kind: RunKind,
});
export type ComparedTask = z.infer<typeof ComparedTask>;

const EACH = `Write a whole number of attempts from 1 to ${MOST_EACH}.`;
const reason = z.string().trim().min(3, "Say why in a few words.").max(500, "At most 500 characters.");
const id = z.string().min(1).max(100);

export const PlanComparison = z.object({
  pilotId: z.string().min(1, "Choose a pilot.").max(100),
  title: z
    .string()
    .trim()
    .min(3, "Give it a name of 3 characters or more.")
    .max(120, "At most 120 characters."),
  agents: z
    .array(id)
    .min(2, "Choose two agents or more.")
    .max(MOST_CONTESTANTS, `At most ${MOST_CONTESTANTS} agents.`)
    .refine((agents) => new Set(agents).size === agents.length, "Name each agent once."),
  reviewers: z
    .array(id)
    .min(1, "Choose who judges: one person or more.")
    .max(20, "At most 20 people.")
    .refine((people) => new Set(people).size === people.length, "Name each person once."),
  tasks: z
    .array(ComparedTask)
    .min(1, "Write one task or more.")
    .max(MOST_TASKS, `At most ${MOST_TASKS} tasks.`),
  each: z.coerce.number({ error: EACH }).int(EACH).min(1, EACH).max(MOST_EACH, EACH),
});
export type PlanComparison = z.infer<typeof PlanComparison>;

const valuesOf = (given: unknown): unknown =>
  typeof given === "object" && given !== null && !Array.isArray(given) ? Object.values(given) : given;

/** As a form sends it: tasks by their numbers, and nothing at all where no box is ticked. */
export const PlanForm = PlanComparison.extend({
  agents: z.preprocess((given) => given ?? [], PlanComparison.shape.agents),
  reviewers: z.preprocess((given) => given ?? [], PlanComparison.shape.reviewers),
  tasks: z.preprocess(valuesOf, PlanComparison.shape.tasks),
});

export const StartComparison = z.object({ comparisonId: id });
export type StartComparison = z.infer<typeof StartComparison>;

export const JudgeAttempt = z.object({
  comparisonId: id,
  label: z.string().min(1).max(20),
  /** Of the patch that was shown: a verdict about another one is refused. */
  patch: z.string().regex(/^[0-9a-f]{64}$/, "Reload the page: the patch is not named."),
  verdict: Verdict,
  reason,
});
export type JudgeAttempt = z.infer<typeof JudgeAttempt>;

export const CloseComparison = z.object({ comparisonId: id, reason });
export type CloseComparison = z.infer<typeof CloseComparison>;

export const ChoosePatch = z.object({
  comparisonId: id,
  /** Empty: none is merged. */
  attemptId: z.string().max(100),
  reason,
});
export type ChoosePatch = z.infer<typeof ChoosePatch>;

/** What everybody who sees the pilot may know while it is judged. */
export interface ComparisonView {
  readonly id: string;
  readonly pilotId: string;
  readonly pilotName: string;
  readonly repositoryName: string;
  readonly title: string;
  readonly state: ComparisonState;
  readonly baseCommit: string;
  readonly charterDigest: string;
  readonly tasks: readonly ComparedTask[];
  readonly each: number;
  readonly ceilingMicros: number;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly closedAt: Date | null;
  readonly closeReason: string | null;
  readonly chosenAt: Date | null;
  readonly progress: Progress;
  readonly reviewers: readonly { readonly id: string; readonly name: string }[];
}

export interface Progress {
  readonly attempts: number;
  readonly launched: number;
  /** Launched, and neither ended nor in review. */
  readonly running: number;
  /** Green, and nobody has judged them. */
  readonly waiting: number;
  readonly judged: number;
}

export interface Contestant {
  readonly agentId: string;
  readonly name: string;
  readonly model: string | null;
  readonly driver: string;
}

/** An attempt as it is shown to those who are not blind. */
export interface AttemptView {
  readonly id: string;
  readonly place: number;
  readonly label: string;
  readonly agentId: string;
  readonly task: number;
  readonly round: number;
  readonly runId: string | null;
  readonly status: string | null;
  readonly evidence: string | null;
  readonly verdict: Verdict | null;
  readonly verdictReason: string | null;
  readonly judgedByName: string | null;
  readonly isChosen: boolean;
  readonly costMicros: number;
  /** From the first lease to the review, or to the end. */
  readonly milliseconds: number | null;
  readonly deniedAsks: number;
  readonly findings: number;
}

/** What a blind reviewer is sent: nothing here says, or leads to, whose patch it is. */
export interface BlindAttempt {
  readonly label: string;
  readonly title: string;
  readonly task: string;
  readonly kind: string;
  readonly verdict: Verdict | null;
}

export interface BlindPatch extends BlindAttempt {
  readonly digest: string;
  readonly diff: string;
  /** Characters of the diff that are not shown. */
  readonly leftOut: number;
  /** Names of contestants that were taken out of the diff. */
  readonly masked: number;
}
