import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { createPerson, grantRole } from "../people/service.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { activateDemoPilot, pausePilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { addRepository } from "../repositories/service.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { testDatabase } from "../testing/database.ts";
import { indexedLog } from "../testing/log-index.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { countAbout, countEntries, getEntry, listEntries, listWaiting } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const auditor = testScope({ roles: ["auditor"], clock });

let ada: Scope;
let adaId = "";
let first = "";
let second = "";

beforeAll(async () => {
  adaId = await createPerson(seed, { email: "ada@example.org", name: "Ada" });
  await grantRole(seed, { personId: adaId, role: "engineering_lead", pilotId: null });
  ada = testScope({ roles: ["engineering_lead"], actor: person(adaId), clock });
  const { repositoryId } = await addRepository(seed, {
    name: "ledger",
    source: "/srv/git/ledger",
    authority: "own",
  });
  const charter = defaultCharter(repositoryId, "main", "2090-12-31");
  const made = [];
  for (const name of ["First", "Second"]) {
    const { pilotId } = await createDemoPilot(seed, { name, timeZone: "UTC", charter });
    await activateDemoPilot(seed, pilotId);
    made.push(pilotId);
  }
  [first = "", second = ""] = made;
  await pausePilot(ada, { pilotId: first, reason: "A secret reason nobody should find in the record." });
  await pullStop(ada, { scope: "pilot", pilotId: second, reason: "" });
  await indexedLog(database);
});

const kinds = async (scope: Scope, filter: Parameters<typeof listEntries>[1]) =>
  (await listEntries(scope, filter)).entries.map((entry) => entry.kind);

describe("the log", () => {
  test("is read newest first, page by page, nothing twice and nothing left out", async () => {
    const { rows } = await database.owner.query("select id from log_entry order by seq desc");
    const read: string[] = [];
    let after: string | null = null;
    do {
      const page = await listEntries(auditor, { after, limit: 3 });
      read.push(...page.entries.map((entry) => entry.id));
      after = page.next;
    } while (after !== null);
    expect(read).toEqual(rows.map((row) => row.id));
    expect(await countEntries(auditor)).toBe(rows.length);
    expect(await listWaiting(auditor)).toEqual([]);
    expect((await listEntries(auditor, { limit: 0 })).entries).toHaveLength(1);
    expect((await listEntries(auditor, { after: "ent_nobody" })).entries).toEqual([]);
  });

  test("goes on where it was while new entries are written", async () => {
    const page = await listEntries(auditor, { limit: 4 });
    await transaction(seed, async (tx) =>
      tx.record({ kind: "person.signed_out", about: [`person:${adaId}`], detail: { session: "ses_1" } }),
    );
    expect((await listWaiting(auditor)).map(({ kind, index }) => [kind, index])).toEqual([
      ["person.signed_out", null],
    ]);
    const [waiting] = await listWaiting(auditor);
    expect(await getEntry(auditor, waiting?.id ?? "")).toMatchObject({
      kind: "person.signed_out",
      index: null,
    });
    await indexedLog(database);
    expect((await listEntries(auditor)).entries[0]?.kind).toBe("person.signed_out");
    const next = await listEntries(auditor, { limit: 4, after: page.next });
    const known = new Set(page.entries.map((entry) => entry.id));
    expect(next.entries.some((entry) => known.has(entry.id))).toBe(false);
    expect(next.entries[0]?.kind).not.toBe("person.signed_out");
  });

  test("is filtered by kind, actor, subject, pilot and day", async () => {
    expect(await kinds(auditor, { filter: { kind: "pilot.paused" } })).toEqual(["pilot.paused"]);
    expect(await kinds(auditor, { filter: { actor: adaId } })).toEqual(["stop.pulled", "pilot.paused"]);
    expect(await kinds(auditor, { filter: { actor: "system:demo", kind: "repository.added" } })).toEqual([
      "repository.added",
    ]);
    expect(await kinds(auditor, { filter: { subject: `pilot:${first}` } })).toEqual([
      "pilot.paused",
      "pilot.activated",
      "pilot.activation_asked",
      "pilot.charter_written",
      "pilot.created",
    ]);
    expect(await kinds(auditor, { filter: { subject: first, kind: "pilot.created" } })).toEqual([
      "pilot.created",
    ]);
    expect((await kinds(auditor, { filter: { pilotId: second } })).at(0)).toBe("stop.pulled");
    expect(await kinds(auditor, { filter: { to: "2020-01-01" } })).toEqual([]);
    expect(
      (await kinds(auditor, { filter: { from: "2020-01-01", to: "2100-01-01" } })).length,
    ).toBeGreaterThan(5);
  });

  test("names who did it, as people and runners are called now", async () => {
    const [entry] = (await listEntries(auditor, { filter: { kind: "pilot.paused" } })).entries;
    expect(entry).toMatchObject({
      actor: { kind: "user", id: adaId, name: "Ada", roles: ["engineering_lead"] },
      index: expect.any(Number),
      about: [`pilot:${first}`],
      detail: { from: "active", to: "paused" },
    });
    const [added] = (await listEntries(auditor, { filter: { kind: "repository.added" } })).entries;
    expect(added?.actor).toEqual({ kind: "system", id: "system:demo", name: "system:demo", roles: [] });
  });

  test("shows an entry with exactly the bytes it commits to, free text only by its digest", async () => {
    const [entry] = (await listEntries(auditor, { filter: { kind: "pilot.paused" } })).entries;
    const detail = await getEntry(auditor, entry?.id ?? "");
    const { rows } = await database.owner.query("select body from log_entry where id = $1", [entry?.id]);
    expect(detail.sha256).toBe(sha256Hex(rows[0].body));
    expect(detail.canonical).toBe(rows[0].body.toString("utf8"));
    expect(detail.request).toBe("req_test");
    expect(detail.names).toEqual({ [`pilot:${first}`]: "First" });
    expect(JSON.parse(detail.canonical)).toMatchObject({
      v: 2,
      kind: "pilot.paused",
      actor: { personId: adaId },
    });
    expect(detail.canonical).not.toContain("secret reason");
    expect(detail.detail.reason_sha256).toBe(
      sha256Hex(Buffer.from("A secret reason nobody should find in the record.")),
    );
  });

  test("counts what is about a subject", async () => {
    expect(await countAbout(auditor, `pilot:${first}`)).toBe(5);
    expect(await countAbout(auditor, "run:run_nobody")).toBe(0);
  });
});

