// A session with Codex of one turn: said once, waited for, asked about nothing.
import type { Clock } from "#lib/clock.ts";
import type { Ending, OneTurn } from "../session/one-turn.ts";
import { openTalk } from "./talk.ts";

export interface ConversationOptions {
  readonly clock: Clock;
  readonly tree: string;
}

export async function converse(
  { agent, record, prompt, signal }: OneTurn,
  options: ConversationOptions,
): Promise<Ending> {
  const ask = async () => ({ decision: "declined" as const, reason: "" });
  const talk = openTalk({ agent, record, signal, asks: false, ask }, options);
  await record.bound("codex", await talk.begin(null));
  await record.startTurn();
  await record.prompt("goal", prompt);
  signal.addEventListener("abort", () => void talk.interrupt().catch(() => undefined), { once: true });
  const { status, text, error } = await talk.turn(prompt).catch((broken: unknown) => {
    signal.throwIfAborted();
    throw broken;
  });
  await record.endTurn(status, error);
  signal.throwIfAborted();
  if (status === "completed") return { outcome: "done", text };
  return { outcome: "failed", reason: error ?? "Codex broke off its turn and gave no reason." };
}
