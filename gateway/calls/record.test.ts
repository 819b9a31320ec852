import { describe, expect, test } from "vitest";
import { AppError, conflict } from "#lib/errors.ts";
import { createLogger } from "#lib/logger.ts";
import type { Final, Intent } from "#lib/model-calls/schema.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { admissionFor, memoryLedger } from "../testing/memory-ledger.ts";
import { createRecord } from "./record.ts";

const logger = createLogger("gateway", { write: () => undefined });
const final = (callId: string) => ({ callId }) as Final;
const away = () => new AppError("unavailable", "away");

function scene(patience = 1e9) {
  const ledger = memoryLedger(admissionFor("http://127.0.0.1:1/v1"));
  const real = testClock(0);
  // Waiting for the client's patience never ends by itself here; pauses between attempts do at once.
  const clock = {
    ...real,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      milliseconds === patience ? untilAborted(signal) : real.sleep(milliseconds),
  };
  return { ledger, clock, record: createRecord({ ledger, clock, logger, patience }) };
}
const untilAborted = (signal?: AbortSignal) =>
  new Promise<void>((_, reject) =>
    signal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true }),
  );

describe("a final record", () => {
  test("is in once it is durable", async () => {
    const { ledger, record } = scene();
    await record.settle(final("a"));
    expect(ledger.finals.map(({ callId }) => callId)).toEqual(["a"]);
  });

  test("is tried until the database is back, however long that takes", async () => {
    const { ledger, record, clock } = scene();
    let failures = 100;
    ledger.before = async () => {
      if (failures-- > 0) throw away();
    };
    await record.settle(final("a"));
    expect(ledger.finals).toHaveLength(1);
    expect(clock.now()).toBe(100_000); // a second between two attempts
  });

  test("that is in already, since only the answer was lost, is in", async () => {
    const { ledger, record } = scene();
    ledger.before = async () => {
      throw conflict("settled already");
    };
    await expect(record.settle(final("a"))).resolves.toBeUndefined();
  });

  test("that the database does not take is given up in the end, and said", async () => {
    const { ledger, record } = scene();
    let tries = 0;
    ledger.before = async () => {
      tries++;
      throw new Error("no such column");
    };
    await expect(record.settle(final("a"))).rejects.toThrow("no such column");
    expect(tries).toBe(30);
  });

  test("does not keep a client longer than its patience, and comes in afterwards", async () => {
    const { ledger } = scene();
    const back = Promise.withResolvers<void>();
    ledger.before = () => back.promise;
    const record = createRecord({ ledger, clock: testClock(), logger, patience: 10 });
    await expect(record.settle(final("a"))).rejects.toMatchObject({ code: "unavailable" });
    back.resolve();
    await record.drained(new AbortController().signal);
    expect(ledger.finals).toHaveLength(1);
  });
});

test("an intent that is not durable is not opened", async () => {
  const { ledger, record } = scene();
  ledger.before = async () => {
    throw away();
  };
  await expect(record.open({ callId: "a" } as Intent)).rejects.toMatchObject({ code: "unavailable" });
  expect(ledger.intents).toEqual([]);
});
