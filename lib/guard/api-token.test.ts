// What a program reaches with a token: the addresses that declare it, and no other.
import { readdirSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeAccount } from "#lib/api-tokens/accounts.ts";
import { CARRIED, type CarriedPermission } from "#lib/api-tokens/schema.ts";
import { makeToken, revokeToken } from "#lib/api-tokens/service.ts";
import type { RoleKey } from "#lib/authz/schema.ts";
import { systemClock } from "#lib/clock.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { newId } from "#lib/ids.ts";
import { grantRole } from "#lib/people/service.ts";
import { createRole } from "#lib/roles/service.ts";
import type { Scope } from "#lib/scope.ts";
import { arrangeWork, member } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { webLogger } from "./core.ts";
import { doorOf } from "./door.ts";
import type { RouteHandler } from "./route.ts";
import { TOKEN_REQUESTS, WRONG_TOKENS } from "./token-route.ts";

webTestEnv();
await testDatabase("web");

const API = new URL("../../app/api/", import.meta.url).pathname;
const routes: { name: string; handler: RouteHandler }[] = [];
for (const file of readdirSync(API, { recursive: true, encoding: "utf8" }).sort()) {
  if (!file.endsWith("route.ts")) continue;
  const handlers = (await import(`${API}${file}`)) as Record<string, RouteHandler>;
  for (const [method, handler] of Object.entries(handlers))
    routes.push({ name: `${method} /api/${file.replace(/\/route\.ts$/, "")}`, handler });
}
const handlerOf = (name: string): RouteHandler => {
  const found = routes.find((route) => route.name === name);
  if (!found) throw new Error(`no route ${name}`);
  return found.handler;
};

const seed = testScope({
  roles: ["engineering_lead", "security_lead"],
  actor: systemActor("demo"),
  clock: systemClock,
});
let work: Awaited<ReturnType<typeof arrangeWork>>;
let admin: Scope;
let lead: Scope;

