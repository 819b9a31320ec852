// A dossier of a real journey, judged by the verifier.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openProof } from "../log/export-proof.ts";
import type { Reader } from "../log-access/schema.ts";
import { actorId } from "../scope.ts";
import { entriesAbout, launch } from "../testing/journey.ts";
import { indexedLog } from "../testing/log-index.ts";
import { linesOf, mergedScene, verified } from "../testing/merged-run.ts";
import { sequenceLog } from "../testing/notary.ts";
import { person, testScope } from "../testing/scopes.ts";
import { dossierLines, dossierTexts, makeDossier, openDossier } from "./service.ts";

const { database, clock, seed, auditor, reader, runs, log } = await mergedScene();
const [merged, other] = runs;

const textOf = async (texts: AsyncIterable<string>) => (await linesOf(texts)).join("");

describe("the bundle of a dossier", () => {
  test("is accepted by the verifier, and its digest is the one the entry and the page name", async () => {
    const made = await makeDossier(auditor, reader, merged.runId, true);
    const bundle = await textOf(await dossierLines(auditor, made));
    const report = await verified(bundle, log.folders.log);
    expect(report.findings.filter(({ outcome }) => outcome !== "holds" && outcome !== "note")).toEqual([]);
    expect(report).toMatchObject({ code: 0, unreadable: null });
    const sha256 = createHash("sha256").update(bundle).digest("hex");
    expect(made.sha256).toBe(sha256);
    const detail = { run: merged.runId, epoch: 1, size: log.signed?.size, sha256 };
    expect(await entriesAbout(database, `export:${made.exportId}`)).toEqual([
      { kind: "log.dossier_made", detail },
    ]);
    expect(await textOf(await dossierTexts(auditor, made))).toContain(sha256);
  });

  test("holds what is about the run, its charter and the roles of those who decided, and nothing of another", async () => {
    const made = await makeDossier(auditor, reader, merged.runId, true);
    const text = await textOf(await dossierLines(auditor, made));
    expect(text).not.toContain(other.runId);
    expect(text).not.toContain(other.pilotId);
    const kinds = new Set(made.told.entries.map(({ kind }) => kind));
    for (const kind of [
      "pilot.charter_written",
      "pilot.activated",
      "person.role_granted",
      "run.launched",
      "run.events_appended",
      "run.patch_imported",
      "run.evidence_recorded",
      "gate.opened",
      "gate.approval_given",
      "gate.approved",
      "run.merge_intended",
      "run.merged",
    ]) {
      expect(kinds, kind).toContain(kind);
    }
  });

  test("is the same whenever it is read again, from any line", async () => {
    const made = await makeDossier(auditor, reader, merged.runId, true);
    const lines = await linesOf(await dossierLines(auditor, made));
    await makeDossier(auditor, reader, merged.runId, false);
    await sequenceLog(database);
    const again = { runId: merged.runId, exportId: made.exportId };
    for (const from of [0, 3, lines.length - 1]) {
      expect(await linesOf(await openDossier(auditor, reader, { ...again, from }))).toEqual(
        lines.slice(from),
      );
    }
  });

  test("is the same bytes in two downloads at one checkpoint, by whom and whenever each was made", async () => {
    const bundles: string[] = [];
    for (const personId of ["per_auditor", "per_second"]) {
      const scope = testScope({ roles: ["auditor"], actor: person(personId), clock });
      clock.advance(60_000);
      const made = await makeDossier(scope, { kind: "person", personId }, merged.runId, true);
      bundles.push(`${made.sha256} ${made.pin.size} ${await textOf(await dossierLines(scope, made))}`);
    }
    const [first, second] = bundles;
    expect(first).toBe(second);
    expect(first?.length).toBeGreaterThan(10_000);
  });

  test("is the same whether its entries are found by terms or by looking, and the proof of a merge too", async () => {
    const { rows } = await database.owner.query<{ id: string }>(
      "select id from log_entry where kind = 'run.merged' and about @> array[$1]",
      [`run:${merged.runId}`],
    );
    const entryId = rows[0]?.id ?? "";
    const made = await makeDossier(auditor, reader, merged.runId, true);
    const looked = await textOf(await dossierLines(auditor, made));
    const shown = async () =>
      (await linesOf(await openProof(auditor, entryId))).flatMap((line) => line.match(/^\{"body":.*/) ?? []);
    const before = await shown();
    expect(before.length).toBeGreaterThan(5);
    await indexedLog(database);
    const { rows: indexed } = await database.owner.query("select 1 from log_term limit 1");
    expect(indexed).toHaveLength(1);
    expect(await textOf(await dossierLines(auditor, made))).toBe(looked);
    expect(await shown()).toEqual(before);
  });

  test("probe: one changed character makes the verifier refuse", async () => {
    const made = await makeDossier(auditor, reader, merged.runId, true);
    const text = await textOf(await dossierLines(auditor, made));
    for (const word of ['\\"decision\\":\\"approve\\"', "Read every line.", '"salt":"', "bundle of"]) {
      const at = text.indexOf(word) + word.length - 2;
      if (at < word.length) continue;
      const changed = `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
      expect((await verified(changed, log.folders.log)).code, word).not.toBe(0);
    }
  });
});

describe("who may have one", () => {
  test("somebody with the log of that pilot alone gets no entry beyond it, and it is accepted", async () => {
    const narrow = testScope({ roles: [["auditor", merged.pilotId]], actor: person("per_narrow"), clock });
    const own: Reader = { kind: "person", personId: "per_narrow" };
    const made = await makeDossier(narrow, own, merged.runId, true);
    expect(made.told.entries.some(({ kind }) => kind.startsWith("person."))).toBe(false);
    const bundle = await textOf(await dossierLines(narrow, made));
    expect((await verified(bundle, log.folders.log)).code).toBe(0);
    await expect(makeDossier(narrow, own, other.runId, false)).rejects.toMatchObject({ code: "not_found" });
  });

  test("a lead who may read the log gets it without payloads", async () => {
    const lead = testScope({ roles: ["engineering_lead"], actor: person("per_lead"), clock });
    const own: Reader = { kind: "person", personId: "per_lead" };
    await expect(makeDossier(lead, own, merged.runId, true)).rejects.toMatchObject({ code: "forbidden" });
    const { told } = await makeDossier(lead, own, merged.runId, false);
    expect([told.events, told.blobs.length]).toEqual([0, 0]);
  });

  test("probe: somebody else's dossier, and another run's under its address, are not there", async () => {
    const { exportId } = await makeDossier(auditor, reader, merged.runId, false);
    const stranger: Reader = { kind: "person", personId: "per_stranger" };
    const at = { runId: merged.runId, exportId, from: 0 };
    await expect(openDossier(auditor, stranger, at)).rejects.toMatchObject({ code: "not_found" });
    await expect(openDossier(auditor, reader, { ...at, runId: other.runId })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("a viewer gets none", async () => {
    const viewer = testScope({ roles: ["viewer"], actor: person("per_viewer"), clock });
    const own: Reader = { kind: "person", personId: "per_viewer" };
    await expect(makeDossier(viewer, own, merged.runId, false)).rejects.toMatchObject({ code: "forbidden" });
  });
});

test("the page says who decided, in which role, and why the rule let them", async () => {
  const made = await makeDossier(auditor, reader, merged.runId, true);
  const page = await textOf(await dossierTexts(auditor, made));
  const approver = actorId(merged.approver.actor);
  expect(page).toContain(`approver-of-first <code>${approver}</code>`);
  expect(page).toContain("Read every line.");
  expect(page).toContain(`${approver} approved as reviewer, which the rule names`);
  expect(page).toContain("They did not launch the run.");
  expect(page).not.toMatch(/<script|src=|href=|url\(/i);
});

test("a run that is not signed yet has no dossier, and is told so", async () => {
  const { rows } = await database.owner.query<{ agent_id: string }>("select agent_id from run limit 1");
  const runId = await launch(seed, merged.pilotId, rows[0]?.agent_id ?? "");
  await expect(makeDossier(auditor, reader, runId, false)).rejects.toMatchObject({
    code: "refused",
    message: "The run is not under a signed checkpoint yet. Try again in a moment.",
  });
});
