// One session with Codex: one thread, one turn with everything it has to know, until it says that it is done.
import { type Clock, SECOND } from "#lib/clock.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { OneTurn as Conversation, Ending } from "../session/one-turn.ts";
import { openRpc, type Rpc } from "./rpc.ts";
import { initialize, interruptTurn, startThread, startTurn, type ThreadChoices } from "./thread.ts";
import { createTranslation, type Translation, type TurnEnd } from "./translation.ts";
import { sentenceOf } from "./words.ts";

const DRIVER = "codex";
/** How long an interrupted turn may take to end by itself. */
const INTERRUPT_PATIENCE = SECOND;
const REASON_LENGTH = 3000;

export interface ConversationOptions extends ThreadChoices {
  readonly clock: Clock;
}

interface Parts {
  readonly rpc: Rpc;
  readonly translation: Translation;
}

function open({ agent, record }: Conversation, { clock, tree }: ConversationOptions): Parts {
  const translation = createTranslation(record, tree);
  const rpc = openRpc({
    lines: agent.lines,
    send: (line) => agent.send(line),
    clock,
    onNotification: (method, params) => translation.take(method, params),
    onRequest: () => undefined, // with the policy "never" it has nothing to ask
    onStray: (line) => record.line("stdout", line),
  });
  return { rpc, translation };
}

interface Turn {
  readonly rpc: Rpc;
  readonly threadId: string;
  readonly turnId: string;
  readonly end: Promise<TurnEnd>;
}

/** Asks the turn to end, for no longer than a moment: whoever aborted wants the sandbox's end, with or without Codex's. */
async function interrupt({ rpc, threadId, turnId, end }: Turn, clock: Clock): Promise<void> {
  const asked = interruptTurn(rpc, threadId, turnId, INTERRUPT_PATIENCE).then(() => end);
  await Promise.race([asked.then(noted, noted), clock.sleep(INTERRUPT_PATIENCE)]);
}
const noted = () => undefined;

/** Rejects with the signal's reason once it aborts. */
function whenAborted(signal: AbortSignal): { readonly aborted: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  promise.catch(noted);
  return { aborted: promise, forget: () => signal.removeEventListener("abort", onAbort) };
}

async function exitReason({ agent }: Conversation): Promise<string> {
  const { code, signal, stderr } = await agent.ended;
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  const said = visibleText(stderr.trim()).slice(-1000);
  return `Codex ${how} before its turn was over.${said === "" ? "" : ` It said: ${said}`}`;
}

function endingOf({ status, error, text }: TurnEnd): Ending {
  if (status === "completed") return { outcome: "done", text };
  const reason = error === null ? "Codex broke off its turn and gave no reason." : sentenceOf(error);
  return { outcome: "failed", reason: visibleText(reason).slice(0, REASON_LENGTH).toWellFormed() };
}

/** Up to the first prompt: the thread's name is told before anything is sent that it would be needed for. */
async function begin(
  { record, prompt }: Conversation,
  options: ConversationOptions,
  { rpc, translation }: Parts,
): Promise<Turn> {
  await initialize(rpc);
  const threadId = await startThread(rpc, options);
  translation.bind(threadId);
  await record.bound(DRIVER, threadId);
  await record.startTurn();
  await record.prompt("goal", prompt);
  const end = translation.nextEnd();
  return { rpc, threadId, end, turnId: await startTurn(rpc, threadId, prompt) };
}

async function brokenOff(conversation: Conversation, { rpc }: Parts): Promise<Ending> {
  await rpc.over; // throws where it was our side that could not go on
  const reason = await exitReason(conversation);
  await conversation.record.endTurn("failed", reason);
  return { outcome: "failed", reason };
}

/** What Codex does with the prompt. Throws the signal's reason where it aborts, after the turn was interrupted. */
export async function converse(conversation: Conversation, options: ConversationOptions): Promise<Ending> {
  const { record, signal } = conversation;
  const parts = open(conversation, options);
  const { aborted, forget } = whenAborted(signal);
  let turn: Turn | null = null;
  try {
    turn = await Promise.race([begin(conversation, options, parts), aborted]);
    const ended = await Promise.race([turn.end, aborted, parts.rpc.over.then(() => null)]);
    if (ended === null) return await brokenOff(conversation, parts);
    const ending = endingOf(ended);
    await record.endTurn(ended.status, ending.outcome === "failed" ? ending.reason : undefined);
    return ending;
  } catch (error) {
    if (!signal.aborted && turn === null && parts.rpc.hasEnded()) return await brokenOff(conversation, parts);
    if (!signal.aborted || turn === null) throw error;
    await interrupt(turn, options.clock);
    await record.endTurn("interrupted");
    throw error;
  } finally {
    forget();
  }
}
