// From the day-28 review to a signed receipt: written by the worker's role, decided by both owners at a gate, closed step by step.
import { createHash, generateKeyPairSync } from "node:crypto";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyReceipt } from "../../verify/receipt.ts";
import { makeToken } from "../api-tokens/service.ts";
import { DAY, HOUR } from "../clock.ts";
import { type ClosingHost, carryOutClosings } from "../closings/carry-out-closings.ts";
import { getClosing, getReceipt, openHandedLog } from "../closings/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { completePilot } from "../pilots/complete-pilot.ts";
import type { ExitCriterion } from "../pilots/schema/rollback.ts";
import { getPilot } from "../pilots/service.ts";
import { isReleased } from "../repositories/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { member, readyRepository } from "../testing/arrange.ts";
import { asProcess, kindsAbout, openBase } from "../testing/journey.ts";
import { sequenceLog } from "../testing/notary.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { askExit } from "./ask-exit.ts";
import { getExit } from "./service.ts";
import { stateReport } from "./state-report.ts";
import { writeReviews } from "./write-reviews.ts";

let scene: RunScene;
let [ada, bea, auditor, worker]: Scope[] = [];

const known = (scope: Scope | undefined): Scope => {
  if (!scope) throw new Error("nobody was made");
  return scope;
};

beforeAll(async () => {
  scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
  ada = await member(scene.seed, "ada", "engineering_lead");
  bea = await member(scene.seed, "bea", "security_lead");
  auditor = await member(scene.seed, "audrey", "auditor");
  worker = testScope({ actor: systemActor("worker"), clock: scene.clock });
});

const pilot = ({
  repositoryId = scene.work.repositoryId,
  exitCriteria = ["independent_review", "runs_ended"] as ExitCriterion[],
} = {}) =>
  scene.pilotWith((charter) => ({
    scope: { ...charter.scope, repositoryId },
    kpis: { ...charter.kpis, owners: [actorId(known(ada).actor), actorId(known(bea).actor)] },
    rollback: { ...charter.rollback, exitCriteria },
  }));
const write = () => asProcess(scene.database, "worker", () => writeReviews(known(worker)));
const { privateKey, publicKey } = generateKeyPairSync("ed25519");

const host = (over: Partial<ClosingHost> = {}): ClosingHost => ({
  signingKey: async () => privateKey,
  measure: async () => ({ bytes: 10, files: 2 }),
  remove: async () => undefined,
  ...over,
});

async function digestOf(gateId: string): Promise<string> {
  const { rows } = await scene.database.owner.query<{ digest: string }>(
    "select digest from gate where id = $1",
    [gateId],
  );
  return rows[0]?.digest ?? "";
}

const REPORT = { verdict: "fit", statement: "Read by two who know it.", name: "report.pdf" } as const;

async function signed(pilotId: string, decision: "scale_up" | "extend" | "end"): Promise<string> {
  const { gateId } = await askExit(known(ada), { pilotId, decision, reason: "We know enough." });
  const decided = { gateId, digest: await digestOf(gateId), decision: "approve", reason: "Yes." } as const;
  expect(await decideGate(known(ada), decided)).toEqual({ status: "open" });
  return (await decideGate(known(bea), decided)).status;
}

describe("an exit review", () => {
  test("is written once, on its day, with the numbers of when that day began, however late the worker is", async () => {
    const pilotId = await pilot();
    await scene.launched(pilotId);
    scene.clock.advance(27 * DAY - HOUR);
    await write();
    expect((await getExit(known(ada), pilotId)).review).toBeNull();
    scene.clock.advance(3 * DAY);
    await write();
    await write();
    const { review, days } = await getExit(known(ada), pilotId);
    expect(review?.document).toMatchObject({ stage: "review", dueOn: days?.review, confirms: null });
    expect(Date.parse(review?.document.asOf ?? "")).toBeLessThan(scene.clock.now() - DAY);
    expect(review?.document.criteria).toMatchObject([
      { criterion: "independent_review", verdict: "cannot_tell", needed: 1, isAsked: true },
      { criterion: "targets_met", isAsked: false },
      { criterion: "runs_ended", verdict: "cannot_tell", needed: 1 },
    ]);
    expect(
      (await kindsAbout(scene.database, `pilot:${pilotId}`)).filter((kind) => kind === "pilot.exit_reviewed"),
    ).toHaveLength(1);
    scene.clock.advance(14 * DAY);
    await write();
    const { confirmation } = await getExit(known(ada), pilotId);
    expect(confirmation?.document.confirms).toBe(review?.digest);
  });

  test("is decided by both owners, and then by nobody alone", async () => {
    const pilotId = await pilot();
    await expect(askExit(known(ada), { pilotId, decision: "end", reason: "Over." })).rejects.toMatchObject({
      code: "refused",
    });
    scene.clock.advance(29 * DAY);
    await write();
    const stated = { pilotId, reason: "We have learnt enough." };
    await expect(
      completePilot(known(ada), {
        ...stated,
        independent_review: "Read by others.",
        runs_ended: "They did all.",
      }),
    ).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("both owners") });
    await expect(askExit(known(ada), { pilotId, decision: "end", reason: "Over." })).rejects.toMatchObject({
      message: expect.stringContaining("independent review"),
    });
    await stateReport(known(auditor), { ...REPORT, pilotId, contents: Buffer.from("%PDF") });
    expect(await signed(pilotId, "extend")).toBe("approved");
    expect((await getPilot(known(ada), pilotId)).status).toBe("active");
    expect(await signed(pilotId, "end")).toBe("approved");
    expect((await getPilot(known(ada), pilotId)).status).toBe("completed");
  });

  test("probe: who launched a run or decided at a gate states no independent review, and a report's name is kept as it is", async () => {
    const pilotId = await pilot();
    const launcher = await member(scene.seed, "launcher", "security_lead");
    await scene.launched(pilotId, launcher);
    const name = "../../etc/passwd\u202egpj.<script>";
    const report = { ...REPORT, name, pilotId, contents: Buffer.from("x") };
    await expect(stateReport(launcher, report)).rejects.toMatchObject({
      message: expect.stringContaining("You launched 1 run"),
    });
    await stateReport(known(auditor), report);
    expect((await getExit(known(auditor), pilotId)).reports).toMatchObject([{ name, keptAt: null }]);
    for (let more = 1; more < 5; more += 1) await stateReport(known(auditor), report);
    await expect(stateReport(known(auditor), report)).rejects.toMatchObject({ code: "refused" });
    await expect(
      stateReport(known(auditor), { ...report, contents: Buffer.alloc(512 * 1024 + 1) }),
    ).rejects.toMatchObject({ code: "bad_input" });
  });
});

