// What drivers of agents with a model share: one sandbox for the whole session with a checkout of the base in it, the
// agent program beside it, and a record that turns what it says into events.
import type { ItemStatus, ItemType, PromptOrigin, TurnStatus } from "#lib/protocol/agent-events.ts";

/** A program as it is started inside the sandbox. Its working directory is the checkout. */
export interface AgentProgram {
  readonly command: readonly string[];
  /** Added to the sandbox's own variables. Nothing secret: everything inside can read it. */
  readonly env: Readonly<Record<string, string>>;
  /** Host path → path inside, as in a SandboxSpec. */
  readonly readOnly: Readonly<Record<string, string>>;
  /** Files written before the program starts, path inside → content; below /work or /home/agent. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface AgentEnd {
  /** As a shell says it; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** The program while it runs. */
export interface AgentSession {
  /** Lines of its stdout without the line feed; ends when the program has ended. To be read once. */
  readonly lines: AsyncIterable<string>;
  /** Writes one line to its stdin; rejects (`refused`) once the program has ended. */
  send(line: string): Promise<void>;
  /** Id of the tree that the checkout is now: all that git would add, what is ignored left out. */
  tree(): Promise<string>;
  /** Ends the program's stdin, and the program with everything it started unless it ends by itself within the grace. */
  stop(): Promise<AgentEnd>;
  /** Settles when the program has ended by itself or by `stop`. Rejects when the sandbox ended first. */
  readonly ended: Promise<AgentEnd>;
  /** Everything started inside is killed; then the work as a bundle of one commit on the base. Null: nothing changed. */
  bundle(): Promise<PatchBundle | null>;
  /** Ends the sandbox. Nothing of it is left. */
  close(): Promise<void>;
}

export interface PatchBundle {
  readonly bytes: Buffer;
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
}

/** Says what happens as events, numbers turns, items and commands, and leaves nothing open. */
export interface SessionRecord {
  bound(driver: string, native: string): Promise<void>;
  startTurn(): Promise<void>;
  prompt(origin: PromptOrigin, text: string): Promise<void>;
  /** `native` is the program's own name of the item, unique among the open ones. Opening an open one changes nothing. */
  open(native: string, type: Exclude<ItemType, "command">, title: string): Promise<void>;
  /** Text of an open item; gathered for a moment, then sent on. Of an item that is not open: dropped. */
  delta(native: string, text: string): Promise<void>;
  /** Closes it; then the tree is recorded where `touched` says that files may have changed. */
  close(native: string, status: ItemStatus, touched?: boolean): Promise<void>;
  /** A command of the agent: an item and, numbered on from the preparation's, the events of a command. */
  openCommand(native: string, argv: readonly string[], purpose: string): Promise<void>;
  output(native: string, stream: "stdout" | "stderr", text: string): Promise<void>;
  closeCommand(native: string, end: CommandEnd): Promise<void>;
  usage(tokens: {
    readonly input: number;
    readonly cached: number;
    readonly output: number;
    readonly reasoning: number;
  }): Promise<void>;
  /** A line of the program as it came. */
  line(stream: "stdout" | "stderr", text: string): Promise<void>;
  /** Closes what is open as `aborted`, then the turn. */
  endTurn(status: TurnStatus, error?: string): Promise<void>;
}

export interface CommandEnd {
  readonly status: ItemStatus;
  readonly exit: number | null;
  readonly milliseconds: number;
  /** Why it ended, where the program tells. */
  readonly ended?: "itself" | "time" | "memory" | "cancelled";
  /** Bytes of output the program itself left out. */
  readonly dropped?: number;
}

/** What a driver writes: how its program is started, and how it is talked to until its work is done. */
export interface Conversation {
  readonly agent: AgentSession;
  readonly record: SessionRecord;
  /** What to send first: task, goal, rules of the charter and what the base's tests said. */
  readonly prompt: string;
  readonly signal: AbortSignal;
}

export type Ending =
  /** The agent says that it is done; `text` is its last message. */
  | { readonly outcome: "done"; readonly text: string }
  /** It could not go on; one sentence, the gateway's own where the gateway ended it. */
  | { readonly outcome: "failed"; readonly reason: string };
