// One program from its start to its end: turn after turn, until the work is done or left, or the program is gone.
import { guardedPaths } from "#lib/asks/rules.ts";
import { saysUsedUp } from "#lib/budgets/rules.ts";
import { SECOND } from "#lib/clock.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { DriverContext, DriverResult } from "../../port.ts";
import { orAborted } from "../or-aborted.ts";
import type { KeptSession } from "../port.ts";
import type { ModelDriver } from "../program.ts";
import type { BaseResult } from "../prompt.ts";
import type { FollowedRecord } from "../record.ts";
import type { Anchors } from "./anchors.ts";
import type { Asks } from "./asks.ts";
import type { Desk, Parking, Waiting } from "./desk.ts";
import type { SnapshotSource, Snapshots } from "./snapshots.ts";
import { openingPrompts, type Start } from "./start.ts";
import { type EndedTurn, type Prompt, runTurn } from "./turn.ts";
import { cutOffText, type Limit, shortened, unfinishedText } from "./words.ts";

/** Turns in a row that came to nothing because the way to the model was broken. */
const MOST_FAILURES = 20;
const LONGEST_WAIT = 60 * SECOND;
const REVIEW_ARRIVES = 60 * SECOND;
const NO_REASON = "The agent broke off its turn and gave no reason.";

/** What the lives of the programs of one lease have in common. */
export interface Shared {
  readonly driver: ModelDriver;
  readonly context: DriverContext;
  /** Null where it was not tested, because the work goes on from an earlier attempt. */
  readonly base: BaseResult | null;
  readonly record: FollowedRecord;
  readonly desk: Desk;
  readonly asks: Asks;
  readonly snapshots: Snapshots;
  readonly anchors: Anchors;
  readonly signal: AbortSignal;
  /** Of the program that lives now. */
  source: (() => SnapshotSource) | null;
  handIn(session: KeptSession, text: string): Promise<DriverResult>;
}

export type LifeEnd =
  | { readonly result: DriverResult }
  /** The program ended before its work did; `unread` may not have been read by it. */
  | { readonly gone: string; readonly unread: readonly Prompt[] };

export const failed = (reason: string): DriverResult => ({
  outcome: "failed",
  reason: reason.slice(0, 4000).toWellFormed(),
});

const toPrompt = ({ origin, text, message, effect }: Waiting): Prompt => ({ origin, text, message, effect });
const withoutMessage = ({ origin, text }: Prompt): Prompt => ({ origin, text });

export async function live(shared: Shared, session: KeptSession, start: Start): Promise<LifeEnd> {
  const { driver, context, record, desk, snapshots, anchors, signal } = shared;
  let isGone = false;
  const gone = () => {
    isGone = true;
  };
  session.ended.then(gone, gone);
  const { mode, denied, tools } = context.assignment.asks;
  const isLimited = tools !== undefined && (tools.write !== "allow" || tools.execute !== "allow");
  // What is denied is denied also where nobody is asked: only a program that asks can be told so.
  const guarded = guardedPaths(context.assignment.asks);
  const asks = mode !== "never" || denied.length > 0 || isLimited || guarded.length > 0;
  const talk = driver.open({ agent: session, record, signal, asks, guarded, ask: shared.asks.ask });
  const native = await orAborted(talk.begin(session.lost === null ? start.native : null), signal);
  await record.bound(driver.name, native);
  const source = (): SnapshotSource => ({ native, turn: record.turn(), take: () => session.snapshot() });
  shared.source = source;

  const begun = { native, isRestored: start.restore !== null && session.lost === null };
  let prompts = withForm(openingPrompts(start, begun, context.assignment, shared.base), anchors.form);
  let said = "";
  const { review } = context.assignment;
  // Without the comments that it was sent back for, its first turn would be for nothing.
  if (review !== null) await desk.arrived(review.message, REVIEW_ARRIVES);
  for (let failures = 0; ; ) {
    const parking = desk.parking();
    if (parking !== null)
      return { result: await leave(shared, session, { parking, source: source(), said }) };
    prompts = [...prompts, ...desk.takeWaiting().map(toPrompt)];
    const anchoring = anchors.during();
    const end = await runTurn({ talk, desk, record, signal, emit: context.emit }, prompts).finally(
      anchoring.stop,
    );
    anchors.heard(end.text);
    said = end.text || said;
    const unread = end.hadItems ? [] : prompts.map(withoutMessage);
    if (desk.parking() !== null) continue;
    await snapshots.take(source(), "turn");
    if (isGone || end.isStuck) return { gone: goneReason(end), unread };
    failures = end.status === "failed" && !end.hadItems ? failures + 1 : 0;
    const next = await after(shared, session, { end, failures, unread });
    if ("result" in next) return next;
    prompts = [...(await anchors.between()), ...next.prompts];
  }
}

