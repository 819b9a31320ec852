// What an agent's program says, as events: turns, items and commands numbered, text gathered, everything that was opened closed.
import { addRan, type Deeds, emptyDeeds, type Testing } from "#lib/claims/rules.ts";
import type { Clock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import { type ItemStatus, type ItemType, MAX_EVENT_TEXT } from "#lib/protocol/agent-events.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { visibleText } from "#lib/text/rules.ts";
import { createOutputEvents } from "#runner/harness/output-events.ts";
import { cutText } from "#runner/lease/rules.ts";
import { type Gatherer, gatherText } from "./gather.ts";
import { beginningOf } from "./lines.ts";
import { orAborted } from "./or-aborted.ts";
import type { CommandEnd, SessionRecord, TreeChanges } from "./port.ts";

const MOMENT = 250;
const MOST_OF_ITEM = 1024 * 1024;
const MOST_SAID = 128 * 1024;
/** Open at once; each holds memory and a clock of the runner, and an agent's program may never end them. */
const MOST_OPEN = 500;
const MOST_OF_OUTPUT = 256 * 1024;
const MOST_OF_LINES = 8 * 1024 * 1024;
/** The plane takes 50,000 events of a lease: the nearer that comes, the more is gathered into one. */
const EVENTS = { slower: 10_000, silent: 45_000 } as const;

export interface RecordOptions {
  readonly clock: Clock;
  /** Numbers commands on from those of the preparation. */
  readonly nextCommand: () => number;
  /** The tree before the agent did anything, empty where that is said by `moved`; and what gives the one that is there now. */
  readonly firstTree: string;
  readonly changes: () => Promise<TreeChanges>;
  /** In few words, what an agent's command runs on; shown beside it. */
  readonly treeLabel: string;
  /** How the repository is tested. */
  readonly test: Testing;
  /** Called with each message of the agent, once it has ended. */
  readonly onMessage?: (text: string) => void;
  /** Called when an item has ended after which files may have changed. */
  readonly onTree?: (changes: TreeChanges) => Promise<void>;
  emit(event: NewEvent): Promise<void>;
}

export interface FollowedRecord extends SessionRecord {
  /** What was done so far, for the claims. */
  deeds(): Deeds;
  /** Number of the turn begun last; 0 before the first. */
  turn(): number;
  /** How many items were opened so far. */
  items(): number;
  /** Resolves while a command of the agent is open, as soon as one is; rejects with the signal's reason. */
  duringCommand(signal: AbortSignal): Promise<void>;
  /** Number of an open item. */
  itemOf(native: string): number | undefined;
  /** By the agent's own count: in without what was cached, and out. */
  tokens(): number;
  /** The tree is this one now, by no deed of an item: what ran before ran on another one. */
  moved(tree: string): void;
  /** What the program wrote to stderr, as it came. */
  complain(text: string): void;
  /** Closes everything that is still open. */
  finish(): Promise<void>;
}

interface Open {
  readonly item: number;
  readonly type: ItemType;
  readonly text: Gatherer | null;
  readonly command: {
    readonly number: number;
    readonly argv: readonly string[];
    readonly began: number;
  } | null;
  readonly output: ReturnType<typeof createOutputEvents> | null;
  outputLeft: number;
  dropped: number;
  /** Of a message, for whoever wants it whole. */
  said: string;
}

const line = (text: string, max: number): string =>
  visibleText(text.slice(0, max), "line").slice(0, max).toWellFormed();

export function createRecord(options: RecordOptions): FollowedRecord {
  const { clock, nextCommand } = options;
  const open = new Map<string, Open>();
  const deeds = emptyDeeds();
  let tree = options.firstTree;
  let commandOpened = Promise.withResolvers<void>();
  let turn = 0;
  let isInTurn = false;
  let lastItem = 0;
  let events = 0;
  let tokensSoFar = 0;

  function emit(event: NewEvent): Promise<void> {
    events += 1;
    return options.emit(event);
  }
  const moment = () => MOMENT * 2 ** Math.floor(events / EVENTS.slower);
  const isNearlyFull = () => events >= EVENTS.silent;

  const gatherer = (most: number, event: (text: string) => NewEvent): Gatherer =>
    gatherText({
      clock,
      most,
      moment,
      send: async (text) => {
        if (!isNearlyFull()) await emit(event(text));
      },
    });

  function makeRoom(): void {
    if (open.size >= MOST_OPEN) throw refused(`The agent's program has ${MOST_OPEN} things open at once.`);
  }

  const lines = {
    stdout: gatherer(MOST_OF_LINES, (text) => ({ kind: "agent_line", body: { stream: "stdout", text } })),
    stderr: gatherer(MOST_OF_LINES, (text) => ({ kind: "agent_line", body: { stream: "stderr", text } })),
  };

  async function remember(item: number): Promise<void> {
    const { paths, more, ...now } = await options.changes();
    if (now.tree !== tree) {
      tree = now.tree;
      deeds.lastEdit = item;
    }
    await emit({ kind: "tree_recorded", body: { item, tree, paths: [...paths], more } });
    await options.onTree?.({ tree, paths, more });
  }

  async function closeItem(native: string, status: ItemStatus, exit?: number | null): Promise<Open | null> {
    const item = open.get(native);
    if (!item) return null;
    open.delete(native);
    await item.text?.finish();
    if (item.type === "message" && item.said !== "") options.onMessage?.(item.said);
    const body = { item: item.item, status, ...(exit === undefined ? {} : { exit }) };
    await emit({ kind: "item_closed", body });
    return item;
  }

  async function closeCommand(native: string, end: CommandEnd): Promise<Open | null> {
    const item = open.get(native);
    if (!item?.command) return null;
    await item.output?.finish();
    const { number: command, argv } = item.command;
    const milliseconds = Math.max(0, Math.round(end.milliseconds));
    const ended = end.ended ?? (end.status === "completed" || end.exit !== null ? "itself" : "cancelled");
    const dropped = item.dropped + (end.dropped ?? 0);
    await emit({ kind: "command_finished", body: { command, exit: end.exit, ended, milliseconds, dropped } });
    addRan(deeds, { command, item: item.item, text: argv.join(" "), exit: end.exit }, options.test);
    return closeItem(native, end.status, end.exit);
  }

  async function closeOpen(): Promise<void> {
    for (const [native, { command }] of [...open]) {
      if (command === null) await closeItem(native, "aborted");
      else
        await closeCommand(native, {
          status: "aborted",
          exit: null,
          milliseconds: clock.now() - command.began,
        });
    }
  }

  async function endTurn(status: "completed" | "interrupted" | "failed", error?: string): Promise<void> {
    if (!isInTurn) return;
    await closeOpen();
    isInTurn = false;
    const said = error === undefined ? {} : { error: visibleText(error).slice(0, 4000).toWellFormed() };
    await emit({ kind: "turn_ended", body: { turn, status, ...said } });
  }

  return {
    bound: (driver, native) => emit({ kind: "session_bound", body: { driver, native: line(native, 200) } }),

    async startTurn() {
      if (isInTurn) return;
      isInTurn = true;
      turn += 1;
      await emit({ kind: "turn_started", body: { turn } });
    },

    async prompt(origin, text) {
      const parts = cutText(text.replaceAll("\0", "\u2400").toWellFormed(), MAX_EVENT_TEXT);
      for (const [index, part] of parts.entries()) {
        const number = parts.length === 1 ? {} : { part: index + 1 };
        await emit({ kind: "prompt_sent", body: { turn: Math.max(1, turn), origin, text: part, ...number } });
      }
    },

    async open(native, type, title) {
      if (open.has(native)) return;
      makeRoom();
      const item = ++lastItem;
      const text = gatherer(MOST_OF_ITEM, (more) => ({ kind: "item_delta", body: { item, text: more } }));
      open.set(native, {
        item,
        type,
        text,
        command: null,
        output: null,
        outputLeft: 0,
        dropped: 0,
        said: "",
      });
      await emit({ kind: "item_opened", body: { item, type, title: line(title, 300) } });
    },

    async delta(native, text) {
      const item = open.get(native);
      if (item?.type === "message" && item.said.length < MOST_SAID)
        item.said += beginningOf(text, MOST_SAID - item.said.length);
      await item?.text?.add(text);
    },

    async close(native, status, touched = false) {
      const command = open.get(native)?.command;
      const milliseconds = command ? clock.now() - command.began : 0;
      const item = command
        ? await closeCommand(native, { status, exit: null, milliseconds })
        : await closeItem(native, status);
      if (item && touched) await remember(item.item);
    },

    async openCommand(native, argv, purpose) {
      if (open.has(native)) return;
      makeRoom();
      const item = ++lastItem;
      const number = nextCommand();
      const shown = argv.slice(0, 100).map((argument) => beginningOf(argument, 2000).toWellFormed());
      const command = { number, argv: shown, began: clock.now() };
      const output = createOutputEvents(number, clock, emit);
      const state: Open = {
        item,
        type: "command",
        text: null,
        command,
        output,
        outputLeft: MOST_OF_OUTPUT,
        dropped: 0,
        said: "",
      };
      open.set(native, state);
      await emit({
        kind: "command_started",
        body: { command: number, argv: shown, tree: options.treeLabel, purpose: line(purpose, 300) },
      });
      const title = line(shown.join(" "), 300);
      await emit({ kind: "item_opened", body: { item, type: "command", title, command: number } });
      commandOpened.resolve();
      commandOpened = Promise.withResolvers<void>();
    },

    async output(native, stream, text) {
      const item = open.get(native);
      if (!item?.output) return;
      const part = text.slice(0, item.outputLeft);
      item.outputLeft -= part.length;
      item.dropped += Buffer.byteLength(text) - Buffer.byteLength(part);
      if (part !== "") await item.output.add(stream, part);
    },

    async closeCommand(native, end) {
      const item = await closeCommand(native, end);
      if (item && end.status !== "declined") await remember(item.item);
    },

    async usage(tokens) {
      const count = (value: number) => (Number.isSafeInteger(value) && value > 0 ? value : 0);
      const { input, cached, output, reasoning } = tokens;
      tokensSoFar += count(input - cached) + count(output);
      const body = {
        input: count(input),
        cached: count(cached),
        output: count(output),
        reasoning: count(reasoning),
      };
      await emit({ kind: "usage_reported", body: { turn: Math.max(1, turn), ...body } });
    },

    line: (stream, text) => lines[stream].add(`${text}\n`),
    // A failure to keep it is told when the record is finished.
    complain: (text) => void lines.stderr.add(text).catch(() => undefined),
    endTurn,
    deeds: () => deeds,
    turn: () => turn,
    items: () => lastItem,
    async duringCommand(signal) {
      while (![...open.values()].some(({ command }) => command !== null))
        await orAborted(commandOpened.promise, signal);
    },
    itemOf: (native) => open.get(native)?.item,
    tokens: () => tokensSoFar,
    moved(now) {
      if (tree !== "" && now !== tree) deeds.lastEdit = lastItem;
      tree = now;
    },

    async finish() {
      await closeOpen();
      await endTurn("interrupted");
      await lines.stdout.finish();
      await lines.stderr.finish();
    },
  };
}
