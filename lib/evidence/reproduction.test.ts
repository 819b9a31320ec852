import { expect, test } from "vitest";
import { asProcess, toReview } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { findReproduction } from "./reproduction.ts";
import { listEvidence } from "./service.ts";

const scene = await runScene();
const { database, seed, runner } = scene;
const asked = (id: string) => asProcess(database, "worker", () => findReproduction(seed, id));

test("evidence leads the worker to what it was made from: commits, the charter's command, both bundles", async () => {
  const runId = await scene.launched();
  await toReview({ database, worker: seed, runner }, runId);
  const [evidence] = await listEvidence(seed, runId);
  const { assignment, bundles, document, claimed } = await asked(evidence?.id ?? "");
  expect(document).toEqual(evidence?.document);
  expect(assignment).toMatchObject({
    ...{ phase: "verify", runId, baseCommit: document.baseCommit, patchDigest: document.patch },
    ...{ setup: null, setupOf: "base", test: { argv: document.argv, repeats: 3 } },
  });
  expect(document.observations.find(({ tree }) => tree === "base_on_patch")?.commit).toBe(
    assignment.patchCommit,
  );
  expect(bundles.base).toContain(document.baseCommit);
  expect(bundles.patch).not.toBe(bundles.base);
  expect(Array.isArray(claimed)).toBe(true);
});

test("evidence that is not there is not found", async () => {
  await expect(asked("evi_nowhere")).rejects.toMatchObject({ code: "not_found" });
});
