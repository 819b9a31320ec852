import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { newId } from "#lib/ids.ts";
import {
  EMPTY_SHA256,
  HEADERS,
  newRunnerKeys,
  type RunnerKeys,
  readPrivateKey,
  sha256Hex,
  sign,
} from "#lib/protocol/signing.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { doorOf } from "./door.ts";
import { readBody } from "./http/body.ts";
import { runnerRoute } from "./runner-route.ts";

webTestEnv();
const database = await testDatabase("web");

interface Known {
  readonly id: string;
  readonly keys: RunnerKeys;
}

async function runner(revoked = false): Promise<Known> {
  const id = newId("runner");
  const keys = newRunnerKeys();
  const client = await database.owner.connect();
  try {
    await client.query("begin");
    await client.query(
      `insert into runner (id, name, public_key, host_id, phases, registered_at, revoked_at)
       values ($1, $1, $2, 'host', '{agent}', now(), $3)`,
      [id, keys.publicKey, revoked ? new Date() : null],
    );
    await client.query(
      "insert into log_entry (id, kind, about, body) values ($1, 'runner.registered', array[$2], '')",
      [newId("entry"), `runner:${id}`],
    );
    await client.query("commit");
  } finally {
    client.release();
  }
  return { id, keys };
}

interface Letter {
  readonly path?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly time?: number;
  /** Headers that replace the honest ones; null takes one away. */
  readonly forged?: Record<string, string | null>;
}

function letter(
  { id, keys }: Known,
  { path = "/api/runner/v1/x?a=1", body, time = Date.now(), forged = {} }: Letter = {},
) {
  const sha256 = body === undefined ? EMPTY_SHA256 : sha256Hex(Buffer.from(body));
  const parts = { method: "POST", path, runnerId: id, time: String(time), sha256 };
  const headers = new Headers({
    [HEADERS.runner]: id,
    [HEADERS.time]: parts.time,
    [HEADERS.sha256]: sha256,
    [HEADERS.signature]: sign(parts, readPrivateKey(keys.privateKey)),
  });
  for (const [name, value] of Object.entries(forged)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return new Request(`${TEST_URL}${path}`, { method: "POST", headers, body: body ?? null });
}

const context = { params: Promise.resolve({}) };
const echo = runnerRoute({
  maxBytes: 1000,
  input: z.object({ n: z.number() }),
  handler: ({ scope, runner: known, input }) => ({ actor: scope.actor, name: known.name, n: input.n }),
});

const refused = async () => {
  const { rows } = await database.owner.query<{ about: string[]; body: Buffer }>(
    "select about, body from log_entry where kind = 'runner.refused' order by seq",
  );
  return rows.map(({ about, body }) => ({ about, detail: JSON.parse(body.toString()).detail }));
};

afterEach(() => void vi.useRealTimers());

/** A minute in which nothing was written yet. */
let minute = 0;
const freshMinute = () => {
  minute += 61_000;
  vi.useFakeTimers({ now: Date.now() + minute, toFake: ["Date"] });
};

describe("a signed request", () => {
  test("acts as its runner and nothing else", async () => {
    const known = await runner();
    const answer = await echo(letter(known, { body: '{"n":3}' }), context);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      actor: { kind: "runner", runnerId: known.id },
      name: known.id,
      n: 3,
    });
  });

  test("needs no origin and no cookie", async () => {
    const known = await runner();
    const body = '{"n":3}';
    const request = letter(known, { body, forged: { origin: "https://elsewhere.example" } });
    expect((await echo(request, context)).status).toBe(200);
  });

  test("carries its door", () => {
    expect(doorOf(echo)).toEqual({ kind: "runner_route", permission: "runner", maxBytes: 1000 });
  });
});

