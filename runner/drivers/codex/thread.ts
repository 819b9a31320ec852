// A thread of the app-server: begun or taken up again, and its turns. Policies are said each time: a thread that is taken
// up again would keep those it had.
import { CODEX } from "#lib/agent-programs/pins.ts";
import { SECOND } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import {
  type ApprovalPolicy,
  Initialized,
  Nothing,
  SILENCED,
  ThreadStarted,
  TurnStarted,
  TurnSteered,
} from "./messages.ts";
import type { Rpc } from "./rpc.ts";

/** It reads 300 MB from disk before it answers for the first time. */
const START_PATIENCE = 120 * SECOND;
const PATIENCE = 30 * SECOND;

/** Throws a sentence where it is another version than the driver was written for. */
export async function initialize(rpc: Rpc): Promise<void> {
  const clientInfo = { name: "pilothouse_runner", title: "Pilothouse", version: "1" };
  const capabilities = { experimentalApi: false, optOutNotificationMethods: SILENCED };
  const { userAgent } = await rpc.call(
    "initialize",
    { clientInfo, capabilities },
    Initialized,
    START_PATIENCE,
  );
  if (!userAgent.startsWith(`${clientInfo.name}/${CODEX.version} `))
    throw refused(
      `This is not Codex ${CODEX.version}, which is the version that is known here; it says "${userAgent.slice(0, 200)}".`,
    );
  await rpc.notify("initialized");
}

export interface ThreadChoices {
  /** The checkout. */
  readonly tree: string;
  /** Whether it asks before it runs a command or changes a file. */
  readonly asks: boolean;
}

/**
 * Inside our sandbox Codex needs none of its own. What asks about everything is said here and not in its configuration,
 * where the pinned version no longer takes it.
 */
const policies = ({ tree, asks }: ThreadChoices) => ({
  cwd: tree,
  approvalPolicy: (asks ? "untrusted" : "never") satisfies ApprovalPolicy,
  approvalsReviewer: "user",
  sandbox: "danger-full-access",
});

async function openThread(
  rpc: Rpc,
  method: "thread/start" | "thread/resume",
  choices: ThreadChoices,
  more: object,
): Promise<string> {
  const chosen = policies(choices);
  const { thread, approvalPolicy } = await rpc.call(method, { ...chosen, ...more }, ThreadStarted, PATIENCE);
  if (approvalPolicy !== chosen.approvalPolicy)
    throw refused(`Codex was told to ask "${chosen.approvalPolicy}" and would ask "${approvalPolicy}".`);
  return thread.id;
}

/** The thread's name, which another process can take it up by. */
export const startThread = (rpc: Rpc, choices: ThreadChoices): Promise<string> =>
  openThread(rpc, "thread/start", choices, {});

/** Takes up a thread of another process that has ended, in the same CODEX_HOME. A turn that was under way is over. */
export async function resumeThread(rpc: Rpc, threadId: string, choices: ThreadChoices): Promise<void> {
  const found = await openThread(rpc, "thread/resume", choices, { threadId, excludeTurns: true });
  if (found !== threadId) throw refused("Codex took up another thread than it was asked for.");
}

const asInput = (text: string) => [{ type: "text", text, text_elements: [] }];

/** The turn's name. It goes on until `turn/completed`. */
export async function startTurn(rpc: Rpc, threadId: string, text: string): Promise<string> {
  const { turn } = await rpc.call("turn/start", { threadId, input: asInput(text) }, TurnStarted, PATIENCE);
  return turn.id;
}

export interface TurnName {
  readonly threadId: string;
  readonly turnId: string;
}

/**
 * Says something into a turn. Codex has it then, not its model: that is told by a `userMessage` with this name, and not at
 * all where the turn ends before. Rejects (`refused`) where the turn is over.
 */
export async function steerTurn(
  rpc: Rpc,
  { threadId, turnId }: TurnName,
  clientUserMessageId: string,
  text: string,
): Promise<void> {
  const params = { threadId, expectedTurnId: turnId, clientUserMessageId, input: asInput(text) };
  await rpc.call("turn/steer", params, TurnSteered, PATIENCE);
}

/** Rejects (`refused`) where the turn is over. */
export async function interruptTurn(rpc: Rpc, turn: TurnName, patience: number): Promise<void> {
  await rpc.call("turn/interrupt", turn, Nothing, patience);
}
