// One session with Codex: one thread, turn after turn, each of which can be spoken into and ended, and asks.
import { randomUUID } from "node:crypto";
import { type Clock, SECOND } from "#lib/clock.ts";
import { AppError, conflict, refused } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { AskAnswer, Conversation, Question, SteerEffect, Talk, TurnEnd } from "../session/port.ts";
import { createApprovals } from "./approvals.ts";
import { isTransient, reasonOf } from "./failures.ts";
import { openRpc } from "./rpc.ts";
import {
  initialize,
  interruptTurn,
  resumeThread,
  startThread,
  startTurn,
  steerTurn,
  type TurnName,
} from "./thread.ts";
import { createTranslation, type EndedTurn } from "./translation.ts";

/** How long Codex may take to end a turn; then it is ended itself, and is taken up again from what was kept. */
const INTERRUPT_PATIENCE = 10 * SECOND;

export interface TalkOptions {
  readonly clock: Clock;
  /** The checkout. */
  readonly tree: string;
}

interface Turn {
  /** As Codex names it; null where Codex ended before. */
  readonly name: PromiseWithResolvers<TurnName | null>;
  readonly end: PromiseWithResolvers<TurnEnd>;
}

interface Said {
  readonly taken: PromiseWithResolvers<SteerEffect>;
  /** Whether a tool was at work when it was said. */
  readonly duringTool: boolean;
}

const isRefused = (error: unknown): boolean => error instanceof AppError && error.code === "refused";
const over = () => conflict("The turn has ended.");

function turnEnd({ status, text, error }: EndedTurn): TurnEnd {
  if (status !== "failed") return { status, text };
  return { status, text, error: reasonOf(error), transient: error !== null && isTransient(error) };
}

export function openTalk(conversation: Conversation, { clock, tree }: TalkOptions): Talk {
  const { agent, record, asks } = conversation;
  /** By the names we gave them: what was said into the turn and its model was not given yet. */
  const said = new Map<string, Said>();
  let thread: string | null = null;
  let turn: Turn | null = null;

  const translation = createTranslation({
    record,
    tree,
    onEnd(ended) {
      const own = turn;
      void own?.name.promise.then((name) => {
        if (turn === own && name?.turnId === ended.id) endTurn(turnEnd(ended));
      });
    },
    onRead(clientId, brokeOff) {
      const words = said.get(clientId);
      said.delete(clientId);
      words?.taken.resolve(words.duringTool && !brokeOff ? "tool_boundary" : "preempt");
    },
  });
  const rpc = openRpc({
    lines: agent.lines,
    send: (line) => agent.send(line),
    clock,
    onNotification: (method, params) => translation.take(method, params),
    onRequest: createApprovals({ tree, find: translation.find, ask }),
    onStray: (line) => record.line("stdout", line),
  });
  // Nothing more comes: of Codex itself, or because something of ours could not go on.
  rpc.over.then(stopped, (error: unknown) => failTurn(error));

  function endTurn(end: TurnEnd): void {
    for (const { taken } of said.values()) taken.reject(over());
    said.clear();
    const ended = turn;
    turn = null;
    ended?.end.resolve(end);
  }

  function failTurn(error: unknown): void {
    turn?.end.reject(error);
    endTurn({ status: "failed", text: "" });
  }

  async function stopped(): Promise<void> {
    if (turn !== null)
      await howItEnded().then((error) => endTurn({ status: "failed", text: "", error }), failTurn);
  }

  async function howItEnded(): Promise<string> {
    const { code, signal, stderr } = await agent.ended;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const words = visibleText(stderr.trim()).slice(-1000).toWellFormed();
    return `Codex ${how} before its turn was over.${words === "" ? "" : ` It said: ${words}`}`;
  }

  /** Codex has no place for the reason of a refusal: it is said into the turn, and read when the item is over. */
  async function ask(question: Question): Promise<AskAnswer> {
    const answer = await conversation.ask(question);
    const { decision, reason } = answer;
    const name = decision === "declined" && reason.trim() !== "" ? await turn?.name.promise : null;
    if (name) {
      const text = `This was declined: ${question.title}\nThe reason: ${reason.trim()}`;
      await record.prompt("answer", text);
      await steerTurn(rpc, name, randomUUID(), text).catch(unlessOver);
    }
    return answer;
  }

  async function bind(native: string | null): Promise<string> {
    const choices = { tree, asks };
    await initialize(rpc);
    if (native === null) return startThread(rpc, choices);
    try {
      translation.bind(native); // its count is told before the answer
      await resumeThread(rpc, native, choices);
      return native;
    } catch (error) {
      // It says so itself where it has no such thread. What it says else, it says of a new one too.
      if (!isRefused(error) || rpc.hasEnded()) throw error;
      return startThread(rpc, choices);
    }
  }

  return {
    async begin(native) {
      try {
        thread = await bind(native);
        translation.bind(thread);
        return thread;
      } catch (error) {
        if (!rpc.hasEnded()) throw error;
        await rpc.over; // throws where it was our side that could not go on
        throw refused(await howItEnded());
      }
    },
    async turn(text) {
      if (thread === null) throw new Error("No session was begun.");
      const own: Turn = { name: Promise.withResolvers(), end: Promise.withResolvers() };
      own.end.promise.catch(() => undefined); // awaited below
      turn = own;
      translation.startTurn();
      try {
        own.name.resolve({ threadId: thread, turnId: await startTurn(rpc, thread, text) });
      } catch (error) {
        own.name.resolve(null);
        if (!rpc.hasEnded()) {
          turn = null;
          throw error;
        }
        await stopped();
      }
      return own.end.promise;
    },
    async steer(text) {
      const name = await turn?.name.promise;
      if (!name || turn === null) throw over();
      const taken = Promise.withResolvers<SteerEffect>();
      taken.promise.catch(() => undefined); // awaited below
      const clientId = randomUUID();
      said.set(clientId, { taken, duringTool: translation.isAtTool() });
      try {
        await steerTurn(rpc, name, clientId, text);
      } catch (error) {
        said.delete(clientId);
        throw isRefused(error) || rpc.hasEnded() ? over() : error;
      }
      return taken.promise;
    },
    async interrupt() {
      const own = turn;
      const name = await own?.name.promise;
      if (!own || !name) return;
      const inTime = new AbortController();
      const tooLate = clock.sleep(INTERRUPT_PATIENCE, inTime.signal).then(
        async () => void (await agent.stop()),
        () => undefined, // it ended in time
      );
      const asked = interruptTurn(rpc, name, 2 * INTERRUPT_PATIENCE).catch(unlessOver);
      await Promise.race([asked.then(() => own.end.promise.then(noted, noted)), tooLate]);
      inTime.abort();
    },
  };
}

const noted = () => undefined;

/** A turn that is over needs nothing said and no end; a program that does not answer is ended by whoever waits for it. */
function unlessOver(error: unknown): void {
  if (!(error instanceof AppError) || !["refused", "unavailable"].includes(error.code)) throw error;
}
