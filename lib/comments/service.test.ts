// People speak about a patch, send it back, and look at what came of it: through the services, each as its own process.
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { storeBytes } from "../blobs/service.ts";
import { transaction } from "../db.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate, listGatesOf } from "../gates/service.ts";
import { whoMayApprove } from "../gates/who-may-approve.ts";
import { interdiffBytes, recordInterdiff } from "../interdiff/service.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { diffText, modified } from "../testing/diff-texts.ts";
import { asProcess, entriesAbout, kindsAbout, leaseOf, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { reviewOf } from "../testing/review-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { inboxOf, statusOf, tell } from "../testing/steering.ts";
import { addComment, replyToThread } from "./add-comment.ts";
import { sendToAgent } from "./send-to-agent.ts";
import { listThreads, saidInComment, takeComments } from "./service.ts";
import { reopenThread, resolveThread } from "./settle-thread.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let [ada, bo, eve]: Scope[] = [];

const FIRST = {
  files: [modified("src/tax.js", { added: 2 })],
  diff: diffText("src/tax.js", "@@ -1,3 +1,4 @@\n one\n-two\n+zwei\n+plus\n three\n"),
};

beforeAll(async () => {
  scene = await openModelScene(database, clock);
  ada = await member(scene.lead, "ada", "engineering_lead");
  bo = await member(scene.lead, "bo", "reviewer");
  eve = await member(scene.lead, "eve", "viewer");
});

const scopeOf = (one: Scope | undefined): Scope => {
  if (!one) throw new Error("nobody is there yet");
  return one;
};
const reviewing = () => ({ database, worker: scene.lead, runner: scene.runner, clock });

async function inReview() {
  const { runId, assignment } = await scene.start();
  return { runId, ...(await reviewOf(reviewing(), assignment, FIRST)) };
}

type In = { readonly runId: string; readonly patchId: string };
const say = (who: Scope | undefined, { runId, patchId }: In, part: object = {}) => {
  clock.advance(1000);
  return addComment(scopeOf(who), {
    ...{ runId, patchId, path: "src/tax.js", side: "new", from: 2, to: 3, text: "Why twice?" },
    ...{ requestKey: randomUUID(), ...part },
  });
};
const back = (who: Scope | undefined, { runId, patchId }: In, ...threadIds: string[]) =>
  sendToAgent(scopeOf(who), { runId, patchId, threadIds, requestKey: randomUUID() });
const end = (runId: string) => cancelRun(scopeOf(ada), { runId, reason: "The test is over." });

describe("a comment on lines of a patch", () => {
  test("keeps the lines as they were, and its entry commits to what was said without saying it", async () => {
    const review = await inReview();
    const requestKey = randomUUID();
    const { threadId } = await say(bo, review, { requestKey });
    expect(await say(bo, review, { requestKey })).toEqual({ threadId });
    clock.advance(1000);
    await replyToThread(scopeOf(ada), {
      runId: review.runId,
      threadId,
      text: "It is wanted.",
      requestKey: randomUUID(),
    });
    const [thread, ...others] = await listThreads(scopeOf(eve), review.runId);
    expect(others).toEqual([]);
    expect(thread).toMatchObject({
      ...{ quote: "zwei\nplus", side: "new", from: 2, to: 3, isOpen: true, sent: 0 },
      now: { state: "here", path: "src/tax.js", from: 2, to: 3 },
      comments: [
        { authorName: "bo", text: "Why twice?", replacement: null },
        { authorName: "ada", text: "It is wanted." },
      ],
    });
    const [entry] = (await entriesAbout(database, `run:${review.runId}`)).filter(
      ({ kind }) => kind === "review.commented",
    );
    const said = await asProcess(database, "worker", () =>
      transaction(scene.lead, (tx) => saidInComment(tx.db, thread?.comments[0]?.id ?? "")),
    );
    const digest = payloadCommitment(said?.salt ?? new Uint8Array(), Buffer.from(said?.text ?? "")).toString(
      "hex",
    );
    expect(entry?.detail).toMatchObject({ thread: threadId, suggestion: false, text: digest });
    expect(JSON.stringify(entry)).not.toContain("Why twice");
    await end(review.runId);
  });

  test("is for lines that the patch shows, in its newest patch, by whoever may comment", async () => {
    const review = await inReview();
    await expect(say(bo, review, { from: 2, to: 9 })).rejects.toMatchObject({ code: "refused" });
    await expect(say(bo, review, { path: "src/other.js" })).rejects.toMatchObject({ code: "not_found" });
    await expect(say(bo, { ...review, patchId: "pat_other" })).rejects.toMatchObject({ code: "conflict" });
    await expect(say(eve, review)).rejects.toMatchObject({ code: "forbidden" });
    const stranger = testScope({ roles: [], actor: scopeOf(bo).actor, clock });
    await expect(say(stranger, review)).rejects.toMatchObject({ code: "not_found" });
    expect(await listThreads(scene.lead, review.runId)).toEqual([]);
    await end(review.runId);
    await expect(say(bo, review)).rejects.toMatchObject({ code: "refused" });
  });

  test("probe: a secret in it is shown masked, hostile characters come back as they were, to be shown as text", async () => {
    const review = await inReview();
    const secret = `ghp_${randomUUID().replaceAll("-", "")}abcd`;
    await say(bo, review, { text: `<img src=x onerror=alert(1)> \u202E ${secret}` });
    const [thread] = await listThreads(scopeOf(eve), review.runId);
    expect(thread?.comments[0]?.text).toContain("<img src=x onerror=alert(1)> \u202E");
    expect(JSON.stringify(thread)).not.toContain(secret);
    await end(review.runId);
  });

  test("is settled and opened again, each once", async () => {
    const { runId, patchId } = await inReview();
    const { threadId } = await say(bo, { runId, patchId });
    const which = { runId, threadId };
    for (const settle of [resolveThread, resolveThread, reopenThread, reopenThread])
      await settle(scopeOf(ada), which);
    await expect(resolveThread(scopeOf(eve), which)).rejects.toMatchObject({ code: "forbidden" });
    const kinds = await kindsAbout(database, `run:${runId}`);
    expect(kinds.filter((kind) => kind.startsWith("review.thread"))).toEqual([
      "review.thread_resolved",
      "review.thread_reopened",
    ]);
    await end(runId);
  });

  test("in words bars nobody from approving; code that is put forward does, also who approved before", async () => {
    const review = await inReview();
    await say(bo, review);
    const could = async () =>
      (await whoMayApprove(scene.lead, review.gateId))?.could.map(({ name }) => name) ?? [];
    expect(await could()).toContain("bo");
    await say(bo, review, { replacement: "zwei * 2" });
    expect(await could()).not.toContain("bo");
    const approve = { ...review, decision: "approve", reason: "" } as const;
    await expect(decideGate(scopeOf(bo), approve)).rejects.toMatchObject({ code: "refused" });
    const me = (await getGate(scopeOf(bo), review.gateId)).cannotApprove;
    expect(me).toContain("somebody else has to approve");
    await end(review.runId);
  });

  test("loses its words, its lines and its salt by a redaction", async () => {
    const review = await inReview();
    await say(bo, review, { replacement: "PRIVATE" });
    await asProcess(database, "worker", () =>
      transaction(scene.lead, async (tx) => {
        await lockRun(tx, review.runId);
        expect(await takeComments(tx.db, review.runId, "[taken away]")).toBe(1);
        tx.record({
          kind: "payload.redacted",
          about: [`run:${review.runId}`],
          charter: "a".repeat(64),
          detail: { events: 0, blobs: 1, rows: 0, reached: [], not_reached: [] },
        });
      }),
    );
    const { rows } = await database.owner.query(
      "select c.text, c.replacement, c.salt, t.path, t.quote from review_comment c join review_thread t on t.id = c.thread_id where c.run_id = $1",
      [review.runId],
    );
    const gone = "[taken away]";
    expect(rows).toEqual([{ text: gone, replacement: gone, salt: null, path: gone, quote: gone }]);
    await end(review.runId);
  });
});

describe("open threads that are sent to the agent", () => {
  test("become its next attempt: the gate is void, the words wait in its inbox, and the next review says what became of the lines", async () => {
    const review = await inReview();
    const { runId } = review;
    const { threadId } = await say(bo, review);
    const other = await say(bo, review, { side: "old", from: 2, to: 2, text: "Keep this." });
    await back(bo, review, threadId, other.threadId);
    expect(await statusOf(scene.lead, runId)).toBe("queued");
    const [gate] = await listGatesOf(scene.lead, runId);
    expect(gate).toMatchObject({ status: "void", reason: expect.stringContaining("Another attempt") });
    expect(await kindsAbout(database, `run:${runId}`)).toEqual(
      expect.arrayContaining(["gate.voided", "message.sent", "review.sent"]),
    );

    const next = await leaseOf(scene.runner, runId, "agent");
    const [item] = await inboxOf(scene.runner, next);
    expect(item).toMatchObject({ kind: "message", mode: "queue", origin: "steer" });
    const text = item?.kind === "message" ? item.text : "";
    for (const part of ["src/tax.js, lines 2 to 3", "zwei\nplus", "> Why twice?", "line 2 of the base"])
      expect(text).toContain(part);
    const message = item?.kind === "message" ? item.message : "";
    const effect = "after_turn";
    await tell(scene.runner, next, { kind: "message_delivered", body: { message, effect } });

    const again = await reviewOf(reviewing(), next, {
      ...{ files: FIRST.files, letter: "4" },
      diff: diffText("src/tax.js", "@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n"),
    });
    const unknown = (await listThreads(scene.lead, runId)).map(({ now }) => now.state);
    expect(unknown).toEqual(["unknown", "same"]);
    const bytes = interdiffBytes({
      files: [modified("src/tax.js", { added: 0 })],
      diff: Buffer.from(diffText("src/tax.js", "@@ -2,2 +2 @@\n zwei\n-plus\n")),
    });
    await asProcess(database, "worker", async () => {
      const result = await storeBytes(Readable.from([bytes]), 10_000, clock.now());
      for (let twice = 0; twice < 2; twice++)
        await transaction(scene.lead, async (tx) =>
          recordInterdiff(tx, scene.lead, await lockRun(tx, runId), {
            ...{ from: review.patchId, to: again.patchId, result },
          }),
        );
    });
    const threads = await listThreads(scene.lead, runId);
    expect(threads.map(({ sent, now }) => [sent, now])).toEqual([
      [1, { state: "changed", path: "src/tax.js", from: 2, to: 2 }],
      [1, { state: "same", path: "src/tax.js", from: 2, to: 2 }],
    ]);
    const mayStill = await whoMayApprove(scene.lead, again.gateId);
    expect(mayStill?.could.map(({ personId }) => personId)).toContain(actorId(scopeOf(bo).actor));
    await end(runId);
  });

  test("are refused where nobody reads them, where they are settled, and where no run may begin", async () => {
    const review = await inReview();
    const { threadId } = await say(bo, review);
    await expect(back(eve, review, threadId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(back(bo, review, "thr_none")).rejects.toMatchObject({ code: "refused" });
    await expect(back(bo, { ...review, patchId: "pat_other" }, threadId)).rejects.toMatchObject({
      message: expect.stringContaining("Another attempt came in"),
    });
    await resolveThread(scopeOf(bo), { runId: review.runId, threadId });
    await expect(back(bo, review, threadId)).rejects.toMatchObject({
      message: expect.stringContaining("settled"),
    });
    await reopenThread(scopeOf(bo), { runId: review.runId, threadId });
    await pullStop(scopeOf(ada), { scope: "pilot", pilotId: scene.pilotId, reason: "Look first." });
    await expect(back(bo, review, threadId)).rejects.toMatchObject({
      message: expect.stringContaining("emergency stop"),
    });
    expect(await statusOf(scene.lead, review.runId)).toBe("in_review");
  });
});
