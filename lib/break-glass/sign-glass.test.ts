// Who breaks the glass signs it where a charter wants merges signed: one session alone publishes nothing.
import { beforeAll, expect, test } from "vitest";
import { makeDossier, openDossier } from "../dossiers/service.ts";
import { getGate } from "../gates/service.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { entriesAbout, toReview } from "../testing/journey.ts";
import { linesOf, verified } from "../testing/merged-run.ts";
import { sequenceLog } from "../testing/notary.ts";
import { type OwnPasskey, passkeyOf } from "../testing/passkeys/enrolled.ts";
import { runScene } from "../testing/run-scene.ts";
import { person, testScope } from "../testing/scopes.ts";
import { webTestEnv } from "../testing/web-env.ts";
import type { BreakGlass } from "./schema.ts";
import { askGlassSignature, breakGlass, mayBreakGlass } from "./service.ts";

webTestEnv();
const scene = await runScene();
const PATCH = "3".repeat(64);
let [sec, eng, own]: [Scope?, Scope?, OwnPasskey?] = [];
let runId = "";

const people = () => {
  if (!sec || !eng || !own) throw new Error("nobody is there");
  return { sec, eng, own };
};

beforeAll(async () => {
  sec = await member(scene.seed, "sec", "security_lead");
  eng = await member(scene.seed, "eng", "engineering_lead");
  own = await passkeyOf(sec, eng);
  const controls = { breakGlass: ["security_lead" as const], stepUp: "merge" as const, maxConcurrentRuns: 9 };
  runId = await scene.launched(await scene.pilotControlled(controls));
  await toReview(scene, runId);
});

const broken = (assertion?: BreakGlass["assertion"], run = runId) =>
  breakGlass(people().sec, {
    ...{ runId: run, patch: PATCH, assertion },
    reason: "The shop is down, and this is the fix.",
  });
const asked = (patch = PATCH) => askGlassSignature(people().sec, { gateId: runId, digest: patch });

test("probe: nothing signed, or another patch signed, merges nothing, and nobody else is asked to sign", async () => {
  const { own, eng } = people();
  expect(await mayBreakGlass(people().sec, runId)).toBe("passkey");
  await expect(broken()).rejects.toMatchObject({ message: expect.stringContaining("nothing was signed") });
  const other = own.key.get((await asked("4".repeat(64))).options);
  await expect(broken(other)).rejects.toMatchObject({ message: expect.stringContaining("another decision") });
  await expect(askGlassSignature(eng, { gateId: runId, digest: PATCH })).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await getRun(scene.seed, runId)).status).toBe("in_review");
});

test("signed, it merges, and the entry names the passkey", async () => {
  const { own } = people();
  const assertion = own.key.get((await asked()).options);
  const { gateId } = await broken(assertion);
  expect(await getGate(people().eng, gateId)).toMatchObject({
    kind: "break_glass",
    signing: "passkey_missing",
  });
  expect((await getRun(scene.seed, runId)).status).toBe("merging");
  const entries = await entriesAbout(scene.database, `passkey:${own.passkeyId}`);
  expect(entries.at(-1)).toMatchObject({ kind: "break_glass.used" });
  await expect(broken(assertion)).rejects.toMatchObject({ message: expect.stringContaining("used already") });
});

test("what was signed is in the run's dossier, and altered it makes no dossier any more", async () => {
  const reader = { kind: "person", personId: "per_auditor" } as const;
  const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor"), clock: scene.clock });
  const { folders } = await sequenceLog(scene.database);
  const dossier = async () => {
    const { exportId } = await makeDossier(auditor, reader, runId, true);
    return linesOf(await openDossier(auditor, reader, { runId, exportId, from: 0 }));
  };
  const { code, findings } = await verified(await dossier(), folders.log, 1);
  expect(code).toBe(0);
  expect(findings).toContainEqual(
    expect.objectContaining({
      check: "passkeys",
      outcome: "holds",
      says: expect.stringContaining("Broken glass"),
    }),
  );
  await scene.database.owner.query("alter table glass_signature disable trigger user");
  await scene.database.owner.query(
    "update glass_signature set assertion = replace(assertion, '\"v\":1', '\"v\":2')",
  );
  await expect(dossier()).rejects.toThrow("assertion in the database is not the one that the entry cites");
});
