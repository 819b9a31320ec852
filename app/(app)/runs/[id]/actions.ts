"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { ScoreDocument } from "#lib/documents/schema.ts";
import { scoreDocument } from "#lib/documents/service.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { DecideGate } from "#lib/gates/schema.ts";
import { action } from "#lib/guard/action.ts";
import { SendMessage, WithdrawMessage } from "#lib/messages/schema.ts";
import { sendMessage } from "#lib/messages/send-message.ts";
import { withdrawMessage } from "#lib/messages/withdraw-message.ts";
import { requestRevert } from "#lib/reverts/request-revert.ts";
import { RequestRevert } from "#lib/reverts/schema.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { pauseRun } from "#lib/runs/pause-run.ts";
import { resumeRun } from "#lib/runs/resume-run.ts";
import { CancelRun, PauseRun } from "#lib/runs/schema.ts";

export const cancel = action({
  permission: "run.cancel",
  maxBytes: 4096,
  input: CancelRun,
  handler: async ({ scope, input }) => {
    await cancelRun(scope, input);
    return { done: "The run is cancelled." };
  },
});

/** Leads to the run that undoes the merge: a new one, or the one that does so already. */
export const revert = action({
  permission: "run.revert",
  maxBytes: 1024,
  input: RequestRevert,
  handler: async ({ scope, input }) => {
    const { runId } = await requestRevert(scope, input);
    redirect(`/runs/${runId}`);
  },
});

/** A form says “on” for a checked box. */
const SteerForm = SendMessage.extend({
  changesGoal: z
    .enum(["on", ""])
    .default("")
    .transform((checked) => checked === "on"),
});

export const steer = action({
  permission: "run.steer",
  maxBytes: 80_000,
  input: SteerForm,
  handler: async ({ scope, input }) => {
    await sendMessage(scope, input);
    revalidatePath(`/runs/${input.runId}`);
    return {};
  },
});

const WITHDRAWN = {
  withdrawn: "Taken back: the agent does not get it.",
  asked: "Asked back: it is taken back unless the agent is getting it right now.",
};

export const withdraw = action({
  permission: "run.steer",
  maxBytes: 4096,
  input: WithdrawMessage,
  handler: async ({ scope, input }) => {
    const state = await withdrawMessage(scope, input);
    revalidatePath(`/runs/${input.runId}`);
    return { done: WITHDRAWN[state] };
  },
});

export const pause = action({
  permission: "run.pause",
  maxBytes: 4096,
  input: PauseRun,
  handler: async ({ scope, input }) => {
    await pauseRun(scope, input);
    revalidatePath(`/runs/${input.runId}`);
    return { done: "The run is paused." };
  },
});

const ResumeRun = z.object({ runId: z.string().min(1).max(100) });

export const resume = action({
  permission: "run.pause",
  maxBytes: 4096,
  input: ResumeRun,
  handler: async ({ scope, input }) => {
    await resumeRun(scope, input);
    revalidatePath(`/runs/${input.runId}`);
    return { done: "The run goes on." };
  },
});

const ANSWERED: Record<string, string> = {
  open: "Your word counts; another person's is needed.",
  approved: "Allowed. The agent is told.",
  denied: "Declined. The agent is told why.",
  void: "The ask was over before: nothing was decided.",
  expired: "The time to answer was over.",
};

/** The answer to an ask, given on the run's page. */
export const answer = action({
  permission: "gate.decide",
  maxBytes: 16_384,
  input: DecideGate,
  handler: async ({ scope, input }) => {
    const { status } = await decideGate(scope, input);
    revalidatePath("/runs/[id]", "page");
    return { done: ANSWERED[status] ?? status };
  },
});

export const scoreIt = action({
  permission: "gate.decide",
  maxBytes: 1024,
  input: ScoreDocument,
  handler: async ({ scope, input }) => {
    await scoreDocument(scope, input);
    revalidatePath(`/runs/${input.runId}`);
    return { done: "Thank you: it is scored." };
  },
});
