// Exports of runs whose approvals were signed, judged by the verifier; and what an insider with the database gets by it.
import { beforeAll, describe, expect, test } from "vitest";
import { makeDossier, openDossier } from "../dossiers/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { askSignature } from "../gates/step-up.ts";
import { newId } from "../ids.ts";
import type { Reader } from "../log-access/schema.ts";
import { digestOf } from "../passkeys/enrol-passkey.ts";
import { actorId, type Scope } from "../scope.ts";
import { activePilot, arrangeWork, charterFor, member } from "../testing/arrange.ts";
import { launch, openBase, toReview } from "../testing/journey.ts";
import { linesOf, published, verified } from "../testing/merged-run.ts";
import { sequenceLog } from "../testing/notary.ts";
import { type Authenticator, softAuthenticator } from "../testing/passkeys/authenticator.ts";
import { type OwnPasskey, passkeyOf, TEST_SITE } from "../testing/passkeys/enrolled.ts";
import { type Reviewed, runScene } from "../testing/run-scene.ts";
import { person, testScope } from "../testing/scopes.ts";
import { webTestEnv } from "../testing/web-env.ts";
import { openExport, startExport } from "./export.ts";

webTestEnv();
const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed } = scene;
const reader: Reader = { kind: "person", personId: "per_auditor" };
const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor"), clock });
let ada: Scope;
let bo: Scope;
let own: OwnPasskey;
let pilotId = "";
let merged: Reviewed;
let log = "";

async function merge(by: Scope, key: Authenticator): Promise<Reviewed> {
  const { agentId, repositoryId } = await arrangeWork(seed);
  await openBase(database, repositoryId);
  const charter = charterFor(seed, repositoryId);
  pilotId = await activePilot(seed, { ...charter, controls: { ...charter.controls, stepUp: "merge" } });
  const runId = await launch(ada, pilotId, agentId);
  const gate = await toReview(scene, runId);
  if (!gate) throw new Error("no gate was opened");
  const { gateId, digest } = gate;
  const { options } = await askSignature(by, { gateId, digest });
  const assertion = key.get(options);
  await decideGate(by, { gateId, digest, decision: "approve", reason: "", assertion });
  await published(scene, gateId);
  return { ...gate, runId };
}

beforeAll(async () => {
  ada = await member(seed, "ada", "engineering_lead");
  bo = await member(seed, "bo", "reviewer");
  own = await passkeyOf(bo, ada);
  merged = await merge(bo, own.key);
  log = (await sequenceLog(database)).folders.log;
});

async function exported(of: string | null = null): Promise<string[]> {
  const wanted = { withBlobs: true, ...(of === null ? {} : { pilotId: of }) };
  const { id } = await startExport(auditor, reader, wanted);
  return linesOf(await openExport(auditor, reader, id, 0));
}

async function judged(lines: readonly string[], pins: readonly string[] = []) {
  const { code, unreadable, findings } = await verified(lines, log, 1, pins);
  const signed = findings.filter(({ check }) => check === "passkeys");
  return { code, unreadable, outcomes: signed.map(({ outcome }) => outcome), text: JSON.stringify(findings) };
}

/** Past every trigger, as who owns the database. */
async function asOwner(table: string, sql: string, values: readonly unknown[]): Promise<void> {
  await database.owner.query(`alter table ${table} disable trigger user`);
  await database.owner.query(sql, [...values]);
  await database.owner.query(`alter table ${table} enable trigger user`);
}

describe("what was signed", () => {
  test("is in an export of everything, and holds", async () => {
    const lines = await exported();
    expect(await judged(lines)).toMatchObject({ code: 0, unreadable: null, outcomes: ["holds", "note"] });
    expect(lines.filter((line) => line.includes('"name":"assertion"'))).toHaveLength(1);
  });

  test("holds in one of the pilot alone, and in the run's dossier, with the passkey it was signed with", async () => {
    expect(await judged(await exported(pilotId))).toMatchObject({ outcomes: ["holds", "note"] });
    const { exportId } = await makeDossier(auditor, reader, merged.runId, true);
    const dossier = await linesOf(
      await openDossier(auditor, reader, { runId: merged.runId, exportId, from: 0 }),
    );
    expect(await judged(dossier)).toMatchObject({ code: 0, outcomes: ["holds", "note"] });
  });

  test("holds for whom the policy pins the key, and for nobody else", async () => {
    const lines = await exported();
    const pin = (who: Scope, key: Authenticator) =>
      `passkey ${actorId(who.actor)} ${digestOf(key.publicKey)}`;
    expect(await judged(lines, [pin(bo, own.key)])).toMatchObject({ code: 0, outcomes: ["holds"] });
    for (const pins of [[pin(ada, own.key)], [pin(bo, softAuthenticator(TEST_SITE))]])
      expect(await judged(lines, pins)).toMatchObject({
        code: 1,
        text: expect.stringContaining("does not pin"),
      });
  });
});

describe("probe: an insider with the database", () => {
  test("who changes a byte of what was signed ends the export", async () => {
    const swap = (from: string, to: string) =>
      asOwner(
        "approval",
        `update approval set assertion = replace(assertion, '${from}', '${to}') where gate_id = $1`,
        [merged.gateId],
      );
    await swap('"v":1', '"v":2');
    expect(await judged(await exported())).toMatchObject({
      code: 1,
      text: expect.stringContaining("assertion in the database is not the one"),
    });
    await swap('"v":2', '"v":1');
  });

  test("who enrols a passkey without entries for a lead gets a merge, and no export that holds", async () => {
    const cy = await member(seed, "cy", "security_lead");
    const key = softAuthenticator(TEST_SITE);
    const id = newId("passkey", clock.now());
    await asOwner(
      "passkey",
      `insert into passkey (id, person_id, name, credential_id, public_key, algorithm, transports, rp_id, created_at,
         confirmed_by, confirmed_at) values ($1, $2, 'x', $3, $4, -7, '{}', 'localhost', now(), $5, now())`,
      [id, actorId(cy.actor), key.credentialId, key.publicKey, actorId(ada.actor)],
    );
    await database.owner.query("insert into passkey_use (passkey_id, sign_count) values ($1, 0)", [id]);
    const gate = await merge(cy, key);
    await sequenceLog(database);
    const refused = await judged(await exported());
    expect(refused).toMatchObject({
      code: 1,
      text: expect.stringContaining("whose enrolment is not in this file"),
    });
    expect(refused.outcomes.filter((outcome) => outcome === "fails")).toHaveLength(1);
    expect(refused.text).toContain(`Approval of ${actorId(cy.actor)} at ${gate.gateId}`);
  });
});
