import { expect, test } from "vitest";
import { bytes, handIn, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { markPrepared } from "./service.ts";
import { takeBundle } from "./transfers.ts";

const scene = await runScene();
const { runner } = scene;

test("probe: a runner cannot fill the disk with bundles of one lease; the next lease is not held back by it", async () => {
  const runId = await scene.launched();
  const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
  await markPrepared(runner, leaseId, attempt);
  const upload = () => takeBundle(runner, leaseId, attempt, bytes("a bundle"));
  for (let nth = 1; nth <= 10; nth++) await upload();
  await expect(upload()).rejects.toMatchObject({ code: "refused" });

  const nextRun = await scene.launched();
  await handIn(runner, await leaseOf(runner, nextRun, "agent"));
});
