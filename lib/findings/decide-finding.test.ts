import { describe, expect, test } from "vitest";
import { makeAccount } from "../api-tokens/accounts.ts";
import { DAY } from "../clock.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { listGatesOf } from "../gates/service.ts";
import { actorId, makeScope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { findingScene } from "../testing/finding-scene.ts";
import { entriesAbout } from "../testing/journey.ts";
import { testScope } from "../testing/scopes.ts";
import { bringBackFindings, dismissFinding, moveFinding } from "./decide-finding.ts";
import { getFinding, listFindingsOfRun, ownersOf } from "./service.ts";

const scene = await findingScene();
const { asWorker, clock, database, dismissal, lead, onlyFinding, open, security, seed, sighting } = scene;

describe("a merge", () => {
  test("is decided on the findings as they are: a new one voids the gate and asks for one person more", async () => {
    const { runId, gateId, digest } = await scene.reviewed();
    const reviewer = await member(seed, "rae", "reviewer");
    await open(runId, sighting("tunnel"));
    const gates = await listGatesOf(seed, runId);
    expect(gates.map(({ status }) => status).sort()).toEqual(["open", "void"]);
    const fresh = gates.find(({ status }) => status === "open");
    const finding = await onlyFinding(runId);
    expect(JSON.parse(fresh?.document ?? "{}").findings).toEqual([
      { finding: finding.id, rule: "tunnel", severity: "high", state: "open" },
    ]);
    expect(fresh?.needed).toBe((gates.find(({ id }) => id === gateId)?.needed ?? 0) + 1);
    await expect(
      decideGate(reviewer, { gateId, digest, decision: "approve", reason: "" }),
    ).rejects.toMatchObject({ code: "refused" });
    await dismissFinding(security, dismissal(finding));
    const after = (await listGatesOf(seed, runId)).find(({ status }) => status === "open");
    expect(after?.needed).toBe(gates.find(({ id }) => id === gateId)?.needed);
    expect(JSON.parse(after?.document ?? "{}").findings).toMatchObject([{ state: "dismissed" }]);
  });
});

describe("a decision", () => {
  test("goes its way, with who and why, and each step is an entry", async () => {
    const runId = await scene.launched();
    await open(runId, sighting("name_spaces"));
    const { id } = await onlyFinding(runId);
    const move = (to: "validated" | "mitigated" | "open") =>
      moveFinding(security, { findingId: id, to, reason: `It is ${to}.` });
    await expect(move("mitigated")).rejects.toMatchObject({ code: "refused" });
    await move("validated");
    await move("mitigated");
    const { steps, finding } = await getFinding(security, id);
    expect(finding.state).toBe("mitigated");
    expect(steps.map(({ from, to, actorName, reason }) => [from, to, actorName, reason])).toEqual([
      ["open", "validated", "sam", "It is validated."],
      ["validated", "mitigated", "sam", "It is mitigated."],
    ]);
    expect((await entriesAbout(database, `finding:${id}`)).map(({ kind }) => kind)).toEqual([
      ...["finding.opened", "finding.validated", "finding.mitigated"],
    ]);
    await open(runId, sighting("name_spaces"));
    expect((await onlyFinding(runId)).state).toBe("open"); // seen again after it had been dealt with
  });

  test("probe: is not for whoever answers for the service account that launched the run, beforehand or afterwards", async () => {
    const { pilotId } = scene.work;
    const elsewhere = await scene.launched();
    await open(elsewhere, sighting("name_spaces"));
    await dismissFinding(lead, dismissal(await onlyFinding(elsewhere), { scope: "pilot" }));
    const admin = await member(seed, "admin", "administrator");
    const personId = await makeAccount(admin, { name: "Pipeline", ownerId: actorId(lead.actor) });
    const program = makeScope({
      ...{ actor: { kind: "token", personId, tokenId: "tok_test" }, requestId: "req_test", clock },
      grants: [{ role: "engineering_lead", pilotId }],
    });
    const runId = await scene.launched(pilotId, program);
    await open(runId, sighting("name_spaces"));
    const finding = await onlyFinding(runId);
    expect(finding.state).toBe("open");
    await expect(dismissFinding(lead, dismissal(finding))).rejects.toThrow("You launched this run");
    await dismissFinding(security, dismissal(finding));
  });

  test("to dismiss needs somebody who may, and did not launch the run", async () => {
    const runId = await scene.launched(scene.work.pilotId, lead);
    await open(runId, sighting("name_spaces"));
    const finding = await onlyFinding(runId);
    const viewer = testScope({ roles: ["viewer"], clock });
    await expect(dismissFinding(viewer, dismissal(finding))).rejects.toMatchObject({ code: "forbidden" });
    const stranger = testScope({ roles: [["security_lead", "pil_other"]], clock });
    await expect(dismissFinding(stranger, dismissal(finding))).rejects.toMatchObject({ code: "not_found" });
    await expect(dismissFinding(lead, dismissal(finding))).rejects.toThrow("You launched this run");
    await expect(dismissFinding(security, dismissal(finding, { ownerId: "per_nobody" }))).rejects.toThrow(
      "answer for it",
    );
    await expect(
      dismissFinding(security, dismissal(finding, { scope: "path", path: "docs" })),
    ).rejects.toThrow("path");
    await dismissFinding(security, dismissal(finding));
    expect(await onlyFinding(runId)).toMatchObject({ state: "dismissed", suppression: { ownerName: "sam" } });
    expect((await ownersOf(security, finding)).map(({ name }) => name).sort()).toEqual(["lea", "sam"]);
  });

  test("probe: who launched the run does not call its grave findings dealt with, nor dismisses them before they come", async () => {
    const runId = await scene.launched(scene.work.pilotId, lead);
    await open(runId, sighting("tunnel"));
    const { id } = await onlyFinding(runId);
    await moveFinding(lead, { findingId: id, to: "validated", reason: "It is real." });
    await expect(moveFinding(lead, { findingId: id, to: "mitigated", reason: "Fine." })).rejects.toThrow(
      "You launched this run",
    );
    await moveFinding(security, { findingId: id, to: "mitigated", reason: "The tunnel is gone." });
    // The same in a run of somebody else, for the whole pilot: it holds there, and not in the own run.
    const other = await scene.launched();
    await open(other, sighting("network_scan"));
    await dismissFinding(lead, dismissal(await onlyFinding(other), { scope: "pilot" }));
    const own = await scene.launched(scene.work.pilotId, lead);
    await open(own, sighting("network_scan"));
    expect((await onlyFinding(own)).state).toBe("open");
    const third = await scene.launched();
    await open(third, sighting("network_scan"));
    expect((await onlyFinding(third)).state).toBe("dismissed");
    await moveFinding(security, {
      ...{ findingId: (await onlyFinding(third)).id, to: "open", reason: "It is no fixture." },
    });
  });

  test("to dismiss a rule in a pilot holds later ones, says so, and ends by itself", async () => {
    const [first, second] = [await scene.launched(), await scene.launched()];
    await open(first, sighting("tunnel"));
    await dismissFinding(security, dismissal(await onlyFinding(first), { scope: "pilot", days: 2 }));
    await open(second, sighting("tunnel"));
    const held = await onlyFinding(second);
    expect(held).toMatchObject({
      state: "dismissed",
      suppression: { scope: "pilot", reason: "A fixture of the tests." },
    });
    expect(await asWorker(bringBackFindings)).toBe(0);
    clock.advance(2 * DAY);
    expect(await asWorker(bringBackFindings)).toBeGreaterThanOrEqual(2);
    for (const runId of [first, second]) expect((await onlyFinding(runId)).state).toBe("open");
    const last = (await entriesAbout(database, `finding:${held.id}`)).at(-1);
    expect(last).toMatchObject({ kind: "finding.reopened", detail: { cause: "expired" } });
  });

  test("at a path holds what is below it, and no other", async () => {
    const runId = await scene.launched();
    const at = (path: string) =>
      sighting("chat_markers", { subject: path, evidence: { text: "x", path, line: 1 } });
    await open(runId, at("docs/a.md"));
    await dismissFinding(security, dismissal(await onlyFinding(runId), { scope: "path", path: "docs/" }));
    await open(runId, at("docs/b/c.md"), at("docs-of-others/a.md"));
    const states = (await listFindingsOfRun(security, runId)).map(({ evidence, state }) => [
      evidence?.path,
      state,
    ]);
    expect(Object.fromEntries(states)).toEqual({
      "docs/a.md": "dismissed",
      "docs/b/c.md": "dismissed",
      "docs-of-others/a.md": "open",
    });
  });

  test("to open a dismissed one again ends what dismissed it for all", async () => {
    const [first, second] = [await scene.launched(), await scene.launched()];
    await open(first, sighting("network_scan"));
    await dismissFinding(security, dismissal(await onlyFinding(first), { scope: "pilot" }));
    await open(second, sighting("network_scan"));
    const { id } = await onlyFinding(second);
    await moveFinding(security, { findingId: id, to: "open", reason: "It is no fixture." });
    await asWorker(bringBackFindings);
    for (const runId of [first, second]) expect((await onlyFinding(runId)).state).toBe("open");
  });
});
