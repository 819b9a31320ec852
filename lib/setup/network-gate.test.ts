import { beforeEach, describe, expect, test } from "vitest";
import { HOUR } from "../clock.ts";
import { read } from "../db.ts";
import { listEvents } from "../events/service.ts";
import { listEvidence } from "../evidence/service.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { listGatesOf } from "../gates/service.ts";
import { finishLease } from "../leases/service.ts";
import type { Charter } from "../pilots/schema.ts";
import type { Assignment } from "../protocol/schema.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { getRun, listRuns } from "../runs/service.ts";
import { actorId } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { ask, handIn, kindsAbout, launch, leaseOf, seen, takeIn } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { changedManifests, networkDecision } from "./network-gate.ts";

const { database, clock, seed, work, runner, pilotWith } = await runScene({
  roles: ["engineering_lead", "security_lead"],
});
const reviewer = await member(seed, "ada", "reviewer");
const launcher = await member(seed, "bo", "engineering_lead");

const SETUP = {
  ...{ setupArgv: ["npm", "ci"], setupHosts: ["registry.npmjs.org"], setupPaths: ["node_modules"] },
  setupScripts: "off" as const,
};
const withSetup = ({ environment }: Charter): Partial<Charter> => ({
  environment: { ...environment, ...SETUP },
});

const file = (path: string, previousPath: string | null = null) => ({
  ...{ path, previousPath, status: "modified", modeBefore: "file", modeAfter: "file" },
  ...{ added: 1, removed: 0 },
});

/** Nothing of an earlier test waits. */
beforeEach(async () => {
  for (const { id } of await listRuns(seed, { statuses: ["queued", "preparing", "working", "verifying"] }))
    await cancelRun(seed, { runId: id, reason: "the test is over" });
  clock.advance(1000);
});

/** A run whose patch touches these files, up to its verification. */
async function handedIn(files: readonly string[], change = withSetup): Promise<string> {
  const runId = await launch(launcher, await pilotWith(change), work.agentId);
  const agent = await leaseOf(runner, runId, "agent");
  await handIn(runner, agent);
  await takeIn(
    database,
    seed,
    runId,
    [],
    files.map((path) => file(path)),
  );
  return runId;
}

const gateOf = async (runId: string) => {
  const [gate] = await listGatesOf(reviewer, runId);
  if (!gate) throw new Error("no gate");
  return gate;
};

/** What the timeline says last of why the run is where it is. */
const lastReason = async (runId: string): Promise<string> => {
  const changes = (await listEvents(seed, runId, 0, 1000)).filter(({ kind }) => kind === "status_changed");
  return JSON.stringify(changes.at(-1)?.body);
};

const decide = async (runId: string, decision: "approve" | "deny", scope = reviewer) => {
  const { id, digest } = await gateOf(runId);
  return decideGate(scope, { gateId: id, digest, decision, reason: decision === "deny" ? "too new" : "" });
};

const LEFT = { key: "a".repeat(64), contents: "b".repeat(64), entries: 3, bytes: 10 };
const finished = (verify: Assignment, patch: typeof LEFT | null) =>
  finishLease(runner, verify.leaseId, { ...seen(verify), setup: { base: LEFT, patch } });

test("manifests are known by their names, wherever they are and wherever they came from", () => {
  const files = [
    file("a/package.json"),
    file("src/x.ts", "src/go.mod"),
    file("README.md"),
    file("Cargo.LOCK"),
  ];
  expect(changedManifests(files)).toEqual(["Cargo.LOCK", "a/package.json", "src/go.mod"]);
});

