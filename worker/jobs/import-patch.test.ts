import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { blobStore } from "#lib/blobs/service.ts";
import { findChanges } from "#lib/changes/service.ts";
import { MINUTE } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { finishLease, markPrepared } from "#lib/leases/service.ts";
import { openBundle, takeBundle } from "#lib/leases/transfers.ts";
import { mergeAsked } from "#lib/merges/open-merge-gate.ts";
import { findPatch, readDiff } from "#lib/patches/service.ts";
import { readShownImage } from "#lib/patches/shown-image.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { lockRun } from "#lib/runs/run-in-tx.ts";
import { getRun } from "#lib/runs/service.ts";
import { activePilot, charterFor } from "#lib/testing/arrange.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { openSource, propose, type Source } from "#lib/testing/git/story.ts";
import {
  asProcess,
  bytes,
  entriesAbout,
  kindsAbout,
  launch,
  leaseOf,
  SUMMARY,
} from "#lib/testing/journey.ts";
import { testScope } from "#lib/testing/scopes.ts";
import { importPatch } from "./import-patch.ts";

const story = await openStory();
const { database, seed, clock, agentId } = story;
let source: Source;
let runId = "";

beforeAll(async () => {
  source = await openSource(story, "own", { "src/a.js": "one\n", "docs/b.md": "b\n" });
});

beforeEach(async () => {
  clock.advance(MINUTE);
  const charter = charterFor(seed, source.repositoryId);
  const scope = {
    ...{ ...charter.scope, allowedPaths: ["src/**"], forbiddenPaths: ["src/pay/**"] },
    ...{ maxFiles: 3, maxChangedLines: 20 },
  };
  runId = await launch(seed, await activePilot(seed, { ...charter, scope }), agentId);
});

const takeIn = (times = 1) =>
  asProcess(database, "worker", () =>
    Promise.all(
      Array.from({ length: times }, () => importPatch(story.workplace, seed, { runId, attempt: 1 })),
    ),
  );

async function patches(): Promise<number> {
  const { rows } = await database.owner.query("select from patch where run_id = $1", [runId]);
  return rows.length;
}