/** What the first words ask for, where the charter has the agent re-anchored. */
const withForm = ([first, ...others]: Prompt[], form: string): Prompt[] =>
  first === undefined || form === ""
    ? [...(first ? [first] : []), ...others]
    : [{ ...first, text: `${first.text}\n\n${form}` }, ...others];

interface Leaving {
  readonly parking: Parking;
  readonly source: SnapshotSource;
  /** The agent's last words. */
  readonly said: string;
}

async function leave(
  shared: Shared,
  session: KeptSession,
  { parking: { why, reason }, source, said }: Leaving,
): Promise<DriverResult> {
  const { context, snapshots, desk } = shared;
  if (why === "time") {
    await context.emit({ kind: "note", body: { text: `${reason} What there is is handed in.` } });
    return handInUnfinished(shared, session, { limit: "time", reason, said });
  }
  await snapshots.take(source, why);
  await snapshots.settled();
  await desk.close(null);
  return { outcome: "parked", why };
}

const goneReason = ({ isStuck, error }: EndedTurn): string =>
  isStuck ? "It did not end its turn although it was asked to." : shortened(error ?? NO_REASON);

interface TurnFacts {
  readonly end: EndedTurn;
  readonly failures: number;
  readonly unread: readonly Prompt[];
}

type Next = { readonly result: DriverResult } | { readonly prompts: Prompt[] };

async function after(
  shared: Shared,
  session: KeptSession,
  { end, failures, unread }: TurnFacts,
): Promise<Next> {
  const { desk, snapshots } = shared;
  if (end.status === "completed") {
    // Taken here: what waits now is the next turn, and nobody gets it back.
    const waiting = desk.takeWaiting();
    if (waiting.length > 0) return { prompts: waiting.map(toPrompt) };
    await snapshots.settled();
    await desk.close("The work was done before it came.");
    return { result: await shared.handIn(session, end.text) };
  }
  if (end.wasInterrupted) return { prompts: [] };
  const reason = visibleText(end.status === "failed" ? (end.error ?? NO_REASON) : NO_REASON);
  if (saysUsedUp(reason))
    return { result: await handInUnfinished(shared, session, { limit: "budget", reason, said: end.text }) };
  if (end.status === "interrupted" || end.transient !== true || failures > MOST_FAILURES)
    return { result: failed(reason) };
  await desk.parkingWithin(Math.min(LONGEST_WAIT, SECOND * 2 ** failures));
  shared.signal.throwIfAborted();
  return {
    prompts: unread.length > 0 ? [...unread] : [{ origin: "answer", text: cutOffText(shortened(reason)) }],
  };
}

interface Unfinished {
  readonly limit: Limit;
  readonly reason: string;
  /** The agent's last words. */
  readonly said: string;
}

/** What there is when a limit ended the work: people see that nobody said it was done. A failure where nothing changed. */
async function handInUnfinished(
  { desk, snapshots, handIn }: Shared,
  session: KeptSession,
  { limit, reason, said }: Unfinished,
): Promise<DriverResult> {
  await snapshots.settled();
  await desk.close(`The ${limit} was used up before it came.`);
  const result = await handIn(session, unfinishedText(limit, reason, said));
  return result.outcome === "patch" ? result : failed(reason);
}
