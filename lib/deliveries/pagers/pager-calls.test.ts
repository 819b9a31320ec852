// Calls of PagerDuty: believed where they are signed, taken once, and settled by their own instants.
import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { MINUTE } from "../../clock.ts";
import type { Scope } from "../../scope.ts";
import { member, readyRepository } from "../../testing/arrange.ts";
import { testDatabase } from "../../testing/database.ts";
import { entriesAbout } from "../../testing/journey.ts";
import { systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { webTestEnv } from "../../testing/web-env.ts";
import { listImports, listIncidents, listPagers } from "../views/service.ts";
import { connectPager, endPager } from "./connect-pager.ts";
import { takePagerCall } from "./take-call.ts";

const database = await testDatabase("web");
webTestEnv();
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const visitor = testScope({ actor: systemActor("visitor"), clock });
const SECRET = "a signing secret of PagerDuty's 123";
let lead: Scope;
let repositoryId = "";
let pagerId = "";

beforeAll(async () => {
  lead = await member(seed, "lea", "engineering_lead");
  repositoryId = await readyRepository(seed);
  pagerId = await connectPager(lead, { repositoryId, about: "releases", secret: SECRET });
});

const began = new Date(clock.now() - 60 * MINUTE);
const after = (minutes: number) => new Date(began.getTime() + minutes * MINUTE).toISOString();
const bodyOf = (event_type: string, minutes: number, part: object = {}) =>
  Buffer.from(
    JSON.stringify({
      event: {
        ...{ id: `01${event_type}${minutes}`, event_type, resource_type: "incident" },
        occurred_at: after(minutes),
        data: {
          ...{ id: "Q2RX", type: "incident", created_at: began.toISOString(), status: "triggered" },
          ...{
            urgency: "high",
            service: { summary: "shop\u202e\nlive" },
            priority: { summary: "P1" },
            ...part,
          },
        },
      },
    }),
  );
const signed = (body: Uint8Array, secret = SECRET) =>
  `v1=${createHmac("sha256", secret).update(body).digest("hex")}`;
const call = (event: string, minutes: number, part: object = {}) => {
  const body = bodyOf(event, minutes, part);
  return takePagerCall(visitor, { pagerId, signature: signed(body), body });
};
const incident = async () => (await listIncidents(lead, {})).items[0];
const pages = async () =>
  Number((await database.owner.query("select count(*) as n from page_call")).rows[0].n);
const imports = async () =>
  Number((await database.owner.query("select count(*) as n from outside_import")).rows[0].n);

describe("a pager", () => {
  test("is connected with a secret that is in no entry and that nobody reads back", async () => {
    const entries = await entriesAbout(database, `repository:${repositoryId}`);
    expect(entries).toContainEqual({
      kind: "repository.pager_connected",
      detail: { pager: pagerId, kind: "pagerduty", about: "releases" },
    });
    const { rows } = await database.owner.query("select hook_secret from pager_connection");
    expect(Buffer.from(rows[0].hook_secret).toString("latin1")).not.toContain(SECRET);
    expect(await listPagers(lead)).toMatchObject([{ id: pagerId, connectedByName: "lea" }]);
    const viewer = await member(seed, "vi", "viewer");
    await expect(
      connectPager(viewer, { repositoryId, about: "tests", secret: SECRET }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("its calls", () => {
  test("make an incident and a call of somebody on duty, once however often they come", async () => {
    await call("incident.triggered", 0);
    await call("incident.triggered", 0);
    expect(await incident()).toMatchObject({
      ...{ externalId: "Q2RX", severity: "critical", repositoryId, detectedAt: began, restoredAt: null },
      ...{ source: `pagerduty:${pagerId}`, service: "shop\u202e live" },
    });
    expect([await pages(), await imports()]).toEqual([1, 2]);
  });

  test("settle it by their own instants: what is resolved stays so for what comes late or speaks of something else", async () => {
    await call("incident.resolved", 30, { status: "resolved" });
    await call("incident.acknowledged", 5, { status: "acknowledged" });
    await call("incident.annotated", 40, { status: "resolved" });
    await call("incident.priority_updated", 45, { status: "resolved", priority: { summary: "P3" } });
    expect(await incident()).toMatchObject({ restoredAt: new Date(after(30)), severity: "critical" });
    await call("incident.reopened", 50);
    expect(await incident()).toMatchObject({ restoredAt: null });
    await call("incident.resolved", 55, { status: "resolved" });
    expect(await incident()).toMatchObject({ restoredAt: new Date(after(55)), detectedAt: began });
    expect(await pages()).toBe(2);
  });

  test("of low urgency wake nobody", async () => {
    await call("incident.triggered", 1, { id: "QLOW", urgency: "low", priority: null });
    expect(await pages()).toBe(2);
    const { items } = await listIncidents(lead, {});
    expect(items.find(({ externalId }) => externalId === "QLOW")).toMatchObject({ severity: "low" });
  });

  test("are believed where one of several signatures is ours, as while a secret is changed", async () => {
    const body = bodyOf("incident.triggered", 2, { id: "QTWO" });
    await takePagerCall(visitor, {
      ...{ pagerId, body },
      signature: `${signed(body, "the one before, which is not ours")},${signed(body)}`,
    });
    const { items } = await listIncidents(lead, {});
    expect(items.some(({ externalId }) => externalId === "QTWO")).toBe(true);
  });

  test("probe: names cut in the middle of a character, and controls in them, drop no call", async () => {
    const service = { summary: `${"s".repeat(199)}\u{1f525}\u0000` };
    await call("incident.triggered", 4, { id: "QCUT", service });
    const { items } = await listIncidents(lead, {});
    expect(items.find(({ externalId }) => externalId === "QCUT")).toMatchObject({
      service: `${"s".repeat(199)}\u{1f525}`,
    });
    await expect(call("incident.triggered", 4, { id: "Q\u0000" })).rejects.toMatchObject({
      code: "bad_input",
    });
  });

  test("probe: what happened a year ahead is left out, and said in the line of its import", async () => {
    clock.advance(MINUTE);
    await call("incident.triggered", 365 * 24 * 60, { id: "QAHEAD" });
    const { items } = await listImports(lead, { kind: "incident" });
    expect(items[0]).toMatchObject({ way: "pagerduty_call", rowsNew: 0, rowsRefused: 1 });
    expect((await listIncidents(lead, {})).items.some(({ externalId }) => externalId === "QAHEAD")).toBe(
      false,
    );
  });

  test("that try a new webhook are answered and change nothing", async () => {
    const before = await imports();
    const body = Buffer.from(
      JSON.stringify({
        event: { id: "01P", event_type: "pagey.ping", occurred_at: after(1), data: { type: "ping" } },
      }),
    );
    await takePagerCall(visitor, { pagerId, signature: signed(body), body });
    expect(await imports()).toBe(before);
  });

  test("probe: anything else is nobody: no signature, another body's, another connection's, another scheme's", async () => {
    const body = bodyOf("incident.triggered", 3, { id: "QBAD" });
    const right = signed(body);
    const other = await connectPager(lead, { repositoryId, about: "tests", secret: `${SECRET} other` });
    const wrong = [
      { pagerId, body, signature: "" },
      { pagerId, body, signature: right.replace("v1=", "v0=") },
      { pagerId, body, signature: right.slice(0, -1) },
      { pagerId, body, signature: right.toUpperCase() },
      { pagerId, body, signature: `${"v1=00,".repeat(20)}${right}` },
      { pagerId, body: Buffer.concat([body, Buffer.from(" ")]), signature: right },
      { pagerId: other, body, signature: right },
      { pagerId: "pgr_nobody", body, signature: right },
    ];
    for (const each of wrong)
      await expect(takePagerCall(visitor, each)).rejects.toMatchObject({ code: "not_found" });
    const garbage = Buffer.from("{");
    await expect(
      takePagerCall(visitor, { pagerId, body: garbage, signature: signed(garbage) }),
    ).rejects.toMatchObject({ code: "bad_input" });
    await endPager(lead, { pagerId: other });
    await expect(
      takePagerCall(visitor, { pagerId: other, body, signature: signed(body, `${SECRET} other`) }),
    ).rejects.toMatchObject({ code: "not_found" });
    const { items } = await listIncidents(lead, {});
    expect(items.some(({ externalId }) => externalId === "QBAD")).toBe(false);
  });
});
