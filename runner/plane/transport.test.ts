import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import {
  EMPTY_SHA256,
  HEADERS,
  newRunnerKeys,
  readPrivateKey,
  sha256Hex,
  verify,
} from "#lib/protocol/signing.ts";
import type { Identity } from "./identity.ts";
import { type Call, createTransport, readJson, readNothing } from "./transport.ts";

const keys = newRunnerKeys();
const registered: Identity = {
  privateKey: readPrivateKey(keys.privateKey),
  publicKey: keys.publicKey,
  hostId: "host",
  runnerId: "rnr_1",
};

function call(changes: Partial<Call> = {}): Call {
  return { method: "POST", path: "/lease", deadline: 5000, signal: new AbortController().signal, ...changes };
}

/** A server that does what the test says, and a transport to it. */
async function serve(answer: http.RequestListener, identity = registered) {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const planeUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createTransport({ planeUrl, identity: () => identity, clock: systemClock });
}

const fails = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.catch((caught: unknown) => caught);
  if (!(error instanceof AppError)) throw new Error(`An AppError was expected, not ${String(error)}.`);
  return error;
};

const problem = (code: string, message: string) =>
  JSON.stringify({ error: { code, message, requestId: "req_9" } });

describe("a request", () => {
  test("is signed over its method, path, time and body", async () => {
    const verdicts: unknown[] = [];
    const transport = await serve((request, response) => {
      const header = (name: string) => String(request.headers[name]);
      verdicts.push(
        verify({
          parts: {
            method: String(request.method),
            path: String(request.url),
            runnerId: header(HEADERS.runner),
            time: header(HEADERS.time),
            sha256: header(HEADERS.sha256),
          },
          signature: header(HEADERS.signature),
          publicKey: keys.publicKey,
          now: Date.now(),
          skew: 5000,
        }),
      );
      verdicts.push(request.url, header(HEADERS.sha256), header("content-length"));
      response.end();
    });
    const body = Buffer.from('{"a":1}');
    await transport.open(call({ path: "/leases/lse_1/events", body }));
    await transport.open(call({ method: "GET", path: "/leases/lse_1/bundles/base" }));
    const path = "/api/runner/v1/leases/lse_1";
    expect(verdicts).toEqual([
      ...[null, `${path}/events`, sha256Hex(body), "7"],
      ...[null, `${path}/bundles/base`, EMPTY_SHA256, "undefined"],
    ]);
  });

  test("of a runner without an id carries no signature", async () => {
    const names: string[] = [];
    const transport = await serve(
      (request, response) => {
        names.push(...Object.keys(request.headers));
        response.end();
      },
      { ...registered, runnerId: null },
    );
    await transport.open(call());
    expect(names).not.toContain(HEADERS.signature);
    expect(names).not.toContain(HEADERS.runner);
  });

  test("ends with the caller's own reason", async () => {
    const over = new AbortController();
    const transport = await serve(() => over.abort(new Error("The lease is over.")));
    await expect(transport.open(call({ signal: over.signal }))).rejects.toThrow("The lease is over.");
    await expect(transport.open(call({ signal: over.signal }))).rejects.toThrow("The lease is over.");
  });

  test("without an answer in time is an outage", async () => {
    const transport = await serve(() => undefined);
    const error = await fails(transport.open(call({ deadline: 100 })));
    expect(error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("no answer within 0.1 seconds"),
    });
  });

  test("to nobody is an outage that says so", async () => {
    const transport = createTransport({
      planeUrl: "http://127.0.0.1:1",
      identity: () => registered,
      clock: systemClock,
    });
    const error = await fails(transport.open(call()));
    expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("an answer", () => {
  test("is read as JSON", async () => {
    const asked = call();
    const transport = await serve((_request, response) => response.end('{"a":[1]}'));
    expect(await readJson(await transport.open(asked), asked)).toEqual({ a: [1] });
  });

  test("without contents is read to its end", async () => {
    const asked = call();
    const transport = await serve((_request, response) => response.writeHead(204).end());
    await readNothing(await transport.open(asked), asked);
  });

  test.each<[number, string, string]>([
    [409, "fenced", "fenced"],
    [404, "not_found", "not_found"],
    [422, "refused", "refused"],
    [400, "bad_input", "bad_input"],
    [401, "unauthenticated", "unauthenticated"],
  ])(
    "with status %i and code %s is that refusal, with the plane's sentence and request",
    async (status, code, expected) => {
      const transport = await serve((_request, response) =>
        response.writeHead(status).end(problem(code, "No.")),
      );
      expect(await fails(transport.open(call()))).toMatchObject({
        code: expected,
        message: "No. (request req_9)",
      });
    },
  );

  test.each<[string, number, string, string]>([
    ["a 500 in the protocol's shape", 500, problem("unexpected", "Oops."), "unavailable"],
    ["a 503 that claims to fence", 503, problem("fenced", "Hm."), "unavailable"],
    ["a proxy's 404 page", 404, "<html>not here</html>", "unavailable"],
    ["a 409 without a word", 409, "", "unavailable"],
    ["an unknown code", 409, problem("toString", "Hm."), "unavailable"],
    ["a 401 page", 401, "<html></html>", "unauthenticated"],
    ["a 403 page", 403, "", "forbidden"],
    ["a 429 page", 429, "", "too_many"],
    ["a 200 in disguise", 299, "", "none"],
  ])("that is %s decides no more than it may", async (_name, status, body, code) => {
    const transport = await serve((_request, response) => response.writeHead(status).end(body));
    const outcome = await transport.open(call()).then(
      () => "none",
      (error: AppError) => error.code,
    );
    expect(outcome).toBe(code);
  });

  test("of 401 with another date tells how far the clocks are apart", async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    const transport = await serve((_request, response) => response.writeHead(401, { date }).end());
    expect((await fails(transport.open(call()))).message).toMatch(
      /The clocks of runner and control plane differ by 3(599|600|601) seconds/,
    );
  });
});

describe("probe: a hostile answer", () => {
  const readFrom = async (answer: http.RequestListener) => {
    const asked = call();
    const transport = await serve(answer);
    return fails(transport.open(asked).then((found) => readJson(found, asked)));
  };

  test("without end is cut off", async () => {
    const error = await readFrom((_request, response) => {
      const pour = () => {
        while (response.write("x".repeat(64 * 1024)));
        response.once("drain", pour);
      };
      response.on("error", () => undefined);
      pour();
    });
    expect(error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("larger than 1048576 bytes"),
    });
  });

  test("without end is cut off when it is an error, too", async () => {
    const error = await readFrom((_request, response) =>
      response.writeHead(409).end("x".repeat(3 * 1024 * 1024)),
    );
    expect(error.code).toBe("unavailable");
  });

  test("that trickles for ever is cut off at the deadline", async () => {
    const asked = call({ deadline: 300 });
    const transport = await serve((_request, response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
      response.on("error", () => undefined);
    });
    const error = await fails(transport.open(asked).then((found) => readJson(found, asked)));
    expect(error.code).toBe("unavailable");
  });

  test("that stops in the middle is an outage", async () => {
    const error = await readFrom((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"a":1', () => response.destroy());
    });
    expect(error.code).toBe("unavailable");
  });

  test("that is no JSON is an outage", async () => {
    const error = await readFrom((_request, response) => response.end("<html></html>"));
    expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("not JSON") });
  });

  test("that is no HTTP is an outage", async () => {
    const error = await readFrom((request) => request.socket.end("SSH-2.0-OpenSSH\r\n"));
    expect(error.code).toBe("unavailable");
  });

  test("that sends the runner elsewhere is not followed", async () => {
    const visited: unknown[] = [];
    const transport = await serve((request, response) => {
      visited.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    expect((await fails(transport.open(call()))).message).toContain("status 307");
    expect(visited).toEqual(["/api/runner/v1/lease"]);
  });

  test("with headers without end is an outage", async () => {
    const error = await readFrom((request) => {
      request.socket.on("error", () => undefined);
      request.socket.write(`HTTP/1.1 200 OK\r\n${"x-more: y\r\n".repeat(100_000)}`);
    });
    expect(error.code).toBe("unavailable");
  });
});