describe("taking a patch in", () => {
  test("stores what jailed git found, by digests the record holds, and verification gets the bundle", async () => {
    const agentCommit = await propose(story, source, await leaseOf(story.runner, runId, "agent"), {
      "src/a.js": "two\n",
    });
    await takeIn();
    const patch = await findPatch(seed, runId);
    expect(patch).toMatchObject({ attempt: 1, baseCommit: source.base, added: 1, removed: 1 });
    expect(patch?.commit).not.toBe(agentCommit);
    expect(patch?.files.map(({ path }) => path)).toEqual(["src/a.js"]);
    expect(patch && (await readDiff(seed, patch))).toContain("+two");
    const entry = (await entriesAbout(database, `run:${runId}`)).find(
      ({ kind }) => kind === "run.patch_imported",
    );
    expect(entry?.detail).toMatchObject({ digest: patch?.digest, tree: patch?.tree, base: source.base });
    const lease = await leaseOf(story.runner, runId, "verify");
    const { stream, size } = await openBundle(story.runner, lease.leaseId, lease.attempt, "patch");
    let read = 0;
    for await (const chunk of stream) read += (chunk as Buffer).length;
    expect(read).toBe(size);
  });

  test("reads its files for what it does to tests, packages and licences, and what was read is bound", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), {
      "src/sum.test.js": 'fit("adds", () => { assert.equal(sum(1, 2), 3); });\n',
      "src/package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: { "": {}, "node_modules/left": { version: "1.0.0", license: "MIT" } },
      }),
      "src/a.js": "// Copyright 2020 Somebody\none\n",
    });
    await takeIn();
    const patch = await findPatch(seed, runId);
    if (!patch) throw new Error("no patch");
    const changes = await findChanges(seed, patch);
    expect(changes).toMatchObject({
      tests: [{ rule: "test_focused", severity: "high", path: "src/sum.test.js", test: "adds" }],
      packages: [{ change: "added", name: "left", after: "1.0.0", licence: "MIT", verdict: "allowed" }],
      headers: [{ path: "src/a.js", line: 1, kind: "copyright" }],
    });
    expect(patch.flags).toContainEqual(
      expect.objectContaining({ rule: "test_weakened", severity: "extra_approver", path: "src/sum.test.js" }),
    );
    const kinds = await entriesAbout(database, `run:${runId}`);
    const { detail } = kinds.find(({ kind }) => kind === "run.patch_imported") ?? {};
    const { rows } = await database.owner.query("select commitment from blob where id = $1", [
      patch.analysisBlobId,
    ]);
    expect(detail).toMatchObject({ analysis: rows[0]?.commitment });
    const bound = await transaction(seed, async (tx) => mergeAsked(tx, await lockRun(tx, runId)));
    expect(bound.document.changes).toMatchObject({
      analysis: rows[0]?.commitment,
      tests: ["src/sum.test.js:1 “adds” is focused (fit): others of its file no longer run."],
      dependencies: ["left 1.0.0 added, licence MIT"],
    });
    expect(bound.document.testIntegrity).toContainEqual(
      expect.stringContaining("src/sum.test.js holds the patch to less"),
    );
    await database.owner.query("alter table blob disable trigger governed");
    await database.owner.query("update blob set deleted_at = now() where id = $1", [patch.analysisBlobId]);
    await database.owner.query("alter table blob enable trigger governed");
    expect(await findChanges(seed, patch)).toBe("taken_away");
  });

  test("keeps pictures for who reviews it: both sides by digest, and no other bytes", async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), {
      "src/logo.png": png,
      "src/logo.svg": "<svg/>\n",
      "src/raw.bin": Buffer.from([0, 1, 2, 0]),
    });
    await takeIn();
    const patch = await findPatch(seed, runId);
    if (!patch) throw new Error("no patch");
    const sha256 = createHash("sha256").update(png).digest("hex");
    expect(patch.files.map(({ path, content }) => [path, content])).toEqual([
      [
        "src/logo.png",
        {
          before: null,
          after: {
            ...{ bytes: png.length, sha256 },
            image: { kind: "png", width: 1, height: 1, blob: expect.stringMatching(/^blb_/) },
          },
        },
      ],
      ["src/logo.svg", undefined],
      ["src/raw.bin", { before: null, after: { bytes: 4, sha256: expect.any(String), image: null } }],
    ]);
    const asked = { runId, patchId: patch.id, file: 0, side: "after" as const, sha256 };
    expect(await readShownImage(seed, asked)).toEqual({ kind: "png", bytes: png });
    for (const other of [
      { side: "before" as const },
      { file: 2 },
      { sha256: "0".repeat(64) },
      { patchId: "x" },
    ])
      await expect(readShownImage(seed, { ...asked, ...other })).rejects.toMatchObject({ code: "not_found" });
    const stranger = testScope({ roles: [], clock });
    await expect(readShownImage(stranger, asked)).rejects.toMatchObject({ code: "not_found" });
    const blob = patch.files[0]?.content?.after?.image?.blob ?? "";
    await writeFile(blobStore().path(blob), "<script>");
    await expect(readShownImage(seed, asked)).rejects.toThrow("is not the one that was taken in");
    await database.owner.query("alter table blob disable trigger governed");
    await database.owner.query("update blob set deleted_at = now() where id = $1", [blob]);
    await database.owner.query("alter table blob enable trigger governed");
    await expect(readShownImage(seed, asked)).rejects.toMatchObject({ code: "expired" });
  });

  test("done twice at once, and again, is one patch", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), { "src/a.js": "two\n" });
    await takeIn(3);
    await takeIn();
    expect(await patches()).toBe(1);
    expect(
      (await kindsAbout(database, `run:${runId}`)).filter((kind) => kind === "run.patch_imported"),
    ).toHaveLength(1);
  });

  test("of a run that was cancelled meanwhile leaves nothing", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), { "src/a.js": "two\n" });
    await cancelRun(seed, { runId, reason: "not wanted" });
    await takeIn();
    expect(await patches()).toBe(0);
    expect((await getRun(seed, runId)).status).toBe("cancelled");
  });

  test("opens findings with it: a secret it adds, at its line and masked", async () => {
    const token = `ghp_${"0aB1".repeat(9)}`;
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), {
      "src/a.js": `one\nconst token = "${token}";\n`,
    });
    await takeIn();
    const [finding, ...others] = await listFindingsOfRun(seed, runId);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: "high",
      state: "open",
      evidence: { path: "src/a.js", line: 2 },
    });
    expect(finding?.patchId).toBe((await findPatch(seed, runId))?.id);
    expect(JSON.stringify(finding)).not.toContain(token);
  });

  test("outside the charter's paths ends the run with the sentence, once; the record holds its digest", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), { "docs/b.md": "changed\n" });
    await takeIn(2);
    expect(await patches()).toBe(0);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/tree policy blocks.*docs\/b\.md/s),
    });
    const refusals = (await entriesAbout(database, `run:${runId}`)).filter(
      ({ kind }) => kind === "run.patch_refused",
    );
    expect(refusals).toEqual([
      { kind: "run.patch_refused", detail: { reason_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    const found = await listFindingsOfRun(seed, runId);
    expect(found.map(({ rule, times }) => [rule.id, times])).toEqual([["tree_outside_scope", 1]]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "in a forbidden path, though it lies inside an allowed one,",
      { "src/pay/card.js": "x\n" },
      "src/pay/card.js is a path this charter forbids.",
    ],
    [
      "of too many files",
      Object.fromEntries(["b", "c", "d", "e"].map((name) => [`src/${name}.js`, `${name}\n`])),
      "The patch changes 4 files; the charter allows 3.",
    ],
    [
      "of too many lines",
      { "src/a.js": Array.from({ length: 30 }, (_, nth) => `line ${nth}\n`).join("") },
      "The patch changes 31 lines; the charter allows 20.",
    ],
  ])("probe: %s is refused, and the run says so", async (_what, files, sentence) => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), files);
    await takeIn();
    expect(await patches()).toBe(0);
    const run = await getRun(seed, runId);
    expect(run.status).toBe("failed");
    expect(run.reason).toContain(sentence);
  });

  test("probe: bytes that are no bundle end the run with a sentence, not the worker", async () => {
    const lease = await leaseOf(story.runner, runId, "agent");
    await markPrepared(story.runner, lease.leaseId, 1);
    const { blobId } = await takeBundle(story.runner, lease.leaseId, 1, bytes("# v2 git bundle\nnonsense"));
    const finish = { outcome: "patch", attempt: 1, bundleBlobId: blobId, summary: SUMMARY } as const;
    await finishLease(story.runner, lease.leaseId, finish);
    await takeIn();
    expect(await getRun(seed, runId)).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/\w+ .*\./),
    });
    expect(await patches()).toBe(0);
    expect((await listFindingsOfRun(seed, runId)).map(({ rule }) => rule.id)).toEqual(["bundle_refused"]);
  });
});
