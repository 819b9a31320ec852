// What Codex says, item by item, in the words of every agent. What was streamed is not said again when its item ends.
import { refused } from "#lib/errors.ts";
import type { ItemStatus } from "#lib/protocol/agent-events.ts";
import type { SessionRecord } from "../session/port.ts";
import {
  type CommandItem,
  type FileChangeItem,
  type Item,
  type Notification,
  readNotification,
  SILENCED,
  type Tokens,
  type TurnError,
} from "./messages.ts";
import { patchText, patchTitle, shellWords } from "./words.ts";

export interface EndedTurn {
  readonly id: string;
  readonly status: "completed" | "interrupted" | "failed";
  readonly error: TurnError | null;
  /** The last message of the turn. */
  readonly text: string;
}

export type OpenItem = CommandItem | FileChangeItem;

export interface TranslationOptions {
  readonly record: SessionRecord;
  /** The checkout, whose name is left out of paths. */
  readonly tree: string;
  onEnd(turn: EndedTurn): void;
  /** Its model is given what was said into the turn under this name. `brokeOff`: for that it left an answer unfinished. */
  onRead(clientId: string, brokeOff: boolean): void;
}

export interface Translation {
  /** From now on only this thread is told. */
  bind(thread: string): void;
  /** False where it was not understood. */
  take(method: string, params: unknown): Promise<boolean>;
  /** A command or change that is open, as it was told when it was opened. */
  find(of: { readonly threadId: string; readonly turnId: string; readonly itemId: string }): OpenItem | null;
  /** Whether a tool is at work, or waits for leave to be. */
  isAtTool(): boolean;
  /** What was counted before the first turn belongs to another process. */
  startTurn(): void;
}

type Statuses = Readonly<Record<CommandItem["status"], ItemStatus>>;
const STATUS: Statuses = {
  inProgress: "aborted",
  completed: "completed",
  failed: "failed",
  declined: "declined",
};

/** As much of a command's output as tells where in the summary it begins. */
const HEAD = 1000;
/** Characters of one item that are compared with its end; the record keeps no more of it. */
const MOST_SAID = 1024 * 1024;
/** Characters of all items that are open: no answer of a model has so many. */
const MOST_OPEN = 64 * 1024 * 1024;
const TYPED = "\n[typed into its terminal by the agent:] ";
const TOLD_LAST = "\n[how this output began, told by Codex at its end:]\n";

const NO_TOKENS: Tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };

/** Text of an item that has one, as it is when the item is complete. */
function textOf(item: Item): string {
  if (item.type === "agentMessage") return item.text;
  if (item.type !== "reasoning") return "";
  return (item.summary.length > 0 ? item.summary : item.content).join("\n\n");
}

/** Codex streams a command's output from a moment after its start on; what came before is only in the summary. */
function missedBeginning(begun: string, whole: string): string {
  const at = whole.indexOf(begun);
  return begun === "" ? whole : whole.slice(0, Math.max(0, at));
}

const isTool = (item: Item): boolean =>
  item.type === "commandExecution" || item.type === "fileChange" || item.type === "other";

interface Open {
  readonly item: Item;
  readonly turnId: string;
  readonly size: number;
  /** What it has said so far. */
  said: string;
}

