import { expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "#lib/errors.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { type SignedIn, signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { doorOf } from "./door.ts";
import { route } from "./route.ts";

webTestEnv();
await testDatabase("web");
const systemLead = await signedIn("Sy Stem", ["security_lead"]);

const twice = route({
  permission: "run.launch",
  maxBytes: 30,
  params: z.object({ id: z.string() }),
  query: z.object({ by: z.coerce.number().default(2) }),
  input: z.object({ n: z.number() }),
  handler: ({ input, params, query }) => ({ id: params.id, n: input.n * query.by }),
});

function call(who: SignedIn | null, body: string, url = `${TEST_URL}/api/x`): Promise<Response> {
  const headers = new Headers({ origin: TEST_URL });
  if (who) headers.set("cookie", who.cookie);
  return twice(new Request(url, { method: "POST", headers, body }), {
    params: Promise.resolve({ id: "7" }),
  });
}

test("reads params, query and body by their schemas and answers in JSON that nobody stores", async () => {
  const answer = await call(systemLead, '{"n":21}', `${TEST_URL}/api/x?by=3`);
  expect(await answer.json()).toEqual({ id: "7", n: 63 });
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("answers refusals with status, code and the request's id", async () => {
  const answer = await call(null, '{"n":21}');
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({
    error: { code: "unauthenticated", title: "Sign in first", requestId: expect.stringMatching(/^req_/) },
  });
});

test("probe: a body over the limit that declares no length is refused while it is read", async () => {
  expect((await call(systemLead, `{"n":${"1".repeat(100)}}`)).status).toBe(413);
  expect((await call(systemLead, "not json")).status).toBe(400);
  expect((await call(systemLead, '{"n":"1"}')).status).toBe(400);
});

test("carries its door", () => {
  expect(doorOf(twice)).toEqual({ kind: "route", permission: "run.launch", maxBytes: 30 });
  expect(doorOf(async () => undefined)).toBeNull();
  expect(doorOf({ door: {} })).toBeNull();
});

test("gives 204 for nothing and passes a Response as it is", async () => {
  const params = { params: Promise.resolve({}) };
  const empty = route({ permission: "public", maxBytes: 0, handler: () => undefined });
  const own = route({
    permission: "public",
    maxBytes: 0,
    handler: () => new Response("csv", { status: 201 }),
  });
  expect((await empty(new Request(TEST_URL), params)).status).toBe(204);
  expect((await own(new Request(TEST_URL), params)).status).toBe(201);
});

test("says how long to wait", async () => {
  const wait = route({
    permission: "public",
    maxBytes: 0,
    handler: () => {
      throw new AppError("too_many", "Slow down.", { retryAfter: 7 });
    },
  });
  const answer = await wait(new Request(TEST_URL), { params: Promise.resolve({}) });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "7"]);
});
