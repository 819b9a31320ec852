// Whether the entry that began a round came under a signed checkpoint, and when.
import { beforeAll, expect, test } from "vitest";
import { SECOND } from "#lib/clock.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import type { Round } from "./round.ts";
import { trySigning } from "./signing.ts";

const { owner } = await testDatabase("worker");
const begun = Date.UTC(2026, 10, 29, 12);

/** Numbered in this order. */
const ROUNDS = ["ctt_soon", "ctt_late", "ctt_open"];

beforeAll(async () => {
  await owner.query("insert into log_epoch (epoch, origin, started_at) values (1, 'test.example/1', now())");
  for (const [index, id] of ROUNDS.entries()) {
    await owner.query(
      "insert into log_entry (id, kind, about, body) values ($1, 'controls.asked', array[$2], '\\x00')",
      [`ent_${id}`, `control_test:${id}`],
    );
    await owner.query("insert into log_leaf values ($1, 1, $2, $3, now(), decode(repeat('00', 32), 'hex'))", [
      ...[index + 1, index, `ent_${id}`],
    ]);
  }
  for (const [size, after] of [
    [1, 10 * SECOND],
    [2, 31 * SECOND],
  ] as const)
    await owner.query("insert into log_checkpoint values (1, $1, decode(repeat('00', 32), 'hex'), '', $2)", [
      ...[size, new Date(begun + after)],
    ]);
});

const round = (testId: string): Round => {
  const scope = testScope({ actor: systemActor("worker"), clock: testClock(begun) });
  const [askedAt, begunAt] = [new Date(begun - SECOND), new Date(begun)];
  return { testId, askedAt, begunAt, scope, workplace: {} as Round["workplace"] };
};

test("an entry holds that came under a checkpoint within half a minute of the test's beginning", async () => {
  expect(await trySigning(round("ctt_soon"))).toEqual({
    result: "holds",
    sentence: "The test's own entry was under a signed checkpoint 10 s after the test began.",
  });
});

test("probe: an entry that was signed later fails, though it is signed when it is looked at", async () => {
  expect(await trySigning(round("ctt_late"))).toMatchObject({
    result: "failed",
    sentence: expect.stringContaining("31 s"),
  });
});

test("probe: a checkpoint that was signed since the test began, and is not over its entry, is not enough", async () => {
  const open = round("ctt_open");
  expect(await trySigning(open)).toMatchObject({
    result: "failed",
    sentence: expect.stringContaining("under no signed checkpoint"),
  });
  expect(open.scope.clock.now() - begun).toBe(30 * SECOND);
});