export function createTranslation({ record, tree, onEnd, onRead }: TranslationOptions): Translation {
  const opened = new Map<string, Open>();
  let held = 0;
  let isFresh = true;
  let before = NO_TOKENS;
  let total = NO_TOKENS;
  let lastMessage = "";
  let thread: string | null = null;

  async function open(item: Item, turnId: string): Promise<void> {
    if (item.type === "userMessage" || opened.has(item.id)) return;
    const size = JSON.stringify(item).length;
    if (held + size > MOST_OPEN) throw refused("The agent's program has more open at once than can be held.");
    held += size;
    opened.set(item.id, { item, turnId, size, said: "" });
    if (item.type === "commandExecution")
      return record.openCommand(item.id, shellWords(item.command), "Run by the agent");
    if (item.type === "fileChange") return record.open(item.id, "patch", patchTitle(item, tree));
    if (item.type === "agentMessage") return record.open(item.id, "message", "Message");
    if (item.type === "reasoning") return record.open(item.id, "reasoning", "Reasoning");
    if (item.type === "contextCompaction") return record.open(item.id, "compaction", "Compact the context");
    return record.open(item.id, "tool", item.name);
  }

  function forget(native: string): void {
    held -= opened.get(native)?.size ?? 0;
    opened.delete(native);
  }

  async function say(native: string, text: string): Promise<void> {
    const state = opened.get(native);
    if (state === undefined || text === "") return;
    if (state.said.length < MOST_SAID) state.said += text;
    await record.delta(native, text);
  }

  async function print(native: string, text: string): Promise<void> {
    const state = opened.get(native);
    if (state === undefined || text === "") return;
    state.said = (state.said + text).slice(0, HEAD);
    await record.output(native, "stdout", text);
  }

  /** What of the whole was not said yet; all of it where something else was said. */
  function restOf(native: string, whole: string): string {
    const soFar = opened.get(native)?.said ?? "";
    return whole.startsWith(soFar) ? whole.slice(soFar.length) : whole;
  }

  async function closeCommand(item: CommandItem): Promise<void> {
    const begun = opened.get(item.id)?.said ?? "";
    const missed = missedBeginning(begun, item.aggregatedOutput ?? "");
    if (missed !== "") await print(item.id, begun === "" ? missed : `${TOLD_LAST}${missed}`);
    await record.closeCommand(item.id, {
      status: STATUS[item.status],
      exit: item.exitCode ?? null,
      milliseconds: Math.max(0, item.durationMs ?? 0),
    });
  }

  async function close(item: Item, turnId: string): Promise<void> {
    await open(item, turnId);
    if (item.type === "userMessage") return;
    if (item.type === "commandExecution") await closeCommand(item);
    else if (item.type === "fileChange") {
      await say(item.id, patchText(item, tree));
      await record.close(item.id, STATUS[item.status], true);
    } else {
      await say(item.id, restOf(item.id, textOf(item)));
      // A tool that is not known may have written files.
      await record.close(item.id, "completed", item.type === "other");
    }
    if (item.type === "agentMessage") lastMessage = item.text;
    forget(item.id);
  }

  /** Codex leaves what its model was saying without an end when something is said into the turn. */
  async function breakOff(): Promise<boolean> {
    const left = [...opened].filter(([, { item }]) => !isTool(item) && item.type !== "contextCompaction");
    for (const [native] of left) {
      await record.close(native, "aborted");
      forget(native);
    }
    return left.length > 0;
  }

  async function start(item: Item, turnId: string): Promise<void> {
    if (item.type === "userMessage" && item.clientId) onRead(item.clientId, await breakOff());
    await open(item, turnId);
  }

  /** Codex counts a thread from its beginning, and repeats itself. */
  async function reportUsage(): Promise<void> {
    const since = (field: keyof Tokens) => Math.max(0, total[field] - before[field]);
    const usage = {
      input: since("inputTokens"),
      cached: since("cachedInputTokens"),
      output: since("outputTokens"),
      reasoning: since("reasoningOutputTokens"),
    };
    before = total;
    if (usage.input + usage.output > 0) await record.usage(usage);
  }

  async function endTurn({
    turn,
  }: Extract<Notification, { method: "turn/completed" }>["params"]): Promise<void> {
    await reportUsage();
    opened.clear();
    held = 0;
    const text = lastMessage;
    lastMessage = "";
    onEnd({ id: turn.id, status: turn.status, error: turn.error ?? null, text });
  }

  async function follow({ method, params }: Notification): Promise<void> {
    switch (method) {
      case "item/started":
        return start(params.item, params.turnId);
      case "item/completed":
        return close(params.item, params.turnId);
      case "item/agentMessage/delta":
      case "item/reasoning/summaryTextDelta":
      case "item/reasoning/textDelta":
        return say(params.itemId, params.delta);
      case "item/reasoning/summaryPartAdded":
        return params.summaryIndex > 0 ? say(params.itemId, "\n\n") : undefined;
      case "item/commandExecution/outputDelta":
        return print(params.itemId, params.delta);
      case "item/commandExecution/terminalInteraction":
        return params.stdin === "" ? undefined : print(params.itemId, `${TYPED}${params.stdin}\n`);
      case "thread/tokenUsage/updated":
        total = params.tokenUsage.total;
        if (isFresh) before = total;
        return;
      case "turn/completed":
        return endTurn(params);
    }
  }

  return {
    bind(native) {
      thread = native;
    },
    async take(method, params) {
      if ((SILENCED as readonly string[]).includes(method)) return true;
      const notification = readNotification(method, params);
      if (notification === null || notification.params.threadId !== thread) return false;
      await follow(notification);
      return true;
    },
    find({ threadId, turnId, itemId }) {
      const state = opened.get(itemId);
      if (threadId !== thread || state?.turnId !== turnId) return null;
      const { item } = state;
      return item.type === "commandExecution" || item.type === "fileChange" ? item : null;
    },
    isAtTool: () => [...opened.values()].some(({ item }) => isTool(item)),
    startTurn() {
      isFresh = false;
    },
  };
}
