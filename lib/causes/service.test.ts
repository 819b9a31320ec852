import { beforeAll, describe, expect, test } from "vitest";
import type { NewEvent } from "../protocol/events.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { diffText, modified } from "../testing/diff-texts.ts";
import { testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { reviewOf } from "../testing/review-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { tell } from "../testing/steering.ts";
import { findCause } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

const changed = (item: number, paths: string[]): NewEvent => ({
  kind: "tree_recorded",
  body: { item, tree: String(item).repeat(40), paths },
});

describe("a line of a patch", () => {
  test("leads to what wrote it, from the events of its run, for whoever may see the run", async () => {
    const { runId, assignment } = await scene.start();
    const secret = `ghp_${"Ab3".repeat(12)}`;
    await tell(
      scene.runner,
      assignment,
      { kind: "session_bound", body: { driver: "openai", native: "s1" } },
      { kind: "turn_started", body: { turn: 1 } },
      { kind: "prompt_sent", body: { turn: 1, origin: "goal", text: `Repair it. ${secret}` } },
      { kind: "item_opened", body: { item: 1, type: "patch", title: "Write src/tax.js" } },
      { kind: "item_delta", body: { item: 1, text: "+const ra" } },
      { kind: "item_delta", body: { item: 1, text: "te = 19;\n" } },
      changed(1, ["src/tax.js"]),
      { kind: "item_opened", body: { item: 2, type: "tool", title: "Write src/other.js" } },
      changed(2, ["src/other.js"]),
      { kind: "item_opened", body: { item: 3, type: "tool", title: "Format everything" } },
      changed(3, ["src/tax.js", "src/other.js"]),
    );
    const { patchId } = await reviewOf(
      { database, worker: scene.lead, runner: scene.runner, clock },
      assignment,
      {
        files: [modified("src/tax.js")],
        diff: diffText("src/tax.js", "@@ -1,2 +1,3 @@\n one\n-two\n+const rate = 19;\n+more();\n"),
      },
    );
    const viewer = await member(scene.lead, "vera", "viewer");
    const at = { runId, patchId, path: "src/tax.js", side: "new" as const };
    const cause = await findCause(viewer, { ...at, line: 2 });
    expect(cause).toMatchObject({
      certainty: "holds",
      writers: [{ title: "Write src/tax.js", turn: 1, prompt: { origin: "goal" } }],
    });
    expect(JSON.stringify(cause)).not.toContain(secret);
    expect((await findCause(viewer, { ...at, line: 3 })).writers.map(({ title }) => title)).toEqual([
      "Format everything",
      "Write src/tax.js",
    ]);
    expect(await findCause(viewer, { ...at, line: 1 })).toMatchObject({ certainty: "base" });
    expect(await findCause(viewer, { ...at, side: "old", line: 2 })).toMatchObject({ certainty: "several" });
    await expect(findCause(viewer, { ...at, line: 99 })).rejects.toMatchObject({ code: "not_found" });
    const stranger = testScope({ roles: [], clock });
    await expect(findCause(stranger, { ...at, line: 2 })).rejects.toMatchObject({ code: "not_found" });
  });
});
