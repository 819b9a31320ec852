// When the agent is re-anchored: into the turn under way where its program takes that, else before the next one. It is looked
// at whenever a tool of the agent has ended, and each minute. Measuring goes on beside the agent and ends with the turn it was
// for; that it was impossible never ends the work. Nothing of the model's answer is broken off for an anchor: a program that
// reads at once what it is told is told while a command runs, and reads it when that is over.
import { judgeCommand } from "#lib/asks/rules.ts";
import { type Clock, MINUTE } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { isAnchored } from "#lib/protocol/anchoring.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { DriverCapabilities, DriverContext } from "../../port.ts";
import { type Anchor, type AnchorMoment, createAnchor } from "../anchor.ts";
import { createMeasure } from "../anchor-measure.ts";
import { orAborted } from "../or-aborted.ts";
import type { Snapshot, TreeChanges } from "../port.ts";
import type { BaseResult } from "../prompt.ts";
import type { FollowedRecord } from "../record.ts";
import type { Desk } from "./desk.ts";
import type { Prompt } from "./turn.ts";

export interface AnchorsOptions {
  readonly context: DriverContext;
  /** Null where it was not tested in this attempt. */
  readonly base: BaseResult | null;
  readonly record: Pick<FollowedRecord, "items" | "tokens" | "prompt" | "duringCommand">;
  /** When the program reads what it is told during a turn. */
  readonly steer: DriverCapabilities["steer"];
  readonly desk: Pick<Desk, "goal" | "say" | "leaving">;
  readonly nextCommand: () => number;
  /** Of the session that lives now. */
  snapshot(): Promise<Snapshot>;
  /** Where events cannot go on. */
  onBroken(error: unknown): void;
}

export interface Anchors {
  /** To be added to the first prompt; empty where the charter re-anchors nobody. */
  readonly form: string;
  /** Words of the agent. */
  heard(message: string): void;
  /** What an item of the agent changed. */
  moved(changes: TreeChanges): void;
  /** While a turn is on. To be stopped when it has ended: resolves when nothing is measured any more. */
  during(): { stop(): Promise<void> };
  /** Before the next turn, where it is due then. */
  between(): Promise<Prompt[]>;
}

const NONE: Anchors = {
  form: "",
  heard: () => undefined,
  moved: () => undefined,
  during: () => ({ stop: async () => undefined }),
  between: async () => [],
};

export function createAnchors(options: AnchorsOptions): Anchors {
  const { context, record, desk } = options;
  const { assignment, clock, signal } = context;
  if (!isAnchored(assignment.anchor)) return NONE;
  const began = clock.now();
  const standing = () => ({
    goal: desk.goal() ?? (assignment.task.trim() || assignment.title),
    secondsLeft: context.model?.secondsLeft() ?? 0,
    microsLeft: context.model?.microsLeft() ?? null,
  });
  /** What was made for a turn that ended before it could be said. */
  let unsaid: string | null = null;
  let touched = Promise.withResolvers<void>();
  const now = (): AnchorMoment => ({
    turns: context.model?.answers() ?? 0,
    items: record.items(),
    tokens: record.tokens(),
    at: clock.now(),
  });
  let measuring: AbortSignal = signal;
  const anchor = anchorOf(options, began, () => measuring);

  /** Null where it came to nothing because the turn or the lease is over. */
  async function compose(until: AbortSignal): Promise<string | null> {
    measuring = until;
    try {
      const text = await anchor.compose({ ...now(), ...standing() });
      return until.aborted ? null : text;
    } catch (error) {
      if (until.aborted) return null;
      throw error;
    }
  }

  async function say(text: string, over: AbortSignal): Promise<void> {
    unsaid = text;
    if (options.steer === "none") return;
    if (options.steer === "preempt") await record.duringCommand(over);
    if (await desk.say(text, () => record.prompt("anchor", text))) unsaid = null;
  }

  async function watch(over: AbortSignal): Promise<void> {
    while (await passes(clock, touched.promise, over)) {
      if (unsaid !== null || !anchor.due(now())) continue;
      const text = await compose(over);
      if (text !== null) await say(text, over);
    }
  }

  return {
    form: anchor.form,
    heard: anchor.heard,
    moved(changes) {
      anchor.moved(changes);
      touched.resolve();
      touched = Promise.withResolvers<void>();
    },
    during() {
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal]);
      const watching = watch(until);
      watching.catch((error: unknown) => {
        if (!until.aborted) options.onBroken(error);
      });
      return {
        async stop() {
          over.abort(new AppError("conflict", "The turn has ended."));
          await watching.catch(() => undefined); // told above
        },
      };
    },
    async between() {
      const left = unsaid;
      unsaid = null;
      if (left !== null) return [{ origin: "anchor", text: left }];
      if (!anchor.due(now())) return [];
      const until = AbortSignal.any([signal, desk.leaving]);
      const text = await orAborted(compose(until), until).catch(() => null); // whoever waits looks at why
      signal.throwIfAborted();
      return text === null ? [] : [{ origin: "anchor", text }];
    },
  };
}

/** After a minute, or as soon as something was done; false when the turn is over. */
async function passes(clock: Clock, done: Promise<void>, over: AbortSignal): Promise<boolean> {
  if (over.aborted) return false;
  const enough = new AbortController();
  const minute = clock.sleep(MINUTE, AbortSignal.any([over, enough.signal]));
  minute.catch(() => undefined); // ended by what was done, or by the turn
  try {
    await Promise.race([done, minute]);
  } catch (error) {
    if (!over.aborted) throw error;
  } finally {
    enough.abort();
  }
  return !over.aborted;
}

function anchorOf(
  { context, base, nextCommand, snapshot }: AnchorsOptions,
  began: number,
  measuring: () => AbortSignal,
): Anchor {
  const { assignment, sandbox, workspace, clock } = context;
  const { asks, test, goal, allowedPaths, baseCommit, limits } = assignment;
  const emit = (event: NewEvent) => context.emit(event);
  const mayRun = (argv: readonly string[]): boolean => {
    const { verdict } = judgeCommand(asks, test.argv, argv);
    return verdict !== "denied" && verdict !== "ask";
  };
  return createAnchor({
    plan: assignment.anchor,
    pilotGoal: goal,
    allowedPaths,
    testArgv: test.argv,
    began,
    measure: (assumptions) =>
      createMeasure({
        ...{ sandbox, repository: workspace.repository, baseCommit, plan: test, limits, clock },
        mounts: () => workspace.mounts ?? {},
        ...{ emit, nextCommand, scratch: workspace.scratch, base, snapshot, mayRun },
        signal: measuring(),
      })(assumptions),
    emit,
  });
}
