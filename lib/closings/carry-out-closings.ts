// What closing a pilot does, step by step: each once, its result kept in the transaction that writes its entry, so that a worker
// that is killed anywhere goes on with the step it was at. What is done outside of the database can be done again.
import type { KeyObject } from "node:crypto";
import { revokeClosed } from "../api-tokens/service.ts";
import { enveloped, keyIdOf, rawEd25519 } from "../attestations/envelope.ts";
import { read, type Tx, transaction } from "../db.ts";
import { charterInForce } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { cancelLocked } from "../runs/cancel-run.ts";
import { lockOpenRuns } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { handOverLog } from "./hand-over-log.ts";
import { isUnderCheckpoint } from "./log-store.ts";
import { receiptOf } from "./receipt.ts";
import { CLOSING_STEPS, type ClosingStep } from "./schema.ts";
import {
  countUnsettled,
  deleteBundles,
  insertRelease,
  insertStep,
  lockBoundTokens,
  lockClosing,
  sealClosing,
  selectKept,
  selectOpenClosings,
  selectOwnRepositories,
  selectReleased,
  selectSteps,
  sumLedger,
  watchedUntil,
} from "./store.ts";

/** What only the worker's host has. */
export interface ClosingHost {
  /** Null where the installation has no folder for keys: what was done stands, and nothing is signed. */
  signingKey(): Promise<KeyObject | null>;
  /** Of a repository's mirror and its bundles. */
  measure(repositoryId: string): Promise<{ readonly bytes: number; readonly files: number }>;
  remove(repositoryId: string): Promise<void>;
}

/** What a step came to, or the sentence that says what it waits for. */
type Done = { readonly result: unknown } | { readonly waits: string };

interface Closing {
  readonly pilotId: string;
  readonly begunAt: Date;
}

const REASON = "The pilot is closed.";

const NO_CHECKPOINT =
  "It waits until a checkpoint of the log is over the steps so far: the notary writes it, where one is running.";
/** The keys are the worker's: nobody else can see whether there are any. */
const UNSIGNED =
  "It waits for the worker's signature, which takes a moment; where PILOTHOUSE_NOTICE_KEYS names no folder, nothing is ever signed.";

