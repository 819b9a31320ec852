import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { listEvidence } from "#lib/evidence/service.ts";
import { evidenceEnvelope } from "#lib/evidence/sign-evidence.ts";
import { asProcess, entriesAbout, toReview } from "#lib/testing/journey.ts";
import { runScene } from "#lib/testing/run-scene.ts";
import { testScope } from "#lib/testing/scopes.ts";
import { verifyEvidence } from "../../verify/evidence/statement.ts";
import type { Workplace } from "../workplace.ts";
import { createEvidenceSigner } from "./sign-evidence.ts";

const scene = await runScene();
const { database, seed, runner } = scene;
const sign = () =>
  asProcess(database, "worker", () => {
    const workplace = { env: { PILOTHOUSE_NOTICE_KEYS: keys }, logger: console } as unknown as Workplace;
    return createEvidenceSigner(workplace)(seed);
  });
const keys = mkdtempSync(join(tmpdir(), "pilothouse-evidence-"));
afterAll(() => rmSync(keys, { recursive: true, force: true }));

test("evidence is signed once, with a key of its own, for whom the run is to be seen", async () => {
  const runId = await scene.launched();
  await toReview({ database, worker: seed, runner }, runId);
  const [before] = await listEvidence(seed, runId);
  expect(before?.signed).toBeNull();
  await sign();
  await sign();
  const [evidence] = await listEvidence(seed, runId);
  const envelope = await evidenceEnvelope(seed, runId, evidence?.id ?? "");
  const { rows } = await database.owner.query("select canonical from evidence where run_id = $1", [runId]);
  const report = verifyEvidence(envelope, evidence?.signed?.publicKey ?? "", Buffer.from(rows[0].canonical));
  expect(report).toMatchObject({ code: 0, findings: [{ outcome: "holds" }, { outcome: "holds" }] });
  const signed = (await entriesAbout(database, `run:${runId}`)).filter(
    ({ kind }) => kind === "run.evidence_signed",
  );
  expect(signed).toMatchObject([{ detail: { evidence: evidence?.id, key: evidence?.signed?.keyId } }]);

  const stranger = testScope({ roles: [], clock: scene.clock });
  await expect(evidenceEnvelope(stranger, runId, evidence?.id ?? "")).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(evidenceEnvelope(seed, runId, "evi_other")).rejects.toMatchObject({ code: "not_found" });
});

test("probe: evidence that is no longer what its digest covers is not signed", async () => {
  const runId = await scene.launched();
  await toReview({ database, worker: seed, runner }, runId);
  await database.owner.query("alter table evidence disable trigger user");
  await database.owner.query(
    `update evidence set canonical = replace(canonical, '"verdict":"', '"verdict":"un') where run_id = $1`,
    [runId],
  );
  await database.owner.query("alter table evidence enable trigger user");
  await sign();
  expect((await listEvidence(seed, runId))[0]?.signed).toBeNull();
});
