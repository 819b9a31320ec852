"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { action } from "#lib/guard/action.ts";
import {
  addChannel,
  askTest,
  removeChannel,
  retireSecret,
  rotateSigning,
  setSecret,
} from "#lib/notices/channels.ts";
import { chooseDigest } from "#lib/notices/digests/choose-digest.ts";
import {
  AddChannel,
  ChooseDigest,
  NoticeKind,
  OneChannel,
  QuietHours,
  RetireSecret,
  SendAgain,
  SetSecret,
  Subscription,
} from "#lib/notices/schema.ts";
import {
  clearQuietHours,
  setQuietHours,
  subscribe,
  subscribeToAll,
  unsubscribe,
} from "#lib/notices/subscriptions.ts";
import { sendAgain } from "#lib/notices/upkeep/send-again.ts";

const ONCE = "Give the receiver this signing secret now; it is shown this once:";

export const add = action({
  permission: "channel.manage",
  maxBytes: 4096,
  input: AddChannel,
  handler: async ({ scope, input }) => {
    const { signing } = await addChannel(scope, input);
    revalidatePath("/notices");
    return { done: signing === null ? "The channel is added." : `The channel is added. ${ONCE} ${signing}` };
  },
});

export const test = action({
  permission: "channel.manage",
  maxBytes: 1024,
  input: OneChannel,
  handler: async ({ scope, input: { channelId } }) => {
    await askTest(scope, channelId);
    revalidatePath(`/notices/${channelId}`);
    return { done: "The worker sends it; what came of it stands below." };
  },
});

export const replace = action({
  permission: "channel.manage",
  maxBytes: 4096,
  input: SetSecret,
  handler: async ({ scope, input }) => {
    await setSecret(scope, input);
    revalidatePath(`/notices/${input.channelId}`);
    return { done: "The new one is sealed and used from now on." };
  },
});

export const rotate = action({
  permission: "channel.manage",
  maxBytes: 1024,
  input: OneChannel,
  handler: async ({ scope, input: { channelId } }) => {
    const { signing } = await rotateSigning(scope, channelId);
    revalidatePath(`/notices/${channelId}`);
    return { done: `Messages bear both signatures from now on. ${ONCE} ${signing}` };
  },
});

export const retire = action({
  permission: "channel.manage",
  maxBytes: 1024,
  input: RetireSecret,
  handler: async ({ scope, input }) => {
    await retireSecret(scope, input);
    revalidatePath(`/notices/${input.channelId}`);
    return { done: "The secret is retired." };
  },
});

export const again = action({
  permission: "channel.manage",
  maxBytes: 1024,
  input: SendAgain,
  handler: async ({ scope, input }) => {
    await sendAgain(scope, input);
    revalidatePath(`/notices/${input.channelId}`);
    return { done: "It goes out again, under the same id, if it is still to be told." };
  },
});

export const remove = action({
  permission: "channel.manage",
  maxBytes: 1024,
  input: OneChannel,
  handler: async ({ scope, input: { channelId } }) => {
    await removeChannel(scope, channelId);
    redirect("/notices");
  },
});

export const tell = action({
  permission: "notice.subscribe",
  maxBytes: 1024,
  input: Subscription.extend({ kind: z.union([NoticeKind, z.literal("everything")]) }),
  handler: async ({ scope, input: { kind, ...where } }) => {
    if (kind === "everything") await subscribeToAll(scope, where);
    else await subscribe(scope, { ...where, kind });
    revalidatePath("/notices");
    return { done: "You are told from now on." };
  },
});

export const stopTelling = action({
  permission: "notice.subscribe",
  maxBytes: 1024,
  input: Subscription,
  handler: async ({ scope, input }) => {
    await unsubscribe(scope, input);
    revalidatePath("/notices");
    return { done: "You are no longer told." };
  },
});

export const quiet = action({
  permission: "notice.subscribe",
  maxBytes: 1024,
  input: QuietHours,
  handler: async ({ scope, input }) => {
    await setQuietHours(scope, input);
    revalidatePath("/notices");
    return { done: "The hours are kept." };
  },
});

export const noQuiet = action({
  permission: "notice.subscribe",
  maxBytes: 1024,
  input: z.object({}),
  handler: async ({ scope }) => {
    await clearQuietHours(scope);
    revalidatePath("/notices");
    return { done: "There are no hours of quiet any more." };
  },
});

export const digest = action({
  permission: "notice.subscribe",
  maxBytes: 1024,
  input: ChooseDigest,
  handler: async ({ scope, input: { isOn, ...when } }) => {
    await chooseDigest(scope, { ...when, isOn: isOn === "yes" });
    revalidatePath("/notices");
    return { done: isOn === "yes" ? "You are told every day at this time." : "You are sent no digest." };
  },
});
