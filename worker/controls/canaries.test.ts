// Canaries that knock at doors and at a real sandbox.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CallRefused } from "#lib/model-calls/refusal.ts";
import { HEADERS, newRunnerKeys, verify } from "#lib/protocol/signing.ts";
import { testLogger } from "#lib/testing/runner/parts.ts";
import { createPlainSandbox } from "#lib/testing/runner/plain-sandbox.ts";
import { testSandbox } from "#lib/testing/sandbox.ts";
import { testClock, testScope } from "#lib/testing/scopes.ts";
import { tryDeadSession, tryForeignToken, tryRevokedKey } from "./doors.ts";
import type { Round } from "./round.ts";
import { tryEgress } from "./sandbox.ts";
import { trySecret } from "./standing.ts";
import { show } from "./test-controls.ts";

const { sandbox } = await testSandbox();
const keys = newRunnerKeys();
let server: Server;
let origin: string;
let answer: (request: IncomingMessage) => readonly [status: number, text: string, location?: string];
const seen: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    const [status, text, location] = answer(request);
    response.writeHead(status, location ? { location } : {}).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const round = (): Round => {
  const env = { PILOTHOUSE_URL: origin, PILOTHOUSE_PLANE_URL: origin, PILOTHOUSE_GATEWAY_URL: origin };
  const clock = testClock();
  const workplace = { env, workshop: { sandbox } } as unknown as Round["workplace"];
  const begunAt = new Date(clock.now());
  return { testId: "ctt_1", askedAt: begunAt, begunAt, scope: testScope({ clock }), workplace };
};

describe("a canary at a door", () => {
  test("signs rightly, so that it is refused for what it is meant to be refused for", async () => {
    answer = () => [401, "This run token is not known."];
    expect(await tryForeignToken(round(), keys)).toMatchObject({ result: "holds" });
    const [request] = seen.slice(-1);
    const header = (name: string) => String(request?.headers[name] ?? "");
    const parts = {
      ...{ method: "GET", path: "/v1/models", runnerId: header(HEADERS.runner) },
      ...{ time: header(HEADERS.time), sha256: header(HEADERS.sha256) },
    };
    const now = Number(parts.time);
    const signature = header(HEADERS.signature);
    expect(verify({ parts, signature, publicKey: keys.publicKey, now, skew: 1000 })).toBeNull();
  });

  test.each([
    [200, "{}", "failed"],
    [401, new CallRefused("token_unknown").message, "holds"],
    [401, "This is not the request of a runner registered here.", "not_run"],
    [403, new CallRefused("stopped").message, "not_run"],
    [403, "<html>Forbidden by the proxy</html>", "not_run"],
    [401, "", "not_run"],
    [503, "", "not_run"],
  ] as const)("at the gateway, %d “%s” is: %s", async (status, text, result) => {
    answer = () => [status, text];
    expect(await tryForeignToken(round(), keys)).toMatchObject({ result });
  });

  test.each([
    [401, "This runner was revoked.", "holds"],
    [204, "", "failed"],
    [401, "This is not the request of a runner registered here.", "not_run"],
    [500, "", "not_run"],
  ] as const)("with a revoked key, %d “%s” is: %s", async (status, text, result) => {
    answer = () => [status, text];
    expect(await tryRevokedKey(round(), keys)).toMatchObject({ result });
  });

  test("without a session fails where a page or the stream answers", async () => {
    const away = [307, "", "/sign-in?to=%2Flog"] as const;
    answer = ({ url }) => (url === "/log" ? away : [401, ""]);
    expect(await tryDeadSession(round())).toMatchObject({ result: "holds" });
    answer = ({ url }) => (url === "/log" ? away : [200, ""]);
    expect(await tryDeadSession(round())).toMatchObject({ result: "failed" });
    answer = ({ url }) => (url === "/log" ? [200, "the log"] : [401, ""]);
    expect(await tryDeadSession(round())).toMatchObject({ result: "failed" });
    answer = ({ url, headers }) =>
      url === "/log" && !headers.cookie ? away : [headers.cookie ? 200 : 401, ""];
    expect(await tryDeadSession(round())).toMatchObject({ result: "failed" });
  });
});

describe("a canary in a real sandbox", () => {
  test("reaches nothing", async () => {
    expect(await tryEgress(sandbox)).toMatchObject({
      result: "holds",
      sentence: expect.stringContaining("worker host"),
    });
  });

  test("probe: fails where the sandbox has the host's network", async () => {
    expect(await tryEgress(createPlainSandbox({ hostNetwork: true }))).toMatchObject({
      ...{ result: "failed", sentence: expect.stringContaining("reached a listener of this host") },
    });
  });

  test.each([
    ["a listener was reached", { reached: ["10.0.0.1"] }],
    ["a name was looked up", { resolved: true }],
    ["there is an interface", { interfaces: ["eth0"] }],
  ])("probe: fails where %s", async (_, told) => {
    const found = JSON.stringify({ reached: [], resolved: false, interfaces: [], ...told });
    const open = {
      ...sandbox,
      start: (spec: Parameters<typeof sandbox.start>[0]) =>
        sandbox.start({ ...spec, command: ["node", "-e", `console.log(${JSON.stringify(found)})`] }),
    };
    expect(await tryEgress(open)).toMatchObject({ result: "failed" });
  });
});

test("probe: what broke is told to the process's own log, and no word of it is kept", async () => {
  const { logger, lines } = testLogger();
  const at = round();
  const shown = await show({ ...at, workplace: { ...at.workplace, logger } }, "secret_masked", async () => {
    throw new Error("connect to 10.0.0.7 as ph_worker failed");
  });
  expect(shown).toMatchObject({ control: "secret_masked", result: "not_run" });
  expect(shown.sentence).toBe("It could not be tried: it broke, and the worker's own log says how.");
  expect(lines).toMatchObject([
    { control: "secret_masked", err: { message: expect.stringContaining("10.0.0.7") } },
  ]);
});

test("a made-up token is masked", async () => {
  expect(await trySecret()).toMatchObject({ result: "holds" });
});
