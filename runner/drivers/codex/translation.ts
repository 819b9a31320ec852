// What Codex says, item by item, in the words of every agent. What was streamed is not said again when its item ends.
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
} from "./messages.ts";
import { shellWords } from "./words.ts";

export interface TurnEnd {
  readonly status: "completed" | "interrupted" | "failed";
  readonly error: string | null;
  /** The last message of the turn. */
  readonly text: string;
}

export interface Translation {
  /** From now on only this thread is told. */
  bind(thread: string): void;
  /** False where it was not understood. */
  take(method: string, params: unknown): Promise<boolean>;
  /** The end of the turn under way. To be called before the turn is started. */
  nextEnd(): Promise<TurnEnd>;
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
const TOLD_LAST = "\n[how this output began, told by Codex at its end:]\n";

const NO_TOKENS: Tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };

const changedPath = ({ path, kind }: FileChangeItem["changes"][number], tree: string): string => {
  const local = (name: string) => (name.startsWith(`${tree}/`) ? name.slice(tree.length + 1) : name);
  return kind.move_path ? `${local(path)} → ${local(kind.move_path)}` : local(path);
};

function patchTitle({ changes }: FileChangeItem, tree: string): string {
  const [first] = changes;
  if (first === undefined) return "Change nothing";
  const more = changes.length - 1;
  return `Change ${changedPath(first, tree)}${more > 0 ? ` and ${more} more` : ""}`;
}

const patchText = ({ changes }: FileChangeItem, tree: string): string =>
  changes.map((change) => `${change.kind.type} ${changedPath(change, tree)}\n${change.diff}`).join("\n");

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

/** `tree` is the checkout, whose name is left out of paths. */
export function createTranslation(record: SessionRecord, tree: string): Translation {
  /** What each open item has said so far. */
  const said = new Map<string, string>();
  let before = NO_TOKENS;
  let total = NO_TOKENS;
  let lastMessage = "";
  let ending: PromiseWithResolvers<TurnEnd> | null = null;
  let thread: string | null = null;

  async function open(item: Item): Promise<void> {
    if (item.type === "userMessage" || said.has(item.id)) return;
    said.set(item.id, "");
    if (item.type === "commandExecution")
      return record.openCommand(item.id, shellWords(item.command), "Run by the agent");
    if (item.type === "fileChange") return record.open(item.id, "patch", patchTitle(item, tree));
    if (item.type === "agentMessage") return record.open(item.id, "message", "Message");
    if (item.type === "reasoning") return record.open(item.id, "reasoning", "Reasoning");
    if (item.type === "contextCompaction") return record.open(item.id, "compaction", "Compact the context");
    return record.open(item.id, "tool", item.name);
  }

  async function say(native: string, text: string): Promise<void> {
    const soFar = said.get(native);
    if (soFar === undefined || text === "") return;
    said.set(native, soFar + text);
    await record.delta(native, text);
  }

  async function print(native: string, text: string): Promise<void> {
    const soFar = said.get(native);
    if (soFar === undefined || text === "") return;
    said.set(native, (soFar + text).slice(0, HEAD));
    await record.output(native, "stdout", text);
  }

  /** What of the whole was not said yet; all of it where something else was said. */
  function restOf(native: string, whole: string): string {
    const soFar = said.get(native) ?? "";
    return whole.startsWith(soFar) ? whole.slice(soFar.length) : whole;
  }

  async function closeCommand(item: CommandItem): Promise<void> {
    const begun = said.get(item.id) ?? "";
    const missed = missedBeginning(begun, item.aggregatedOutput ?? "");
    if (missed !== "") await print(item.id, begun === "" ? missed : `${TOLD_LAST}${missed}`);
    await record.closeCommand(item.id, {
      status: STATUS[item.status],
      exit: item.exitCode ?? null,
      milliseconds: Math.max(0, item.durationMs ?? 0),
    });
  }

  async function close(item: Item): Promise<void> {
    await open(item);
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
    said.delete(item.id);
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
    said.clear();
    ending?.resolve({ status: turn.status, error: turn.error?.message ?? null, text: lastMessage });
    ending = null;
    lastMessage = "";
  }

  async function follow({ method, params }: Notification): Promise<void> {
    switch (method) {
      case "item/started":
        return open(params.item);
      case "item/completed":
        return close(params.item);
      case "item/agentMessage/delta":
      case "item/reasoning/summaryTextDelta":
      case "item/reasoning/textDelta":
        return say(params.itemId, params.delta);
      case "item/reasoning/summaryPartAdded":
        return params.summaryIndex > 0 ? say(params.itemId, "\n\n") : undefined;
      case "item/commandExecution/outputDelta":
        return print(params.itemId, params.delta);
      case "thread/tokenUsage/updated":
        total = params.tokenUsage.total;
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
    nextEnd() {
      ending = Promise.withResolvers<TurnEnd>();
      return ending.promise;
    },
  };
}
