// The self-test of controls: who asks for a round, what one showed, and the findings that follow.
import { requirePermission } from "../authz/require.ts";
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { CONTROL_RULES } from "../findings/catalog.ts";
import { openFindings } from "../findings/open-findings.ts";
import { settleGone } from "../findings/settle-gone.ts";
import { waitingOf } from "../findings/waiting-of.ts";
import { newId } from "../ids.ts";
import { actorId, type Scope } from "../scope.ts";
import { CONTROLS } from "./catalog.ts";
import { isRed, isRoundDue, stateOf } from "./rules.ts";
import type { ControlId, ControlsView, Proved } from "./schema.ts";
import {
  endRound,
  findLatestRound,
  findWaitingRound,
  insertProofs,
  insertRound,
  lockRounds,
  type RoundRow,
  selectLatest,
} from "./store.ts";

/** Asks for a round; one that waits already is given. */
export async function askForRound(scope: Scope): Promise<{ testId: string }> {
  requirePermission(scope, "control.test", null);
  return ask(scope);
}

async function ask(scope: Scope): Promise<{ testId: string }> {
  return transaction(scope, async (tx) => {
    await lockRounds(tx.db);
    const waiting = await findWaitingRound(tx.db);
    if (waiting) return { testId: waiting.id };
    const now = scope.clock.now();
    const testId = newId("control_test", now);
    await insertRound(tx.db, { id: testId, askedBy: actorId(scope.actor), askedAt: new Date(now) });
    tx.record({ kind: "controls.asked", about: [`control_test:${testId}`], detail: {} });
    return { testId };
  });
}

/** For the worker: the round that waits, or one of its own where the last is a day old; null where nothing is due. */
export async function dueRound(scope: Scope): Promise<RoundRow | null> {
  const { waiting, latest } = await read(scope, async (db) => ({
    waiting: await findWaitingRound(db),
    latest: await findLatestRound(db),
  }));
  if (waiting) return waiting;
  if (!isRoundDue(latest?.askedAt ?? null, scope.clock.now())) return null;
  await ask(scope);
  return read(scope, findWaitingRound);
}

export interface Shown extends Proved {
  readonly control: ControlId;
  readonly milliseconds: number;
}

/** Writes down what a round showed, and what follows: a control that failed is a finding, one that holds again settles it. */
export async function keepRound(scope: Scope, testId: string, shown: readonly Shown[]): Promise<void> {
  await transaction(scope, async (tx) => {
    const at = new Date(scope.clock.now());
    if (!(await endRound(tx.db, testId, at))) return;
    await insertProofs(
      tx.db,
      shown.map((proof) => ({ ...proof, testId, at, sentence: proof.sentence.slice(0, 500) })),
    );
    tx.record({
      kind: "controls.tested",
      about: [`control_test:${testId}`],
      detail: {
        proofs: shown.map(({ control, result, milliseconds: ms }) => ({ control, result, ms })),
      },
    });
    await tellAll(tx, scope);
  });
}

/** By the clock too: a proof grows old while nothing happens. */
export async function watchProofs(scope: Scope): Promise<void> {
  await transaction(scope, async (tx) => {
    await lockRounds(tx.db);
    await tellAll(tx, scope);
  });
}

const HOLDS = "The control held when it was tested again.";
const PROVED = "The control was tested again.";

/** One finding a control and outage: what is told already is not told again until it was settled. */
async function tellAll(tx: Tx, scope: Scope): Promise<void> {
  const now = scope.clock.now();
  const open = await waitingOf(tx.db, RULES, IDS);
  for (const { control, ...last } of await selectLatest(tx.db)) {
    const title = CONTROLS.find(({ id }) => id === control)?.title;
    if (title === undefined) continue; // of a version that knew others
    const state = stateOf({ last, shown: last.shown?.result ?? null, heldAt: last.heldAt }, now);
    const tell = async (rule: (typeof CONTROL_RULES)["failed" | "old"], sentence: string) => {
      if (open.some((each) => each.rule === rule.id && each.subject === control)) return;
      const evidence = { text: `${title}: ${sentence}`.slice(0, 1000), path: null, line: null };
      await openFindings(tx, scope, null, [{ rule, subject: control, evidence, at: now }]);
    };
    if (state === "failed") await tell(CONTROL_RULES.failed, last.shown?.sentence ?? last.sentence);
    if (state === "old") await tell(CONTROL_RULES.old, last.sentence);
    if (state === "holds")
      await settleGone(tx, scope, { rule: CONTROL_RULES.failed, subject: control, reason: HOLDS });
    if (state !== "old")
      await settleGone(tx, scope, { rule: CONTROL_RULES.old, subject: control, reason: PROVED });
  }
}

const IDS = CONTROLS.map(({ id }) => id);
const RULES = [CONTROL_RULES.failed.id, CONTROL_RULES.old.id];

/** How many are red of all there are, for who may see controls; null for others. */
export async function countRedIn(
  db: Db,
  grants: readonly RoleGrant[],
  now: number,
): Promise<{ readonly red: number; readonly all: number } | null> {
  const ofAll = grants.filter(({ pilotId }) => pilotId === null);
  if (!can(ofAll, "control.view")) return null;
  const latest = await selectLatest(db);
  const states = CONTROLS.map(({ id }) => {
    const last = latest.find(({ control }) => control === id) ?? null;
    return stateOf({ last, shown: last?.shown?.result ?? null, heldAt: last?.heldAt ?? null }, now);
  });
  return { red: states.filter(isRed).length, all: CONTROLS.length };
}

/** Every control there is, with what it showed last. */
export async function listControls(scope: Scope): Promise<ControlsView> {
  requirePermission(scope, "control.view", null);
  const now = scope.clock.now();
  return read(scope, async (db) => {
    const [latest, open, waiting, round] = await Promise.all([
      selectLatest(db),
      waitingOf(db, RULES, IDS),
      findWaitingRound(db),
      findLatestRound(db),
    ]);
    const controls = CONTROLS.map((control) => {
      const last = latest.find((each) => each.control === control.id) ?? null;
      const { heldAt = null, shown = null } = last ?? {};
      const state = stateOf({ last, shown: shown?.result ?? null, heldAt }, now);
      const findings = open.filter(({ subject }) => subject === control.id).map(({ id, at }) => ({ id, at }));
      return { ...control, state, last, shown, heldAt, findings };
    });
    return { controls, isTesting: waiting !== null, testedAt: round?.endedAt ?? null };
  });
}
