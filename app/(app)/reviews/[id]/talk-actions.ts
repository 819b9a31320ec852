"use server";

// What people say about a patch, and what they have seen of it.
import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { FindCause } from "#lib/causes/schema.ts";
import { findCause } from "#lib/causes/service.ts";
import { addComment, replyToThread } from "#lib/comments/add-comment.ts";
import { AddComment, ReplyToThread, SendToAgent, SettleThread } from "#lib/comments/schema.ts";
import { sendToAgent } from "#lib/comments/send-to-agent.ts";
import { reopenThread, resolveThread } from "#lib/comments/settle-thread.ts";
import { action } from "#lib/guard/action.ts";
import { SetViewed } from "#lib/viewed/schema.ts";
import { setViewed } from "#lib/viewed/service.ts";

export const comment = action({
  permission: "review.comment",
  maxBytes: 120_000,
  input: AddComment,
  handler: async ({ scope, input }) => {
    await addComment(scope, input);
    revalidatePath(`/reviews/${input.runId}`);
    return { done: "Your comment stands." };
  },
});

export const reply = action({
  permission: "review.comment",
  maxBytes: 40_000,
  input: ReplyToThread,
  handler: async ({ scope, input }) => {
    await replyToThread(scope, input);
    revalidatePath(`/reviews/${input.runId}`);
    return {};
  },
});

export const settle = action({
  permission: "review.comment",
  maxBytes: 1024,
  input: SettleThread.extend({ to: z.enum(["settled", "open"]) }),
  handler: async ({ scope, input: { to, ...thread } }) => {
    await (to === "settled" ? resolveThread : reopenThread)(scope, thread);
    revalidatePath(`/reviews/${thread.runId}`);
    return {};
  },
});

/** A form names its threads with commas between. */
const SendForm = z.preprocess((form) => {
  const { threadIds, ...rest } = form as Record<string, unknown>;
  const ids = typeof threadIds === "string" ? threadIds.split(",").filter((id) => id !== "") : threadIds;
  return { requestKey: randomUUID(), ...rest, threadIds: ids };
}, SendToAgent);

export const send = action({
  permission: "run.steer",
  maxBytes: 16_384,
  input: SendForm,
  handler: async ({ scope, input }) => {
    await sendToAgent(scope, input);
    revalidatePath(`/reviews/${input.runId}`);
    return { done: "Sent: the agent begins another attempt." };
  },
});

export const see = action({
  permission: "run.view",
  maxBytes: 1_000_000,
  input: SetViewed,
  handler: async ({ scope, input }) => {
    await setViewed(scope, input);
    return {};
  },
});

export const whatWrote = action({
  permission: "run.view",
  maxBytes: 8192,
  input: FindCause,
  handler: ({ scope, input }) => findCause(scope, input),
});
