// A thread of the app-server: begun or taken up again, and its turns. Policies are said each time: a thread that is taken
// up again would keep those it had.
import { CODEX } from "#lib/agent-programs/pins.ts";
import { SECOND } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import { Initialized, Nothing, SILENCED, ThreadStarted, TurnStarted } from "./messages.ts";
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
}

/** Inside our sandbox Codex needs none of its own, and nobody is there to be asked. */
const policies = ({ tree }: ThreadChoices) => ({
  cwd: tree,
  approvalPolicy: "never",
  sandbox: "danger-full-access",
});

/** The thread's name, which another process can take it up by. */
export async function startThread(rpc: Rpc, choices: ThreadChoices): Promise<string> {
  const { thread } = await rpc.call("thread/start", policies(choices), ThreadStarted, PATIENCE);
  return thread.id;
}

/** Takes up a thread of another process that has ended, in the same CODEX_HOME. A turn that was under way is over. */
export async function resumeThread(rpc: Rpc, threadId: string, choices: ThreadChoices): Promise<void> {
  const params = { threadId, ...policies(choices), excludeTurns: true };
  const { thread } = await rpc.call("thread/resume", params, ThreadStarted, PATIENCE);
  if (thread.id !== threadId) throw refused("Codex took up another thread than it was asked for.");
}

/** The turn's name. It goes on until `turn/completed`. */
export async function startTurn(rpc: Rpc, threadId: string, text: string): Promise<string> {
  const input = [{ type: "text", text, text_elements: [] }];
  const { turn } = await rpc.call("turn/start", { threadId, input }, TurnStarted, PATIENCE);
  return turn.id;
}

export async function interruptTurn(
  rpc: Rpc,
  threadId: string,
  turnId: string,
  patience: number,
): Promise<void> {
  await rpc.call("turn/interrupt", { threadId, turnId }, Nothing, patience);
}
