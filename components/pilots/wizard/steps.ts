// The steps in which a charter is written: their order, which field is asked where, and how each stands. Pure.
import type { FieldErrors } from "#lib/errors.ts";
import { plural } from "../../format.ts";

export const STEPS = [
  { key: "goal", title: "Goal" },
  { key: "scope", title: "Scope" },
  { key: "environment", title: "Environment" },
  { key: "controls", title: "Controls" },
  { key: "kpis", title: "KPIs and observability" },
  { key: "rollback", title: "Rollback and exit" },
  { key: "review", title: "Review" },
] as const;

export type StepKey = (typeof STEPS)[number]["key"];

/** What an address says; the first step where it says nothing that is one. */
export const stepOf = (text: string | null | undefined): StepKey =>
  STEPS.find(({ key }) => key === text)?.key ?? "goal";

export const titleOf = (step: StepKey): string => STEPS.find(({ key }) => key === step)?.title ?? "";

export const nextOf = (step: StepKey): StepKey =>
  STEPS[STEPS.findIndex(({ key }) => key === step) + 1]?.key ?? "review";

export const previousOf = (step: StepKey): StepKey =>
  STEPS[STEPS.findIndex(({ key }) => key === step) - 1]?.key ?? "goal";

/** Name and time zone are the pilot's own and are asked first; a field nobody knows is told at the end. */
export function stepOfField(field: string): StepKey {
  if (field === "name" || field === "timeZone") return "goal";
  const part = field.split(".")[0];
  return STEPS.find(({ key }) => key === part)?.key ?? "review";
}

/** The problems of one step, those of its fields. */
export function problemsOf(fields: FieldErrors, step: StepKey): FieldErrors {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => stepOfField(field) === step));
}

/** Where somebody has to go first; null where nothing is wrong. */
export const firstWrong = (fields: FieldErrors): StepKey | null =>
  STEPS.find(({ key }) => Object.keys(problemsOf(fields, key)).length > 0)?.key ?? null;

export type StepState = "done" | "wrong" | "unseen";

export interface StepView {
  readonly state: StepState;
  /** Below its title. */
  readonly fact: string;
}

/**
 * A step that nobody looked at is neither right nor wrong yet; nor is one somebody is still at. The last look never is.
 * `told`: problems that were told already; `all`: with those that were not.
 */
export function stepView(
  step: StepKey,
  { told, all }: { readonly told: FieldErrors; readonly all: FieldErrors },
  seen: ReadonlySet<StepKey>,
): StepView {
  if (step === "review") return { state: "unseen", fact: "" };
  if (!seen.has(step)) return { state: "unseen", fact: "not visited" };
  const count = Object.keys(problemsOf(told, step)).length;
  if (count > 0) return { state: "wrong", fact: plural(count, "problem") };
  const isOpen = Object.keys(problemsOf(all, step)).length > 0;
  return isOpen ? { state: "unseen", fact: "not done yet" } : { state: "done", fact: "done" };
}

/** What a server refused stands until its field is changed; of what is typed, only where somebody was before: on the step, or in the field. */
export function shownProblems(args: {
  readonly now: FieldErrors;
  readonly refused: FieldErrors;
  readonly isUnchanged: (field: string) => boolean;
  readonly left: ReadonlySet<StepKey>;
  /** Fields. */
  readonly touched: ReadonlySet<string>;
}): FieldErrors {
  const { now, refused, isUnchanged, left, touched } = args;
  const ofServer = Object.entries(refused).filter(([field]) => isUnchanged(field));
  const ofForm = Object.entries(now).filter(([field]) => left.has(stepOfField(field)) || touched.has(field));
  return Object.fromEntries([...ofServer, ...ofForm]);
}
