// The door that a bearer token opens.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { DAY, systemClock } from "#lib/clock.ts";
import { giveAccess, withdrawAccess } from "#lib/log-access/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { person, testScope } from "#lib/testing/scopes.ts";
import { signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { webLogger } from "./core.ts";
import { doorOf } from "./door.ts";
import { tokenRoute } from "./token-route.ts";

webTestEnv();
await testDatabase("web");

const lead = testScope({ roles: ["security_lead"], actor: person("per_lead"), clock: systemClock });
const input = { label: "The auditors", pilotId: null, withBlobs: true, days: 90 };
const auditor = await signedIn("Ada Auditor", ["auditor"]);
const viewer = await signedIn("Vi Viewer", ["viewer"]);

const context = { params: Promise.resolve({}) };
const echo = tokenRoute({
  permission: "log.export",
  bearers: ["access", "token"],
  maxBytes: 10,
  query: z.object({ n: z.string().optional() }),
  handler: ({ scope, reader, query }) => ({ actor: scope.actor, grants: scope.grants, reader, n: query.n }),
});

const ask = (headers: Record<string, string>, route = echo, method = "GET") =>
  route(new Request(`${TEST_URL}/api/log/x?n=3`, { method, headers }), context);
const bearing = (token: string, more: Record<string, string> = {}) =>
  ask({ authorization: `Bearer ${token}`, ...more });

beforeEach(() => void vi.spyOn(webLogger(), "warn").mockImplementation(() => undefined));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a token that was given", () => {
  test("acts as its access, with an auditor's reach and no further", async () => {
    const { token, accessId } = await giveAccess(lead, input);
    const answer = await bearing(token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      actor: { kind: "system", name: accessId },
      grants: [{ role: "auditor", pilotId: null }],
      reader: { kind: "access", accessId, withBlobs: true },
      n: "3",
    });
  });

  test("opens no door whose permission an auditor has not", async () => {
    const { token } = await giveAccess(lead, input);
    const launching = tokenRoute({
      permission: "run.launch",
      bearers: ["access"],
      maxBytes: 0,
      handler: () => "launched",
    });
    expect((await ask({ authorization: `Bearer ${token}` }, launching)).status).toBe(403);
  });

  test("says what it takes, and takes no more", async () => {
    const { token } = await giveAccess(lead, input);
    expect(doorOf(echo)).toEqual({
      kind: "token_route",
      permission: "log.export",
      maxBytes: 10,
      bearers: ["access", "token"],
    });
    expect((await bearing(token, { "content-length": "11" })).status).toBe(413);
  });
});

describe("a token that opens nothing", () => {
  const SENTENCE =
    "This access is unknown, has expired or was withdrawn. Ask whoever gave it to you for another one.";

  async function refusalOf(answer: Response): Promise<unknown[]> {
    const { error } = (await answer.json()) as { error: { message: string } };
    return [answer.status, answer.headers.get("www-authenticate"), error.message];
  }

  test("a withdrawn one, at once", async () => {
    const { token, accessId } = await giveAccess(lead, input);
    await withdrawAccess(lead, accessId);
    expect(await refusalOf(await bearing(token))).toEqual([401, "Bearer", SENTENCE]);
  });

  test("an expired one, at the millisecond it ends", async () => {
    const { token, expiresAt } = await giveAccess(lead, { ...input, days: 1 });
    vi.useFakeTimers({ now: expiresAt.getTime() - 1, toFake: ["Date"] });
    expect((await bearing(token)).status).toBe(200);
    vi.setSystemTime(expiresAt);
    expect(await refusalOf(await bearing(token))).toEqual([401, "Bearer", SENTENCE]);
  });

  test.each([
    ["nothing", ""],
    ["another of the same form", `pla_${"A".repeat(43)}`],
    ["a quote", "pla_' or 1=1 --"],
    ["something huge", `pla_${"A".repeat(4000)}`],
    ["a hash as the database keeps it", "0".repeat(64)],
  ])("probe: %s is answered like any other that opens nothing", async (_, token) => {
    expect(await refusalOf(await bearing(token))).toEqual([401, "Bearer", SENTENCE]);
  });

  test("probe: a session beside a dead token does not stand in for it", async () => {
    const dead = await bearing(`pla_${"B".repeat(43)}`, { cookie: auditor.cookie });
    expect(dead.status).toBe(401);
  });
});

describe("a person's session", () => {
  test("opens it to who has the permission", async () => {
    const answer = await ask({ cookie: auditor.cookie });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ reader: { kind: "person", personId: auditor.personId } });
    expect((await ask({ cookie: viewer.cookie })).status).toBe(403);
    expect((await ask({})).status).toBe(401);
  });

  test("probe: another site cannot make a browser start anything", async () => {
    const foreign = { cookie: auditor.cookie, origin: "https://evil.example" };
    expect((await ask(foreign, echo, "POST")).status).toBe(403);
  });
});

describe("a long answer", () => {
  const pieces = 64;
  let made = 0;
  const long = tokenRoute({
    bearers: ["access"],
    permission: "log.export",
    maxBytes: 0,
    handler: () => ({
      texts: (async function* () {
        for (made = 0; made < pieces; ) {
          made += 1;
          yield "x".repeat(64 * 1024);
        }
      })(),
      name: 'a"b\n.jsonl',
      contentType: "application/jsonl",
    }),
  });
  const begun = async (token: string) => {
    const answer = await ask({ authorization: `Bearer ${token}` }, long);
    const reader = answer.body?.getReader();
    if (!reader) throw new Error("no body");
    return { answer, reader };
  };

  test("is made no faster than it is read", async () => {
    const { token } = await giveAccess(lead, input);
    const { answer, reader } = await begun(token);
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="a_b_.jsonl"');
    await reader.read();
    expect(made).toBeLessThan(5);
    await reader.cancel();
    expect(made).toBeLessThan(5);
  });

  test("breaks off within a megabyte or so once the access is withdrawn", async () => {
    const { token, accessId } = await giveAccess(lead, input);
    const { reader } = await begun(token);
    await reader.read();
    await withdrawAccess(lead, accessId);
    const rest = async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read());
    };
    await expect(rest()).rejects.toThrow("may do so no longer");
    expect(made).toBeLessThan(pieces / 2);
  });

  test("comes whole where nothing happens", async () => {
    const { token } = await giveAccess(lead, input);
    const answer = await ask({ authorization: `Bearer ${token}` }, long);
    expect((await answer.text()).length).toBe(pieces * 64 * 1024);
  });
});

test("an access ends ninety days on at the latest", async () => {
  const { expiresAt } = await giveAccess(lead, input);
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(90 * DAY);
});
