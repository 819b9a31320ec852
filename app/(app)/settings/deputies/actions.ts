"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { NameDeputy, SetDuty } from "#lib/deputies/schema.ts";
import { endDeputyship, nameDeputy, removeDuty, setDuty } from "#lib/deputies/service.ts";
import { action } from "#lib/guard/action.ts";
import { parseInput } from "#lib/guard/http/parse.ts";
import { FirstMoment, LastMoment } from "#lib/people/schema.ts";
import { actorId } from "#lib/scope.ts";

const PATH = "/settings/deputies";
const id = z.string().min(1).max(100);
const days = { from: FirstMoment, until: LastMoment } as const;
const orNull = (value: string) => (value === "" ? null : value);

export const standIn = action({
  permission: "pilot.view",
  maxBytes: 2048,
  input: z.strictObject({ deputyId: z.string().max(100), pilotId: z.string().max(100), ...days }),
  handler: async ({ scope, input: { deputyId, pilotId, ...time } }) => {
    const written = { personId: actorId(scope.actor), deputyId: orNull(deputyId), pilotId: orNull(pilotId) };
    await nameDeputy(scope, parseInput(NameDeputy, { ...written, ...time }));
    revalidatePath(PATH);
    return { done: "They decide for you in that time." };
  },
});

export const stepBack = action({
  permission: "pilot.view",
  maxBytes: 1024,
  input: z.strictObject({ deputyshipId: id }),
  handler: async ({ scope, input }) => {
    await endDeputyship(scope, input.deputyshipId);
    revalidatePath(PATH);
    return { done: "It is over." };
  },
});

export const putOnDuty = action({
  permission: "role.grant",
  maxBytes: 2048,
  input: z.strictObject({ pilotId: id, personId: id, ...days }),
  handler: async ({ scope, input }) => {
    await setDuty(scope, parseInput(SetDuty, input));
    revalidatePath(PATH);
    return { done: "They are on duty." };
  },
});

export const takeOffDuty = action({
  permission: "role.grant",
  maxBytes: 1024,
  input: z.strictObject({ dutyId: id }),
  handler: async ({ scope, input }) => {
    await removeDuty(scope, input.dutyId);
    revalidatePath(PATH);
    return { done: "They are off duty." };
  },
});
