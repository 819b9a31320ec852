// One turn: what is said and told as delivered, the program's answer to it, and what came in between.
import { SECOND } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { PromptOrigin } from "#lib/protocol/agent-events.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { MessageEffect } from "#lib/protocol/steering.ts";
import { orAborted } from "../or-aborted.ts";
import type { Talk, TurnEnd } from "../port.ts";
import type { FollowedRecord } from "../record.ts";
import type { Desk } from "./desk.ts";

export interface Prompt {
  readonly origin: PromptOrigin;
  readonly text: string;
  /** The message of a person that it is, and when that takes effect. */
  readonly message?: string;
  readonly effect?: MessageEffect;
}

export interface TurnOptions {
  readonly talk: Talk;
  readonly desk: Desk;
  readonly record: FollowedRecord;
  readonly signal: AbortSignal;
  emit(event: NewEvent): Promise<void>;
}

export interface EndedTurn extends TurnEnd {
  /** It was asked to end and did not: the program has to be ended. */
  readonly isStuck: boolean;
  /** It was asked to end, from here. */
  readonly wasInterrupted: boolean;
  /** Whether anything came of it. */
  readonly hadItems: boolean;
}

const STUCK = { status: "interrupted", text: "", isStuck: true } as const;

/** What a repository, a program or a sandbox made impossible is a turn that failed; our own faults are not. */
function asFailed(error: unknown): TurnEnd {
  if (error instanceof AppError && error.code === "refused")
    return { status: "failed", text: "", error: error.message };
  throw error;
}

export async function runTurn(options: TurnOptions, prompts: readonly Prompt[]): Promise<EndedTurn> {
  const { talk, desk, record, signal, emit } = options;
  await record.startTurn();
  for (const { origin, text, message, effect = "after_turn" } of prompts) {
    await record.prompt(origin, text);
    if (message !== undefined) await emit({ kind: "message_delivered", body: { message, effect } });
  }
  const before = record.items();
  const text = prompts.map((prompt) => prompt.text).join("\n\n");
  const going = talk.turn(text).catch(asFailed);
  const { stuck, ended } = desk.began(talk);
  const end = await orAborted(
    Promise.race([going.then((done) => ({ ...done, isStuck: false })), stuck.then(() => STUCK)]),
    signal,
  );
  const wasInterrupted = await ended();
  const hadItems = record.items() > before;
  // A run that is paused loses its way to the model at once: the word that says so may come a moment later.
  if (end.status === "failed" && (await desk.parkingWithin(SECOND)) !== null) {
    await record.endTurn("interrupted");
    return { ...end, status: "interrupted", hadItems, wasInterrupted };
  }
  await record.endTurn(end.status, "error" in end ? end.error : undefined);
  return { ...end, hadItems, wasInterrupted };
}
