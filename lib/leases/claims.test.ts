import { expect, test } from "vitest";
import { findSummary } from "../runs/service.ts";
import { bytes, leaseOf, SUMMARY } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { appendRunnerEvents, finishLease, markPrepared } from "./service.ts";
import { takeBundle } from "./transfers.ts";

const scene = await runScene();
const { seed, runner } = scene;

const at = "2026-03-02T09:00:00Z";

test("probe: a claim that names commands nobody saw run is shown as unverified", async () => {
  const runId = await scene.launched();
  const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
  await markPrepared(runner, leaseId, attempt);
  const started = { command: 2, argv: ["true"], tree: "base", purpose: "never ends" };
  const finished = { command: 1, exit: 0, ended: "itself" as const, milliseconds: 5, dropped: 0 };
  await appendRunnerEvents(runner, leaseId, {
    attempt,
    first: 1,
    events: [
      { at, event: { kind: "command_started", body: { ...started, command: 1 } } },
      { at, event: { kind: "command_finished", body: finished } },
      { at, event: { kind: "command_started", body: started } },
    ],
  });
  const { blobId } = await takeBundle(runner, leaseId, attempt, bytes("bundle"));
  const claims = [
    { text: "All tests pass.", commands: [7, 999] },
    { text: "It was run.", commands: [1, 2, 3] },
  ];
  await finishLease(runner, leaseId, {
    outcome: "patch",
    attempt,
    bundleBlobId: blobId,
    summary: { ...SUMMARY, claims },
  });
  expect((await findSummary(seed, runId))?.claims).toEqual([
    { text: "All tests pass.", commands: [] },
    { text: "It was run.", commands: [1] },
  ]);
});