beforeAll(async () => {
  work = await arrangeWork(seed);
  admin = await member(seed, "admin", "administrator");
  lead = await member(seed, "lead", "engineering_lead");
});
beforeEach(() => void vi.spyOn(webLogger(), "warn").mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

const tokenFor = (...permissions: CarriedPermission[]) =>
  makeToken(lead, { label: "A pipeline", accountId: null, permissions, pilotIds: null, days: 1 });

const checkingRole = () =>
  createRole(admin, {
    ...{ name: newId("role"), description: "", permissions: ["evidence.report" as const] },
  }) as Promise<RoleKey>;

interface Asking {
  readonly header?: string | undefined;
  readonly token?: string;
  readonly id?: string;
  readonly body?: unknown;
  readonly cookie?: string;
}

async function ask(name: string, { header, token, id = "nobody", body, cookie }: Asking) {
  const [method = "GET"] = name.split(" ");
  const authorization = header ?? `Bearer ${token}`;
  const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const headers = { authorization, ...(cookie ? { cookie } : {}), origin: TEST_URL };
  const request = new Request(`${TEST_URL}/nowhere`, { method, headers, body: text });
  const answer = await handlerOf(name)(request, { params: Promise.resolve({ id }) });
  const json = (await answer.json().catch(() => null)) as {
    error?: { code: string; message: string };
  } | null;
  return {
    status: answer.status,
    code: json?.error?.code,
    json,
    retryAfter: answer.headers.get("retry-after"),
  };
}

const launch = (more: object = {}) => ({
  ...{
    pilotId: work.pilotId,
    agentId: work.agentId,
    title: "Repair by the pipeline",
    requestKey: "pipeline-1",
  },
  ...more,
});

describe("the addresses tokens open", () => {
  const open = routes.filter(({ handler }) => doorOf(handler)?.bearers?.includes("token"));

  test("are these", () => {
    expect(open.map(({ name }) => name)).toEqual([
      ...[
        "POST /api/deliveries/[kind]",
        "POST /api/evidence",
        "GET /api/gates/[id]",
        "POST /api/gates/release",
      ],
      ...["GET /api/log/[epoch]/checkpoint", "GET /api/log/[epoch]/tile/[...path]"],
      ...["GET /api/log/entries/[id]/proof", "GET /api/log/entries/[id]/tlog-proof"],
      ...["POST /api/log/export", "GET /api/log/exports/[id]", "GET /api/pilots/[id]/charter"],
      ...[
        "GET /api/runs/[id]/attestation",
        "GET /api/runs/[id]/bundle",
        "GET /api/runs/[id]/dossier",
        "GET /api/runs/[id]/evidence/[evidence]",
        "GET /api/runs/[id]",
        "POST /api/runs",
      ],
    ]);
  });

  test("ask for what tokens carry, all of it and nothing else", () => {
    const asked = new Set(open.map(({ handler }) => doorOf(handler)?.permission));
    expect([...asked].sort()).toEqual([...CARRIED].sort());
  });

  test("probe: no other address of the API passes a token that carries everything", async () => {
    const account = await makeAccount(admin, { name: "All of it", ownerId: idOf(lead) });
    for (const role of ["engineering_lead", "security_lead"] as const)
      await grantRole(seed, { personId: account, role, pilotId: null });
    await grantRole(seed, { personId: account, role: await checkingRole(), pilotId: null });
    const { token } = await makeToken(lead, {
      ...{ label: "Everything", accountId: account, permissions: [...CARRIED], pilotIds: null, days: 1 },
    });
    // A forge's calls are for everybody who can sign them; lib/testing/doors.test.ts names the public doors.
    const closed = routes.filter(
      (route) =>
        !open.includes(route) &&
        !route.name.includes("/runner/") &&
        doorOf(route.handler)?.permission !== "public",
    );
    expect(closed.length).toBeGreaterThan(5);
    for (const { name } of closed) expect((await ask(name, { token })).status, name).toBe(401);
  });
});

describe("a run launched by a token", () => {
  test("has its owner as launcher, is one run however often it is asked for, and is read with a token too", async () => {
    const { token } = await tokenFor("run.launch", "run.view");
    const first = await ask("POST /api/runs", { token, body: launch() });
    expect(first).toMatchObject({ status: 201, json: { runId: expect.stringMatching(/^run_/) } });
    expect((await ask("POST /api/runs", { token, body: launch() })).json).toEqual(first.json);
    const { runId } = first.json as unknown as { runId: string };
    expect((await ask("GET /api/runs/[id]", { token, id: runId })).json).toMatchObject({
      ...{ id: runId, status: "queued", launchedBy: idOf(lead), title: "Repair by the pipeline" },
    });
  });

  test.each([
    ["no JSON", "{", 400],
    ["another field", { admin: true }, 400],
    ["no title", { title: "" }, 400],
    ["a pilot that is not there", { pilotId: "pil_other" }, 404],
    ["more than it takes", "x".repeat(64 * 1024 + 1), 413],
  ])("probe: %s is refused in JSON", async (_, body, status) => {
    const { token } = await tokenFor("run.launch");
    const sent = typeof body === "string" ? body : launch({ requestKey: "pipeline-2", ...body });
    const answer = await ask("POST /api/runs", { token, body: sent });
    expect(answer.status).toBe(status);
    expect(answer.json?.error?.message).toEqual(expect.any(String));
  });

  test("probe: a token that may only read launches nothing", async () => {
    const { token } = await tokenFor("run.view");
    expect((await ask("POST /api/runs", { token, body: launch() })).code).toBe("forbidden");
  });

  test("probe: a token of one pilot is a stranger in another", async () => {
    const other = await arrangeWork(seed);
    const { token } = await makeToken(lead, {
      ...{ label: "One pilot", accountId: null, permissions: ["run.launch", "pilot.view"], days: 1 },
      pilotIds: [other.pilotId],
    });
    expect((await ask("POST /api/runs", { token, body: launch() })).status).toBe(404);
    expect((await ask("GET /api/pilots/[id]/charter", { token, id: work.pilotId })).status).toBe(404);
    expect((await ask("GET /api/pilots/[id]/charter", { token, id: other.pilotId })).status).toBe(200);
  });
});

describe("a check reported from outside", () => {
  const body = { commit: "e".repeat(40), source: "ci/unit", verdict: "passed" };

  test("is taken from an account with a role that includes it, and from no lead, who cannot make a token for it either", async () => {
    const account = await makeAccount(admin, { name: "CI", ownerId: idOf(lead) });
    await grantRole(seed, { personId: account, role: await checkingRole(), pilotId: work.pilotId });
    const { token } = await makeToken(lead, {
      ...{ label: "CI", accountId: account, permissions: ["evidence.report"], pilotIds: null, days: 1 },
    });
    expect((await ask("POST /api/evidence", { token, body })).status).toBe(404); // there is no such patch
    expect((await ask("POST /api/evidence", { token, body: { ...body, url: "http://ci" } })).status).toBe(
      400,
    );
    expect((await ask("POST /api/evidence", { token, body: "x".repeat(3_000_001) })).status).toBe(413);
    expect((await ask("GET /api/runs/[id]/bundle", { token })).status).toBe(404);
    await expect(tokenFor("evidence.report")).rejects.toMatchObject({ code: "refused" });
    const { token: own } = await tokenFor("run.view");
    expect((await ask("POST /api/evidence", { token: own, body })).code).toBe("forbidden");
  });
});

describe("a token that opens nothing", () => {
  test("a revoked one, and no session beside it stands in for it", async () => {
    const { token, tokenId } = await tokenFor("run.view");
    await revokeToken(lead, tokenId);
    const { cookie } = await signedIn("Beside", ["engineering_lead"]);
    expect((await ask("GET /api/runs/[id]", { token, cookie })).code).toBe("unauthenticated");
  });

  test.each([
    ["an auditor's form", `Bearer pla_${"A".repeat(43)}`],
    ["two tokens", `Bearer pht_${"A".repeat(43)} pht_${"B".repeat(43)}`],
    ["something huge", `Bearer pht_${"A".repeat(8000)}`],
    ["nothing", "Bearer"],
    ["a quote", "Bearer pht_' or 1=1 --"],
  ])("probe: %s", async (_, header) => {
    expect((await ask("GET /api/runs/[id]", { header })).code).toBe("unauthenticated");
  });
});

test("probe: a token decides at no gate", async () => {
  const { tokenId } = await tokenFor("run.view");
  const program = testScope({
    actor: { kind: "token", personId: idOf(lead), tokenId },
    roles: ["engineering_lead", "security_lead", "reviewer"],
    clock: systemClock,
  });
  const decision = { gateId: "gat_x", digest: "0".repeat(64), decision: "approve", reason: "" } as const;
  await expect(decideGate(program, decision)).rejects.toMatchObject({
    code: "forbidden",
    message: "Only a person can decide at a gate.",
  });
});

test("a token asks so often in a minute, then it waits; another one does not", async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  const [one, other] = [await tokenFor("run.view"), await tokenFor("run.view")];
  const statuses: number[] = [];
  for (let count = 0; count <= TOKEN_REQUESTS; count++)
    statuses.push((await ask("GET /api/runs/[id]", { token: one.token })).status);
  expect(statuses.indexOf(429)).toBe(TOKEN_REQUESTS);
  const late = await ask("GET /api/runs/[id]", { token: one.token });
  expect(late).toMatchObject({ code: "too_many", retryAfter: expect.stringMatching(/^[1-6]?\d$/) });
  expect((await ask("GET /api/runs/[id]", { token: other.token })).status).toBe(404);
  vi.useRealTimers();
});

test("probe: whoever guesses waits, after so many wrong ones of their address", async () => {
  vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ["Date"] });
  const guess = () => ask("GET /api/runs/[id]", { token: `pht_${"Z".repeat(43)}` });
  for (let count = 0; count < WRONG_TOKENS; count++) expect((await guess()).status).toBe(401);
  expect((await guess()).status).toBe(429);
  vi.useRealTimers();
});

function idOf({ actor }: Scope): string {
  return actor.kind === "user" ? actor.personId : "";
}