describe("who reads it", () => {
  test("an auditor of one pilot sees that pilot's entries alone, its stops and gates included", async () => {
    const guest = testScope({ roles: [["auditor", second]], clock });
    const { entries } = await listEntries(guest, { limit: 200 });
    expect(entries.length).toBeGreaterThan(3);
    expect(entries.map((entry) => entry.kind)).toContain("stop.pulled");
    for (const entry of entries)
      expect(
        entry.about.some((subject) => subject === `pilot:${second}` || subject.startsWith("stop:")),
      ).toBe(true);
    const [foreign] = (await listEntries(auditor, { filter: { kind: "pilot.paused" } })).entries;
    await expect(getEntry(guest, foreign?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
    expect(await kinds(guest, { filter: { pilotId: first } })).toEqual([]);
    await getEntry(guest, entries[0]?.id ?? "");
  });

  test("an auditor of one pilot is not told what waits: it may be another pilot's", async () => {
    await transaction(seed, async (tx) =>
      tx.record({ kind: "person.signed_out", about: [`person:${adaId}`], detail: { session: "ses_2" } }),
    );
    expect(await listWaiting(testScope({ roles: [["auditor", second]], clock }))).toEqual([]);
    expect(await listWaiting(auditor)).toHaveLength(1);
  });

  test("a reviewer does not, and is told who does", async () => {
    const reviewer = testScope({ roles: ["reviewer"], clock });
    await expect(listEntries(reviewer)).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("auditor"),
    });
    await expect(getEntry(reviewer, "ent_1")).rejects.toMatchObject({ code: "forbidden" });
    await expect(listEntries(testScope({ clock }))).rejects.toMatchObject({ code: "forbidden" });
  });

  test("an unknown entry is not found", async () => {
    await expect(getEntry(auditor, "ent_nobody")).rejects.toMatchObject({ code: "not_found" });
  });

  test("probe: a filter that looks like SQL is a text like any other", async () => {
    const hostile = "x' or true) --";
    expect(await kinds(auditor, { filter: { subject: hostile } })).toEqual([]);
    expect(await kinds(auditor, { filter: { actor: hostile } })).toEqual([]);
    expect(await kinds(auditor, { filter: { pilotId: hostile } })).toEqual([]);
    expect((await listEntries(auditor, { after: hostile })).entries).toEqual([]);
  });
});
