// What the bench arranges, on a database of its own: without it every number would be of something else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { disconnectDatabase } from "#lib/db.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { findPatch, readDiff } from "#lib/patches/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { makePatch } from "../diff/patch-text.ts";
import { seedReview } from "../diff/seed-review.ts";
import { openQueuePeer } from "../dispatch/queue-peer.ts";
import { openRawFloor } from "../dispatch/raw-floor.ts";
import type { BenchPlane } from "./plane.ts";
import { arrangeBench, type BenchWork } from "./work.ts";

const database = await testDatabase("web");
const blobs = mkdtempSync(join(tmpdir(), "pilothouse-bench-test-"));
process.env.PILOTHOUSE_BLOBS = blobs;
webTestEnv();

async function actAs(url: string): Promise<void> {
  await closeQueue();
  await disconnectDatabase();
  process.env.DATABASE_URL = url;
}

const plane: BenchPlane = {
  ...{ root: "", folder: blobs, port: 4300, url: TEST_URL, urls: database.urls, variables: {} },
  async asWorker(work) {
    await actAs(database.urls.worker);
    try {
      return await work();
    } finally {
      await actAs(database.urls.web);
    }
  },
  close: async () => undefined,
};

let work: BenchWork;
beforeAll(async () => {
  work = await arrangeBench(plane);
});
afterAll(async () => {
  await closeQueue();
  rmSync(blobs, { recursive: true });
});

describe("the arranged work", () => {
  test("a launched run is leased by the bench's runner", async () => {
    const { runId } = await work.launch("Repair the tests");
    const lease = await grantLease(work.runner.scope, work.runner.id, work.request("agent"));
    expect(lease).toMatchObject({ runId, phase: "agent", attempt: 1 });
    expect(await grantLease(work.runner.scope, work.runner.id, work.request("agent"))).toBeNull();
  });

  test("a seeded review is in review with the very patch that was made", async () => {
    const patch = makePatch({ files: 3, changedLines: 60 });
    const runId = await seedReview(plane, work, patch);
    expect(await getRun(work.lead, runId)).toMatchObject({ status: "in_review" });
    const stored = await findPatch(work.lead, runId);
    expect(stored).toMatchObject({ added: 30, removed: 30, files: patch.files });
    expect(stored && (await readDiff(work.lead, stored))).toBe(patch.text);
  });
});

describe("what dispatch is compared with", () => {
  test("a pg-boss job makes its round trip, again and again", async () => {
    const peer = await openQueuePeer(database.urls.owner);
    for (let round = 0; round < 3; round++) {
      const { whole, afterCommit } = await peer.roundTrip();
      expect(whole).toBeGreaterThanOrEqual(afterCommit);
    }
    await peer.close();
  });

  test("a raw row is heard of and claimed, each once", async () => {
    const floor = await openRawFloor(database.urls.owner);
    for (let round = 0; round < 3; round++) {
      expect(await floor.insertToClaim()).toBeGreaterThan(0);
      expect(await floor.notifyToListener()).toBeGreaterThan(0);
    }
    await floor.close();
    const { rows } = await database.owner.query(
      "select count(*)::int as rows, count(*) filter (where claimed)::int as claimed from bench_floor",
    );
    expect(rows).toEqual([{ rows: 3, claimed: 3 }]);
  });
});
