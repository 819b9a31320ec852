// What Codex asks before it does it, put to whoever decides. It is asked about an item that is open, in the words the item was
// told in; a request about anything else is declined, and nobody sees it.
import { AppError } from "#lib/errors.ts";
import type { AskAnswer, Question } from "../session/port.ts";
import { isRequest, type Request, readRequest } from "./messages.ts";
import { NO_ANSWER } from "./rpc.ts";
import type { OpenItem } from "./translation.ts";
import { patchText, patchTitle, shellWords } from "./words.ts";

/** A program that asks more than this at once has no need to: a model's answer holds a few calls. */
const MOST_AT_ONCE = 16;

export interface ApprovalOptions {
  /** The checkout. */
  readonly tree: string;
  /** An item that is open in the turn under way; null for every other. */
  find(of: { readonly threadId: string; readonly turnId: string; readonly itemId: string }): OpenItem | null;
  ask(question: Question): Promise<AskAnswer>;
}

const ACCEPT = { decision: "accept" };
const DECLINE = { decision: "decline" };

const firstLine = (text: string): string => text.trim().split("\n", 1).join("").slice(0, 300);

/** Null where the request is not about what the item says. */
function questionOf({ method, params }: Request, item: OpenItem, tree: string): Question | null {
  const { itemId, reason } = params;
  const common = { item: itemId, reason: reason ?? "" };
  if (method === "item/fileChange/requestApproval") {
    if (item.type !== "fileChange") return null;
    return {
      what: "change",
      ...common,
      title: patchTitle(item, tree),
      text: patchText(item, tree),
      cwd: tree,
    };
  }
  const { command, cwd } = params;
  // The words are read back from a line: one with a NUL in it is written without quotes.
  if (item.type !== "commandExecution" || item.command !== command || command.includes("\0")) return null;
  const argv = shellWords(command);
  const title = firstLine(argv.at(-1) ?? "");
  return { what: "command", ...common, title, argv, text: JSON.stringify(argv), cwd };
}

/** The answer to a request; undefined for one that is none of these. */
export function createApprovals({ tree, find, ask }: ApprovalOptions) {
  /** Items that are being asked about. */
  const waiting = new Set<string>();

  async function answer(question: Question): Promise<object | typeof NO_ANSWER> {
    waiting.add(question.item);
    try {
      const { decision } = await ask(question);
      return decision === "allowed" ? ACCEPT : DECLINE;
    } catch (error) {
      // The turn is being ended: Codex forgets its request then.
      if (error instanceof AppError && error.code === "conflict") return NO_ANSWER;
      throw error;
    } finally {
      waiting.delete(question.item);
    }
  }

  return (method: string, params: unknown): Promise<unknown> | undefined => {
    if (!isRequest(method)) return undefined;
    const request = readRequest(method, params);
    const item = request && find(request.params);
    const question = item && questionOf(request, item, tree);
    if (question === null || waiting.has(question.item) || waiting.size >= MOST_AT_ONCE)
      return Promise.resolve(DECLINE);
    return answer(question);
  };
}
