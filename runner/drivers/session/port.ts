// What drivers of agents with a model share: one sandbox for the whole session with a checkout of the base in it, the
// agent program beside it, and a record that turns what it says into events.
import type { ItemStatus, ItemType, PromptOrigin, TurnStatus } from "#lib/protocol/agent-events.ts";
import type { ArtefactFault, ArtefactPlan } from "#lib/protocol/artefacts.ts";

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
  /** Everything started inside is killed; then what lies at the planned paths, as it lies there. Asked for before the bundle. */
  artefacts(plan: ArtefactPlan): Promise<Collected>;
  /** Everything started inside is killed; then the work as a bundle of one commit on the base. Null: nothing changed. */
  bundle(): Promise<PatchBundle | null>;
  /** Ends the sandbox. Nothing of it is left. */
  close(): Promise<void>;
}

/** Files out of the sandbox, and what was left there. */
export interface Collected {
  readonly files: readonly { readonly path: string; readonly bytes: Buffer }[];
  readonly refused: readonly {
    readonly path: string;
    readonly fault: ArtefactFault;
    readonly times: number;
  }[];
}

export interface PatchBundle {
  readonly bytes: Buffer;
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
}

/** A session that can go on elsewhere: from a snapshot, in a sandbox that knows nothing of this one. */
export interface KeptSession extends AgentSession {
  /** Why the snapshot it was to begin with could not be restored; null where it was, or where there was none. */
  readonly lost: string | null;
  /** The checkout and the folders that are kept, as they are now. What git ignores is not part of it. */
  snapshot(): Promise<Snapshot>;
  /** Which tree the checkout is now, and what is another than when this was asked last, or at the start. */
  changes(): Promise<TreeChanges>;
}

export interface TreeChanges {
  readonly tree: string;
  /** As the sandbox names them: whatever a file can be called. */
  readonly paths: readonly string[];
  /** How many more there are than are named. */
  readonly more: number;
}

export interface Snapshot {
  readonly tree: string;
  /** As the sandbox made them: for another sandbox, and for nobody else. */
  readonly bytes: Buffer;
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

/** Something the agent wants to do and may not without an answer. */
export interface Question {
  readonly what: "command" | "change" | "network";
  /** The program's own name of the open item that it is about. */
  readonly item: string;
  readonly title: string;
  /** Of a command, as it will be run, where the program tells it. */
  readonly argv?: readonly string[];
  /** What is decided on, word for word: the command line (argv as JSON where `argv` is given) or the patch. */
  readonly text: string;
  readonly cwd: string;
  /** Why the agent wants it, in its own words; empty where it says nothing. */
  readonly reason: string;
}

export interface AskAnswer {
  readonly decision: "allowed" | "declined";
  /** To be told to the agent where it was declined; may be empty. */
  readonly reason: string;
}

/** What a talk with a program has at hand. The orchestrator owns turns, the inbox, snapshots and what was bound. */
export interface Conversation {
  readonly agent: AgentSession;
  /** For items, output, usage and lines. Turns, prompts and the session's name are recorded by the orchestrator. */
  readonly record: SessionRecord;
  /** Aborts when the lease is over: then nothing has to be ended nicely, for the sandbox is ended. */
  readonly signal: AbortSignal;
  /** Whether the charter wants to be asked at all. Where it does not, a program need not ask; one that does is answered. */
  readonly asks: boolean;
  /** Globs of files whose reading is asked for too; none where all may be read. */
  readonly guarded: readonly string[];
  /**
   * Asks whoever decides; may take hours, in which the turn stays open. Rejects (`conflict`) when the turn is being ended
   * before there was an answer: then the program is told nothing but the interrupt that comes.
   */
  ask(question: Question): Promise<AskAnswer>;
}

export interface TurnEnd {
  readonly status: "completed" | "interrupted" | "failed";
  /** The last message of the turn; empty for none. */
  readonly text: string;
  /** One sentence, the gateway's own where the gateway ended it. With "failed". */
  readonly error?: string;
  /** With "failed": the way to the model was broken (gateway or provider away, a stream cut), so that another turn may go through. */
  readonly transient?: boolean;
}

/** When a message sent during a turn is read by the model. */
export type SteerEffect = "preempt" | "tool_boundary" | "after_turn";

/** One program, spoken to in its own language. Its methods are called one after the other, but `steer` and `interrupt` during a turn. */
export interface Talk {
  /**
   * Begins a session, or takes up the given one of another process: its kept folders and the tree are there again. Resolves
   * with its name before any prompt is sent; with another name than the given one where that could not be taken up.
   * A program that ended meanwhile rejects (`refused`) with how it ended and what it said.
   */
  begin(native: string | null): Promise<string>;
  /**
   * One turn from prompt to end. The items that it opened and did not close are closed by the orchestrator. A program that
   * ends meanwhile is a "failed" turn, with how it ended and what it said; it is taken up by a new one.
   */
  turn(text: string): Promise<TurnEnd>;
  /** Says something into the turn under way. Resolves once the program has taken it; rejects (`conflict`) when the turn has ended. */
  steer(text: string): Promise<SteerEffect>;
  /** Asks the turn under way to end; it then ends as "interrupted". Nothing happens where none is. */
  interrupt(): Promise<void>;
}
