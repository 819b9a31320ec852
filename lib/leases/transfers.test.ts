import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { baseBundlePath, blobStore } from "../blobs/service.ts";
import { transaction } from "../db.ts";
import type { Assignment } from "../protocol/schema.ts";
import { recordBaseBundle } from "../repositories/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import {
  asProcess,
  bytes,
  enrol,
  entriesAbout,
  launch,
  leaseOf,
  SUMMARY,
  testBlobs,
} from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { loseLease } from "./end-lease.ts";
import { finishLease, markPrepared } from "./service.ts";
import { openBundle, takeBundle } from "./transfers.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const BASE = "a".repeat(40);
let runner: Scope;
let work: Awaited<ReturnType<typeof arrangeWork>>;
let lease: Assignment;

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

beforeAll(async () => {
  work = await arrangeWork(seed);
  const path = baseBundlePath(work.repositoryId, BASE);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "the base");
  const bundle = { repositoryId: work.repositoryId, commit: BASE, sha256: sha256("the base"), size: 8 };
  await asProcess(database, "worker", () => recordBaseBundle(seed, bundle));
  runner = await enrol(seed, "r");
});

beforeEach(async () => {
  clock.advance(1000);
  lease = await leaseOf(runner, await launch(seed, work.pilotId, work.agentId), "agent");
});

const end = () => cancelRun(seed, { runId: lease.runId, reason: "enough" });

async function blobsOf(
  runId: string,
): Promise<{ id: string; size: string; sha256: string; commitment: string; salt: Buffer }[]> {
  return (await database.owner.query("select * from blob where run_id = $1", [runId])).rows;
}

describe("what a lease works from", () => {
  test("is handed out with the length and digest it was recorded with", async () => {
    const { stream, size, sha256: digest } = await openBundle(runner, lease.leaseId, 1, "base");
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect([size, digest]).toEqual([8, sha256(Buffer.concat(chunks))]);
    await end();
  });

  test("is no patch while there is none", async () => {
    await expect(openBundle(runner, lease.leaseId, 1, "patch")).rejects.toMatchObject({ code: "not_found" });
    await end();
  });
});

describe("what an agent hands in", () => {
  test("is stored whole; the record commits to it with a salt, so that a guess proves nothing", async () => {
    const { blobId } = await takeBundle(runner, lease.leaseId, 1, bytes("a bundle"));
    expect((await blobStore().read(blobId)).toString()).toBe("a bundle");
    const [blob] = await blobsOf(lease.runId);
    expect(blob).toMatchObject({ id: blobId, size: "8", sha256: sha256("a bundle") });
    expect(blob?.commitment).toBe(
      sha256(Buffer.concat([blob?.salt ?? Buffer.alloc(0), Buffer.from("a bundle")])),
    );
    const entry = (await entriesAbout(database, `run:${lease.runId}`)).at(-1);
    expect(entry).toMatchObject({
      kind: "run.bundle_uploaded",
      detail: { attempt: 1, blob: blobId, bytes: 8, commitment: blob?.commitment },
    });
    expect(JSON.stringify(entry)).not.toContain(sha256("a bundle"));
    await end();
  });

  test("probe: cut off in the middle counts for nothing", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("half")),
      pull: (controller) => controller.error(new Error("connection reset")),
    });
    await expect(takeBundle(runner, lease.leaseId, 1, broken)).rejects.toThrow("connection reset");
    expect(await blobsOf(lease.runId)).toEqual([]);
    await end();
  });

  test("bytes that are gone from the disk are unavailable, said in a sentence", async () => {
    const { blobId } = await takeBundle(runner, lease.leaseId, 1, bytes("a bundle"));
    rmSync(blobStore().path(blobId));
    await expect(blobStore().read(blobId)).rejects.toMatchObject({ code: "unavailable" });
    await end();
  });
});

describe("probe: a patch", () => {
  test("names a bundle of its own attempt, and not one that an attempt before it uploaded", async () => {
    const { runId } = lease;
    const upload = async ({ leaseId, attempt }: Assignment, text: string) =>
      (await takeBundle(runner, leaseId, attempt, bytes(text))).blobId;
    const older = await upload(lease, "of the attempt that was lost");
    const { leaseId: lost } = lease;
    await asProcess(database, "worker", () => transaction(seed, (tx) => loseLease(tx, seed, lost)));
    clock.advance(1000);
    const next = await leaseOf(runner, runId, "agent");
    await markPrepared(runner, next.leaseId, next.attempt);
    const handIn = (bundleBlobId: string) =>
      finishLease(runner, next.leaseId, {
        ...{ outcome: "patch", attempt: next.attempt, bundleBlobId, summary: SUMMARY },
      });
    await expect(handIn(older)).rejects.toMatchObject({ code: "refused" });
    await handIn(await upload(next, "its own"));
    expect((await getRun(seed, runId)).status).toBe("verifying");
    await cancelRun(seed, { runId, reason: "enough" });
  });
});
