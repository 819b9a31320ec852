"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { choosePatch, closeComparison } from "#lib/comparisons/close-comparison.ts";
import { judgeAttempt } from "#lib/comparisons/judge-attempt.ts";
import { planComparison } from "#lib/comparisons/plan-comparison.ts";
import {
  ChoosePatch,
  CloseComparison,
  JudgeAttempt,
  PlanForm,
  StartComparison,
} from "#lib/comparisons/schema.ts";
import { startComparison } from "#lib/comparisons/start-comparison.ts";
import { action } from "#lib/guard/action.ts";

const PATH = "/agents/compare";

export const plan = action({
  permission: "run.launch",
  maxBytes: 900_000,
  input: PlanForm,
  handler: async ({ scope, input }) => {
    const { comparisonId } = await planComparison(scope, input);
    revalidatePath(PATH);
    redirect(`${PATH}/${comparisonId}`);
  },
});

export const start = action({
  permission: "run.launch",
  maxBytes: 1024,
  input: StartComparison,
  handler: async ({ scope, input }) => {
    const { launched, refusal } = await startComparison(scope, input);
    revalidatePath(PATH, "layout");
    return {
      done: refusal === null ? `${launched} attempts wait in the queue.` : `${launched} launched. ${refusal}`,
    };
  },
});

export const judge = action({
  permission: "gate.decide",
  maxBytes: 8192,
  input: JudgeAttempt,
  handler: async ({ scope, input }) => {
    await judgeAttempt(scope, input);
    revalidatePath(PATH, "layout");
    redirect(`${PATH}/${encodeURIComponent(input.comparisonId)}/review`);
  },
});

export const close = action({
  permission: "run.view",
  maxBytes: 8192,
  input: CloseComparison,
  handler: async ({ scope, input }) => {
    await closeComparison(scope, input);
    revalidatePath(PATH, "layout");
    return { done: "The comparison is closed." };
  },
});

export const choose = action({
  permission: "run.launch",
  maxBytes: 8192,
  input: ChoosePatch,
  handler: async ({ scope, input }) => {
    await choosePatch(scope, input);
    revalidatePath(PATH, "layout");
    return { done: "It is decided." };
  },
});