/** How many steps were done. A pilot that waits, or cannot be closed, keeps no other waiting. */
export async function carryOutClosings(scope: Scope, host: ClosingHost): Promise<number> {
  let done = 0;
  const failures: unknown[] = [];
  for (const closing of await read(scope, selectOpenClosings)) {
    try {
      while (await takeStep(scope, host, closing)) done += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "Some pilots could not be closed further; the others were.");
  return done;
}

async function nextStep(scope: Scope, pilotId: string): Promise<ClosingStep | null> {
  const done = new Set((await read(scope, (db) => selectSteps(db, pilotId))).map(({ step }) => step));
  return CLOSING_STEPS.find((step) => !done.has(step)) ?? null;
}

/** What the next step waits for; null where it waits for nothing but its turn. */
export async function whatWaits(scope: Scope, pilotId: string): Promise<string | null> {
  const step = await nextStep(scope, pilotId);
  switch (step) {
    case "ledger":
      return read(scope, (db) => unsettled(db, pilotId));
    case "mirrors":
      return read(scope, (db) => watched(db, pilotId));
    case "log":
      return (await read(scope, (db) => isUnderCheckpoint(db, pilotId))) ? null : NO_CHECKPOINT;
    case "receipt":
      return UNSIGNED;
    default:
      return null;
  }
}

async function takeStep(scope: Scope, host: ClosingHost, { pilotId, begunAt }: Closing): Promise<boolean> {
  const step = await nextStep(scope, pilotId);
  if (step === null) return false;
  const started = scope.clock.now();
  const before = await prepare(scope, host, pilotId, step);
  if (before === "waits") return false;
  return transaction(scope, async (tx) => {
    const open = step === "runs" || step === "ledger" ? await lockOpenRuns(tx, pilotId) : [];
    if (!(await lockClosing(tx.db, pilotId))) return false;
    const known = await selectSteps(tx.db, pilotId);
    if (known.some((one) => one.step === step)) return false;
    const done = await carryOut(tx, scope, { pilotId, step, open, before });
    if ("waits" in done) return false;
    const now = scope.clock.now();
    const result = canonicalText(done.result);
    const digest = sha256Hex(Buffer.from(result, "utf8"));
    const row = { step, result, digest, milliseconds: Math.max(0, now - started), doneAt: new Date(now) };
    const charter = await charterInForce(tx.db, pilotId);
    if (step === "receipt") {
      const key = (before as { key: KeyObject }).key;
      const closed = { pilotId, begunAt, closedAt: row.doneAt, charter, steps: known };
      await seal(tx, { pilotId, key, statement: receiptOf(closed), closedAt: row.doneAt, charter });
    }
    await insertStep(tx.db, { ...row, pilotId });
    tx.record({
      kind: "pilot.closing_step_done",
      about: [`pilot:${pilotId}`],
      charter,
      detail: { step, digest },
    });
    return true;
  });
}

/** What a step does outside of its transaction; all of it may be done again. */
async function prepare(
  scope: Scope,
  host: ClosingHost,
  pilotId: string,
  step: ClosingStep,
): Promise<unknown> {
  if (step === "log") return (await handOverLog(scope, pilotId)) ?? "waits";
  if (step === "receipt") {
    const key = await host.signingKey();
    return key === null ? "waits" : { key };
  }
  if (step !== "mirrors") return null;
  if ((await read(scope, (db) => watched(db, pilotId))) !== null) return "waits";
  for (const repositoryId of await read(scope, (db) => selectOwnRepositories(db, pilotId))) {
    // Written down first: after a kill what was there is not what is there.
    const { bytes, files } = await host.measure(repositoryId);
    const releasedAt = new Date(scope.clock.now());
    await transaction(scope, async ({ db }) => {
      await insertRelease(db, { repositoryId, pilotId, bytes: BigInt(bytes), files, releasedAt });
      await deleteBundles(db, repositoryId);
    });
    await host.remove(repositoryId);
  }
  return null;
}

interface Step {
  readonly pilotId: string;
  readonly step: ClosingStep;
  readonly open: Awaited<ReturnType<typeof lockOpenRuns>>;
  readonly before: unknown;
}

async function carryOut(tx: Tx, scope: Scope, { pilotId, step, open, before }: Step): Promise<Done> {
  switch (step) {
    case "runs":
      for (const run of open) await cancelLocked(tx, scope, run, REASON);
      return { result: { cancelled: open.map(({ id }) => id).sort() } };
    case "tokens": {
      const tokens = await lockBoundTokens(tx.db, pilotId);
      await revokeClosed(tx, scope, tokens);
      return { result: { revoked: tokens.map(({ id }) => id) } };
    }
    case "ledger": {
      // A merge that was under way and was refused is in review again, where nobody would end it any more.
      for (const run of open) await cancelLocked(tx, scope, run, REASON);
      const waits = await unsettled(tx.db, pilotId);
      return waits === null ? { result: await sumLedger(tx.db, pilotId) } : { waits };
    }
    case "mirrors": {
      const released = await selectReleased(tx.db, pilotId);
      return {
        result: {
          deleted: released.map(({ repositoryId, bytes, files }) => ({
            ...{ repository: repositoryId, bytes: Number(bytes), files },
          })),
          kept: await selectKept(tx.db, pilotId),
        },
      };
    }
    case "log":
      return { result: before };
    case "receipt":
      return { result: { key: keyIdOf(rawEd25519((before as { key: KeyObject }).key)) } };
  }
}

async function unsettled(db: Tx["db"], pilotId: string): Promise<string | null> {
  const { merging, calls } = await countUnsettled(db, pilotId);
  if (merging === 0 && calls === 0) return null;
  return `It waits until ${merging} merging and ${calls} open model calls are settled.`;
}

async function watched(db: Tx["db"], pilotId: string): Promise<string | null> {
  const { count, until } = await watchedUntil(db, pilotId);
  if (count === 0) return null;
  return `Merges mature for fourteen days, and are looked for in the mirror: ${count} until ${until?.toISOString().slice(0, 10)}.`;
}

interface Sealed {
  readonly pilotId: string;
  readonly key: KeyObject;
  readonly statement: string;
  readonly closedAt: Date;
  readonly charter: string | null;
}

async function seal(tx: Tx, { pilotId, key, statement, closedAt, charter }: Sealed): Promise<void> {
  const receipt = `${JSON.stringify(enveloped(key, statement))}\n`;
  const publicKey = new Uint8Array(rawEd25519(key));
  await sealClosing(tx.db, pilotId, { closedAt, receipt, publicKey });
  tx.record({
    kind: "pilot.closed",
    about: [`pilot:${pilotId}`],
    charter,
    detail: { receipt: sha256Hex(Buffer.from(receipt, "utf8")), key: keyIdOf(publicKey) },
  });
}
