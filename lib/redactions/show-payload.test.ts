import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { appendEvents } from "../events/service.ts";
import { findPatch } from "../patches/service.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { enrol, entriesAbout, launch, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { listShownEvents } from "../timeline/service.ts";
import { showPayload } from "./show-payload.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const TOKEN = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
let auditor: Scope;
let runId = "";
let seq = 0;

beforeAll(async () => {
  const { agentId, repositoryId, pilotId } = await arrangeWork(seed);
  await openBase(database, repositoryId);
  auditor = await member(seed, "auditor", "auditor");
  runId = await launch(seed, pilotId, agentId);
  await toReview({ database, worker: seed, runner: await enrol(seed, "r") }, runId);
  const event = { kind: "note", body: { text: `the token is ${TOKEN}` } } as const;
  const at = "2030-01-01T00:00:00.000Z";
  seq = await transaction(seed, (tx) =>
    appendEvents(tx, { runId, attempt: 1, observedBy: "runner", events: [{ at, event }] }),
  );
});

const show = (more: object = {}, scope = auditor) =>
  showPayload(scope, { runId, what: "event", seq, reason: "Is it a real one?", ...more });
const shownEntries = async () =>
  (await entriesAbout(database, `run:${runId}`)).filter(({ kind }) => kind === "payload.shown");

describe("a payload unmasked", () => {
  test("is masked for everybody until somebody with the permission gives a reason, which is recorded", async () => {
    expect(JSON.stringify(await listShownEvents(seed, runId, 0, 500))).toContain(
      "the token is [secret: github]",
    );
    expect((await show()).text).toContain(TOKEN);
    expect(await shownEntries()).toMatchObject([{ detail: { what: "event", seq, blob: null } }]);
    const { rows } = await database.owner.query("select what, reason, shown_to from payload_showing");
    expect(rows).toMatchObject([{ what: { seq }, reason: "Is it a real one?" }]);
  });

  test("is recorded before it is read: bytes that are missing leave the entry too", async () => {
    const patch = await findPatch(seed, runId);
    expect(await show({ what: "diff", seq: undefined })).toEqual({ text: "diff", cut: 0 });
    expect((await shownEntries()).at(-1)).toMatchObject({
      detail: { what: "diff", blob: patch?.diffBlobId },
    });
    const before = (await shownEntries()).length;
    await expect(show({ seq: 100_000 })).rejects.toMatchObject({ code: "not_found" });
    expect(await shownEntries()).toHaveLength(before + 1);
  });

  test("probe: leads of engineering, reviewers and administrators get nothing, and nothing is recorded", async () => {
    const before = (await shownEntries()).length;
    for (const role of ["administrator", "engineering_lead", "reviewer", "viewer"] as const) {
      await expect(show({}, testScope({ roles: [role], clock }))).rejects.toMatchObject({
        code: "forbidden",
      });
    }
    await expect(show({}, testScope({ clock }))).rejects.toMatchObject({ code: "not_found" });
    expect(await shownEntries()).toHaveLength(before);
  });
});
