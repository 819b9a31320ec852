// Rows from programs and files: all of them or none, the same again is nothing new, and every change has its entry.
import { beforeAll, describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../clock.ts";
import type { Scope } from "../../scope.ts";
import { member, readyRepository } from "../../testing/arrange.ts";
import { testDatabase } from "../../testing/database.ts";
import { entriesAbout } from "../../testing/journey.ts";
import { systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { previewFile, takeFile } from "../files/take-file.ts";
import { linkIncident } from "../links/link-incident.ts";
import { listDeployments, listImports, listIncidents } from "../views/service.ts";
import { reportRows } from "./report-rows.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
let lead: Scope;
let viewer: Scope;
let repositoryId = "";
let repository = "";

beforeAll(async () => {
  lead = await member(seed, "lea", "engineering_lead");
  viewer = await member(seed, "vi", "viewer");
  repositoryId = await readyRepository(seed);
  const { rows } = await database.owner.query("select name from repository where id = $1", [repositoryId]);
  repository = String(rows[0].name);
});

const ago = (minutes: number) => new Date(clock.now() - minutes * MINUTE).toISOString();
let made = 0;
const deployment = (part: Record<string, unknown> = {}) => ({
  ...{ externalId: `d${++made}`, repository, environment: "production", status: "succeeded" },
  ...{ headSha: "b".repeat(40), startedAt: ago(20), finishedAt: ago(10), ...part },
});
const report = (...rows: unknown[]) => reportRows(lead, "deployment", { source: "argo-cd", rows });
const rowOf = async (externalId: string) => {
  const { rows } = await database.owner.query("select * from deployment where external_id = $1", [
    externalId,
  ]);
  return rows[0];
};
const importsNow = async () =>
  Number((await database.owner.query("select count(*) as n from outside_import")).rows[0].n);

describe("rows that a program reports", () => {
  test("are there once, with one entry of their digest and counts; the same again writes nothing", async () => {
    const rows = [deployment(), deployment()];
    const first = await report(...rows);
    expect(first).toMatchObject({ rowsNew: 2, rowsChanged: 0, rowsUnchanged: 0 });
    const before = await importsNow();
    expect(await report(...rows)).toEqual({
      ...{ importId: null, rowsNew: 0, rowsChanged: 0, rowsUnchanged: 2, rowsRefused: 0 },
    });
    expect(await importsNow()).toBe(before);
    const entries = await entriesAbout(database, `import:${first.importId}`);
    expect(entries).toEqual([
      {
        kind: "import.recorded",
        detail: {
          ...{ rows: "deployment", way: "api", rows_new: 2, rows_changed: 0, rows_unchanged: 0 },
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          source_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain("argo-cd");
    expect(await entriesAbout(database, `repository:${repositoryId}`)).toContainEqual(entries[0]);
  });

  test("settle one deployment by their own instants, whatever order they come in", async () => {
    const { externalId, ...row } = deployment();
    const finished = { ...row, externalId };
    const { finishedAt: _, ...open } = finished;
    await report(finished);
    const { id } = await rowOf(externalId);
    expect(await report({ ...open, status: "running", asOf: ago(15) })).toMatchObject({ rowsUnchanged: 1 });
    expect(await report({ ...finished, status: "failed", finishedAt: ago(2) })).toMatchObject({
      rowsChanged: 1,
    });
    expect(await rowOf(externalId)).toMatchObject({ id, status: "failed", production: true });
  });

  test("of one batch count as they would one after the other", async () => {
    const row = deployment();
    const late = { ...row, status: "failed", finishedAt: ago(1) };
    expect(await report(late, row, late)).toMatchObject({ rowsNew: 1, rowsUnchanged: 2 });
    expect(await rowOf(row.externalId)).toMatchObject({ status: "failed" });
  });

  test("reported by several at once are there once", async () => {
    const row = deployment();
    const done = await Promise.all([1, 2, 3, 4].map(() => report(row)));
    expect(done.map(({ rowsNew }) => rowsNew).sort()).toEqual([0, 0, 0, 1]);
  });

  test("are refused as a whole where one is wrong, with every fault by its row and field", async () => {
    const before = await importsNow();
    const wrong = { ...deployment({ headSha: "main", repository: "nowhere" }), secret: "x" };
    await expect(report(deployment(), wrong, deployment({ repository: "nowhere" }))).rejects.toMatchObject({
      code: "bad_input",
      fields: {
        "rows.1.headSha": ["“main”. Name the commit by its 40 hexadecimal digits."],
        "rows.1.secret": [expect.stringMatching(/^There is no such field\. Fields are: externalId, /)],
        "rows.2.repository": [expect.stringContaining(`Name one that is connected here: ${repository}`)],
      },
    });
    expect(await importsNow()).toBe(before);
  });

  test("probe: they come from whoever may record them, and never in the name of a forge or a pager", async () => {
    await expect(
      reportRows(viewer, "deployment", { source: "argo-cd", rows: [deployment()] }),
    ).rejects.toMatchObject({ code: "forbidden" });
    const { ReportRows } = await import("./schema.ts");
    for (const source of ["github:github.com", "pagerduty:pgr_1", "", "A", "a b"])
      expect(ReportRows.safeParse({ source, rows: [{}] }).success).toBe(false);
  });

  test("probe: names of people are kept as hashes that differ by source", async () => {
    const change = {
      ...{ externalId: "12", repository, author: "lea@example.org", openedAt: ago(90) },
      ...{ mergedAt: ago(60), mergeSha: "c".repeat(40) },
    };
    for (const source of ["gitlab", "gerrit"])
      await reportRows(lead, "outside_change", { source, rows: [change] });
    const { rows } = await database.owner.query("select * from outside_change order by source");
    expect(JSON.stringify(rows)).not.toContain("lea");
    expect(new Set(rows.map(({ author }) => author)).size).toBe(2);
  });
});

describe("a file", () => {
  const take = (text: string) => ({
    ...{ kind: "incident" as const, source: "ops-sheet", file: Buffer.from(text).toString("base64") },
  });
  const head = "external_id,service,severity,detected_at,restored_at,repository";
  const line = (id: string, more = repository) => `${id},=1+1,high,${ago(5)},${ago(3)},${more}`;

  test("is looked at without writing anything, then taken as a whole", async () => {
    const input = take([head, line("i1"), line("i2")].join("\n"));
    const before = await importsNow();
    expect(await previewFile(lead, input)).toMatchObject({
      ...{ rows: 2, rowsNew: 2, faults: [], faultCount: 0 },
      first: [{ externalId: "i1", service: "=1+1" }, { externalId: "i2" }],
    });
    expect(await importsNow()).toBe(before);
    expect(await takeFile(lead, input)).toMatchObject({ rowsNew: 2 });
    expect(await takeFile(lead, input)).toMatchObject({ importId: null, rowsUnchanged: 2 });
  });

  test("with one wrong line is refused, and every wrong line is named as an editor counts", async () => {
    const input = take(
      [head, line("i3"), line("i4", "nowhere"), line("i5").replace("high", "bad")].join("\r\n"),
    );
    const { faults } = await previewFile(lead, input);
    expect(faults).toEqual([
      { line: 3, field: "repository", wrong: "“nowhere” is no repository here", right: expect.any(String) },
      {
        ...{ line: 4, field: "severity", wrong: "“bad”" },
        right: "Write one of: critical, high, medium, low, unknown.",
      },
    ]);
    await expect(takeFile(lead, input)).rejects.toMatchObject({
      code: "bad_input",
      message: expect.stringMatching(/^Nothing was imported\. Line 3, repository: /),
    });
    const { rows } = await database.owner.query("select from incident where external_id = 'i3'");
    expect(rows).toEqual([]);
    await expect(takeFile(viewer, input)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("is listed with who took it in", async () => {
    const { items } = await listImports(viewer, { kind: "incident" });
    expect(items[0]).toMatchObject({ way: "csv", source: "ops-sheet", recordedByName: "lea", rowsNew: 2 });
  });
});

describe("an incident and the deployment it came of", () => {
  const incident = async (part: Record<string, unknown> = {}) => {
    const externalId = `c${++made}`;
    await reportRows(lead, "incident", {
      source: "ops",
      rows: [{ externalId, service: "shop", repository, severity: "high", detectedAt: ago(5), ...part }],
    });
    return externalId;
  };
  const shown = async (externalId: string) => {
    const found = (await listIncidents(viewer, {})).items.find((each) => each.externalId === externalId);
    if (!found) throw new Error("it is not listed");
    return found;
  };
  const deployed = async (minutes: number, part: Record<string, unknown> = {}) => {
    const row = deployment({ startedAt: ago(minutes + 1), finishedAt: ago(minutes), ...part });
    await report(row);
    return row.externalId;
  };

  test("belong together by an id it names, also where the deployment is told of later", async () => {
    const id = await incident({ deployment: "later" });
    expect(await shown(id)).toMatchObject({ cause: null, namesUnknown: "later" });
    await deployed(6, { externalId: "later" });
    expect(await shown(id)).toMatchObject({ cause: { because: "id" }, namesUnknown: null, proposal: null });
  });

  test("are proposed by time and by what was taken back, and belong together once a person says so", async () => {
    clock.advance(48 * HOUR);
    const early = await deployed(40);
    const late = await deployed(30);
    const id = await incident();
    expect(await shown(id)).toMatchObject({ cause: null, proposal: { because: "window" } });
    expect((await shown(id)).proposal?.label).toContain(late);
    await deployed(3, { rollbackOf: early });
    const { id: incidentId, proposal } = await shown(id);
    expect(proposal).toMatchObject({ because: "rollback", label: expect.stringContaining(early) });
    await expect(
      linkIncident(viewer, { incidentId, deploymentId: proposal?.deploymentId ?? "" }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await linkIncident(lead, { incidentId, deploymentId: proposal?.deploymentId ?? "" });
    await linkIncident(lead, { incidentId, deploymentId: proposal?.deploymentId ?? "" });
    expect(await shown(id)).toMatchObject({ proposal: null, cause: { because: "person" } });
    const { items } = await listDeployments(viewer, {});
    expect(items.find(({ externalId }) => externalId === early)).toMatchObject({ incidents: 1 });
    await linkIncident(lead, { incidentId, deploymentId: null });
    expect(await shown(id)).toMatchObject({ cause: null, isNone: true, proposal: null });
    expect(await entriesAbout(database, `incident:${incidentId}`)).toEqual([
      { kind: "incident.linked", detail: { deployment: proposal?.deploymentId } },
      { kind: "incident.linked", detail: { deployment: null } },
    ]);
  });

  test("probe: an id that deployments of two sources have says nothing, and one of the incident's repository alone does", async () => {
    const id = await incident({ deployment: "77" });
    const other = await readyRepository(seed);
    await reportRows(lead, "deployment", {
      ...{ source: "elsewhere", rows: [deployment({ externalId: "77", repository: other })] },
    });
    expect(await shown(id)).toMatchObject({ cause: null });
    const own = await deployed(6, { externalId: "77" });
    expect(await shown(id)).toMatchObject({ cause: { because: "id", label: expect.stringContaining(own) } });
    await reportRows(lead, "deployment", { source: "flux", rows: [deployment({ externalId: "77" })] });
    expect(await shown(id)).toMatchObject({ cause: null, namesUnknown: "77" });
    const named = await incident({ deployment: "77", deploymentSource: "flux" });
    expect(await shown(named)).toMatchObject({ cause: { because: "id" } });
    const nowhere = await incident({ deployment: "77", repository: undefined });
    expect(await shown(nowhere)).toMatchObject({ cause: null });
  });

  test("probe: of two people who link it at once, the second is told what the first said, and says nothing over it", async () => {
    const [one, two] = [await deployed(6), await deployed(7)];
    const { id: incidentId } = await shown(await incident());
    const idOf = async (externalId: string) => String((await rowOf(externalId)).id);
    const [first, second] = [await idOf(one), await idOf(two)];
    const holder = await database.owner.connect();
    const waiting = async (count: number) => {
      const asked =
        "select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()";
      for (;;) if ((await database.owner.query(asked)).rowCount === count) return;
    };
    await holder.query("begin");
    await holder.query("select from incident where id = $1 for update", [incidentId]);
    const said = linkIncident(lead, { incidentId, deploymentId: first, seen: "nothing" });
    await waiting(1);
    const same = linkIncident(lead, { incidentId, deploymentId: first, seen: "nothing" });
    const over = linkIncident(lead, { incidentId, deploymentId: second, seen: "nothing" }).catch(
      (error: unknown) => error,
    );
    await waiting(3);
    await holder.query("commit");
    holder.release();
    await Promise.all([said, same]);
    expect(await over).toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`Somebody said meanwhile that ${one} caused it.`),
    });
    expect(await entriesAbout(database, `incident:${incidentId}`)).toHaveLength(1);
    await linkIncident(lead, { incidentId, deploymentId: second, seen: first });
    expect(await entriesAbout(database, `incident:${incidentId}`)).toHaveLength(2);
  });

  test("probe: a deployment of another repository is nobody's cause here", async () => {
    const other = await readyRepository(seed);
    const externalId = await deployed(4, { repository: other });
    const { rows } = await database.owner.query("select id from deployment where external_id = $1", [
      externalId,
    ]);
    const { id: incidentId } = await shown(await incident({ deployment: externalId }));
    await expect(linkIncident(lead, { incidentId, deploymentId: rows[0].id })).rejects.toMatchObject({
      code: "refused",
    });
    expect((await listIncidents(viewer, {})).items.find(({ id }) => id === incidentId)?.cause).toBeNull();
  });

  test("failed deployments are told with when they were noticed and restored", async () => {
    clock.advance(48 * HOUR);
    const bad = await deployed(20);
    await deployed(10, { rollbackOf: bad });
    await incident({ deployment: bad, detectedAt: ago(15), restoredAt: ago(9) });
    const { rows } = await database.owner.query(
      `select f.because, f.detected_at, f.restored_at from deployment_failure f join deployment d
       on d.id = f.deployment_id where d.external_id = $1 order by 1`,
      [bad],
    );
    expect(rows).toEqual([
      { because: "incident", detected_at: new Date(ago(15)), restored_at: new Date(ago(9)) },
      { because: "rollback", detected_at: new Date(ago(11)), restored_at: new Date(ago(10)) },
    ]);
  });
});