describe("a request that is not a runner's own", () => {
  const other = newRunnerKeys();
  const body = '{"n":3}';
  test.each<[string, (known: Known) => Request, string]>([
    [
      "without a signature",
      (known) => letter(known, { body, forged: { [HEADERS.signature]: null } }),
      "unsigned",
    ],
    ["without a name", (known) => letter(known, { body, forged: { [HEADERS.runner]: null } }), "unsigned"],
    ["of a runner nobody knows", () => letter({ id: newId("runner"), keys: other }, { body }), "unknown"],
    ["of a name that is no id", ({ keys }) => letter({ id: "' or 1=1 --", keys }, { body }), "unknown"],
    ["signed with another key", ({ id }) => letter({ id, keys: other }, { body }), "signature"],
    ["with a time of an hour ago", (known) => letter(known, { body, time: Date.now() - 3_600_000 }), "clock"],
    [
      "with the time set anew",
      (known) => letter(known, { body, forged: { [HEADERS.time]: String(Date.now() + 1) } }),
      "signature",
    ],
    [
      "with another body's hash",
      (known) => letter(known, { body, forged: { [HEADERS.sha256]: EMPTY_SHA256 } }),
      "signature",
    ],
    [
      "with a signature that is no base64",
      (known) => letter(known, { body, forged: { [HEADERS.signature]: "!!!" } }),
      "malformed",
    ],
  ])("probe: %s is 401 and written down", async (_, make, reason) => {
    freshMinute();
    const known = await runner();
    const answer = await echo(make(known), context);
    expect(answer.status).toBe(401);
    expect((await refused()).at(-1)?.detail).toMatchObject({ reason, address: "unknown" });
  });

  test("probe: a request for one path does not open another", async () => {
    freshMinute();
    const known = await runner();
    const honest = letter(known, { body });
    const moved = new Request(`${TEST_URL}/api/runner/v1/y?a=1`, {
      method: "POST",
      headers: honest.headers,
      body,
    });
    expect((await echo(moved, context)).status).toBe(401);
    const renamed = new Request(`${TEST_URL}/api/runner/v1/x?a=2`, {
      method: "POST",
      headers: honest.headers,
      body,
    });
    expect((await echo(renamed, context)).status).toBe(401);
  });

  test("a revoked runner is told so, and named in the entry", async () => {
    freshMinute();
    const revoked = await runner(true);
    const answer = await echo(letter(revoked, { body }), context);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("was revoked");
    expect((await refused()).at(-1)).toMatchObject({
      about: [`runner:${revoked.id}`],
      detail: { reason: "revoked" },
    });
  });

  test("probe: a flood from one address is one entry a minute, which counts the rest", async () => {
    freshMinute();
    const before = (await refused()).length;
    const stranger = { id: newId("runner"), keys: other };
    for (let i = 0; i < 10; i++) expect((await echo(letter(stranger, { body }), context)).status).toBe(401);
    expect(await refused()).toHaveLength(before + 1);
    freshMinute();
    await echo(letter(stranger, { body }), context);
    expect((await refused()).at(-1)?.detail.unwritten).toBe(9);
  });
});

describe("a body", () => {
  test("probe: that is not the signed one is refused", async () => {
    const known = await runner();
    const honest = letter(known, { body: '{"n":3}' });
    const swapped = new Request(honest.url, { method: "POST", headers: honest.headers, body: '{"n":4}' });
    const answer = await echo(swapped, context);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("not the one that was signed");
  });

  test("probe: over the limit is refused, declared or not", async () => {
    const known = await runner();
    const large = `{"n":1,"x":"${"x".repeat(2000)}"}`;
    expect((await echo(letter(known, { body: large }), context)).status).toBe(413);
    const declared = letter(known, { body: '{"n":1}', forged: { "content-length": "5000" } });
    expect((await echo(declared, context)).status).toBe(413);
  });

  test("of the wrong shape is told by field", async () => {
    const known = await runner();
    const answer = await echo(letter(known, { body: '{"n":"3"}' }), context);
    expect(answer.status).toBe(400);
    expect((await answer.json()).error.fields).toHaveProperty("n");
  });
});

describe("an upload", () => {
  const bytes = new Uint8Array(randomBytes(300_000));
  const store = runnerRoute({
    maxBytes: 1_000_000,
    stream: true,
    handler: async ({ upload }) => {
      if (!upload) throw new Error("no upload");
      return { size: (await readBody(upload.stream, 1_000_000)).length, sha256: upload.sha256 };
    },
  });

  test("streams through with its hash checked", async () => {
    const known = await runner();
    const answer = await store(letter(known, { body: bytes }), context);
    expect(await answer.json()).toEqual({ size: bytes.length, sha256: sha256Hex(bytes) });
  });

  test("probe: altered on the way fails at its end", async () => {
    const known = await runner();
    const honest = letter(known, { body: bytes });
    const altered = new Uint8Array(bytes);
    altered[1000] = (altered[1000] ?? 0) ^ 1;
    const request = new Request(honest.url, { method: "POST", headers: honest.headers, body: altered });
    const answer = await store(request, context);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("another SHA-256");
  });
});