describe("a patch that changes what is installed", () => {
  test("waits for a person before it is verified, who sees what would run and what it would reach", async () => {
    const runId = await handedIn(["src/a.js", "package.json", "web/package-lock.json"]);
    expect(await ask(runner)).toBeNull();
    const gate = await gateOf(runId);
    expect(gate).toMatchObject({
      kind: "network",
      status: "open",
      needed: 1,
      openedByName: "Pilothouse itself",
    });
    expect(JSON.parse(gate.document)).toMatchObject({
      ...{ decides: "network", run: runId, manifests: ["package.json", "web/package-lock.json"], count: 2 },
      setup: { argv: ["npm", "ci"], hosts: ["registry.npmjs.org"], paths: ["node_modules"], scripts: "off" },
    });
    expect(await getRun(seed, runId)).toMatchObject({ status: "verifying" });
    expect(await lastReason(runId)).toContain("The patch changes package.json, web/package-lock.json.");
  });

  test("probe: is not decided by whoever wrote to the agent that made it", async () => {
    const runId = await launch(launcher, await pilotWith(withSetup), work.agentId);
    await handIn(runner, await leaseOf(runner, runId, "agent"));
    await database.owner.query("alter table run_message disable trigger governed");
    await database.owner.query(
      `insert into run_message (id, run_id, mode, origin, text, commitment, status, sent_by, request_key, sent_at)
        values ('msg_1', $1, 'now', 'steer', 'Use left-pad.', '', 'queued', $2, 'key', now())`,
      [runId, actorId(reviewer.actor)],
    );
    await database.owner.query("alter table run_message enable trigger governed");
    await takeIn(database, seed, runId, [], [file("package.json")]);
    await expect(decide(runId, "approve")).rejects.toThrow("somebody else");
    await decide(runId, "deny");
  });

  test("approved, is set up from its own manifests, and the evidence says so", async () => {
    const runId = await handedIn(["package.json"]);
    expect(await decide(runId, "approve")).toEqual({ status: "approved" });
    const verify = await leaseOf(runner, runId, "verify");
    expect(verify).toMatchObject({ setupOf: "patch", setup: { argv: ["npm", "ci"] } });
    await finished(verify, LEFT);
    const [evidence] = await listEvidence(seed, runId);
    expect(evidence?.document.setup).toEqual({ base: LEFT, patch: LEFT, changed: ["package.json"] });
    expect(evidence?.document.judgement.doesNotProve.join(" ")).toContain("after a person allowed it");
    expect(await kindsAbout(database, `run:${runId}`)).toContain("gate.approved");
  });

  test.each(["denied", "expired"])(
    "%s, is tested with what the base installs, and the evidence says so",
    async (how) => {
      const runId = await handedIn(["package.json"]);
      if (how === "denied") await decide(runId, "deny");
      else {
        clock.advance(73 * HOUR);
        expect(await expireGates(seed)).toBeGreaterThan(0);
      }
      const verify = await leaseOf(runner, runId, "verify");
      expect(verify).toMatchObject({ setupOf: "base" });
      await finished(verify, null);
      const [evidence] = await listEvidence(seed, runId);
      expect(evidence?.document.judgement.doesNotProve.join(" ")).toContain("what the base installs");
      expect(await getRun(seed, runId)).toMatchObject({ status: "in_review" });
    },
  );

  test("is not for the person who launched it to allow", async () => {
    const runId = await handedIn(["package.json"]);
    await expect(decide(runId, "approve", launcher)).rejects.toThrow("somebody else");
    expect(await read(seed, (db) => networkDecision(db, runId, "3".repeat(64)))).toBe("open");
  });

  test("asks nobody any more when its run is cancelled", async () => {
    const runId = await handedIn(["package.json"]);
    await cancelRun(seed, { runId, reason: "not needed" });
    expect(await gateOf(runId)).toMatchObject({ status: "void" });
    await expect(decide(runId, "approve")).rejects.toThrow("nothing is left");
  });

  test("probe: a decision about one patch allows no other one", async () => {
    const runId = await handedIn(["package.json"]);
    await decide(runId, "approve");
    expect(await read(seed, (db) => networkDecision(db, runId, "4".repeat(64)))).toBe("none");
  });
});

describe("no gate stands in the way of", () => {
  test("a patch that changes no manifest", async () => {
    const runId = await handedIn(["src/package.js", "docs/go.mod.md"]);
    const verify = await leaseOf(runner, runId, "verify");
    expect(verify).toMatchObject({ setupOf: "base", setup: { paths: ["node_modules"] } });
    await finished(verify, null);
    expect((await listEvidence(seed, runId))[0]?.document.setup?.changed).toEqual([]);
  });

  test("a patch under a charter that installs nothing", async () => {
    const runId = await handedIn(["package.json"], () => ({}));
    const verify = await leaseOf(runner, runId, "verify");
    expect(verify.setup).toBeNull();
    await finishLease(runner, verify.leaseId, seen(verify));
    expect((await listEvidence(seed, runId))[0]?.document.setup).toBeUndefined();
  });
});

describe("probe: a verifier that says something else of setup than was decided is not heard", () => {
  test("when it installed what nobody allowed", async () => {
    const runId = await handedIn(["package.json"]);
    await decide(runId, "deny");
    await expect(finished(await leaseOf(runner, runId, "verify"), LEFT)).rejects.toThrow("than was decided");
  });

  test("when it left out what was allowed", async () => {
    const runId = await handedIn(["package.json"]);
    await decide(runId, "approve");
    await expect(finished(await leaseOf(runner, runId, "verify"), null)).rejects.toThrow("than was decided");
  });

  test("when it set nothing up at all", async () => {
    const verify = await leaseOf(runner, await handedIn(["src/a.js"]), "verify");
    await expect(finishLease(runner, verify.leaseId, seen(verify))).rejects.toThrow("than the charter");
  });
});