describe("closing a pilot", () => {
  test("goes on where it was killed, does nothing twice, and ends with a receipt that one flipped byte makes false", async () => {
    const repositoryId = await readyRepository(scene.seed, "c", "upstream");
    await openBase(scene.database, repositoryId, "c");
    const pilotId = await pilot({ repositoryId, exitCriteria: [] });
    const runId = await scene.launched(pilotId);
    const tokens = [await tokenFor([pilotId]), await tokenFor([pilotId, scene.work.pilotId])];
    await ended(pilotId);
    const close = (over: Partial<ClosingHost> = {}) =>
      asProcess(scene.database, "worker", () => carryOutClosings(known(worker), host(over)));
    const killed = async () => {
      throw new Error("killed");
    };
    await expect(close({ measure: killed })).rejects.toThrow();
    let removed = 0;
    const remove = async () => {
      removed += 1;
      if (removed === 1) throw new Error("killed");
    };
    await expect(close({ remove })).rejects.toThrow();
    await close({ measure: async () => ({ bytes: 0, files: 0 }), remove });
    expect((await getClosing(known(ada), pilotId))?.steps.map(({ step }) => step)).toEqual([
      ...["runs", "tokens", "ledger", "mirrors"],
    ]);
    expect((await getClosing(known(ada), pilotId))?.waits).toContain("a checkpoint of the log");
    await sequenceLog(scene.database);
    await expect(close({ signingKey: killed })).rejects.toThrow("could not be closed");
    await close({ signingKey: async () => null });
    expect((await getClosing(known(ada), pilotId))?.waits).toContain("PILOTHOUSE_NOTICE_KEYS");
    await close();
    await close();
    const closing = await getClosing(known(ada), pilotId);
    const results = closing?.steps.map(({ result }) => JSON.parse(result) as unknown);
    expect(results?.slice(0, 4)).toMatchObject([
      { cancelled: [runId] },
      { revoked: [tokens[0]] },
      { calls: 0, spentMicros: "0", reservedMicros: "0" },
      { deleted: [{ repository: repositoryId, bytes: 10, files: 2 }], kept: [] },
    ]);
    const handed = createHash("sha256");
    const bundle = Readable.toWeb(Readable.from(await openHandedLog(known(bea), pilotId)));
    handed.update(Buffer.from(await new Response(bundle as ReadableStream<Uint8Array>).arrayBuffer()));
    expect(results?.[4]).toMatchObject({ sha256: handed.digest("hex") });
    expect(removed).toBe(2);
    expect(await isReleased(known(worker), repositoryId)).toBe(true);
    await expect(scene.launched(pilotId)).rejects.toMatchObject({ code: "refused" });
    expect(closing?.closedAt).not.toBeNull();
    const kinds = await kindsAbout(scene.database, `pilot:${pilotId}`);
    expect(kinds.filter((kind) => kind === "pilot.closing_step_done")).toHaveLength(6);
    expect(kinds.filter((kind) => kind === "pilot.closed")).toHaveLength(1);
    const receipt = await getReceipt(known(ada), pilotId);
    const key = closing?.publicKey ?? "";
    expect(Buffer.from(key, "base64")).toEqual(
      Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"),
    );
    expect(verifyReceipt(receipt, key).code).toBe(0);
    const { payload, ...rest } = JSON.parse(receipt) as { payload: string };
    const body = Buffer.from(payload, "base64");
    for (const at of [0, Math.floor(body.length / 2), body.length - 1]) {
      const altered = Buffer.from(body);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const text = JSON.stringify({ ...rest, payload: altered.toString("base64") });
      expect(verifyReceipt(text, key).code).toBe(1);
    }
  });
});

async function ended(pilotId: string): Promise<void> {
  scene.clock.advance(29 * DAY);
  await write();
  expect(await signed(pilotId, "end")).toBe("approved");
}

const tokenFor = async (pilotIds: string[]) =>
  (
    await makeToken(known(bea), {
      label: "t",
      accountId: null,
      permissions: ["run.view"],
      pilotIds,
      days: 90,
    })
  ).tokenId;
