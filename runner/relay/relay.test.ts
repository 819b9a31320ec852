import http from "node:http";
import { describe, expect, test } from "vitest";
import type { ModelAnswer } from "#lib/testing/model/gateway-stand-in.ts";
import { dial, openRelay, rawAnswer } from "#lib/testing/model/relay-scene.ts";
import { testLogger, until } from "#lib/testing/runner/parts.ts";
import { createRelay } from "./relay.ts";

const echo: ModelAnswer = ({ body }, response) => {
  response.writeHead(200, { "content-type": "application/json", "request-id": "req_1", "set-cookie": "a=b" });
  response.end(body);
};

const post = (port: number, body: string, headers: Record<string, string> = {}, path = "/v1/responses") =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body, headers });

/** Sends half of an answer and leaves it there. */
const half: ModelAnswer = (_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("data: one\n\n");
};

describe("a model call", () => {
  test("goes to the gateway with the lease's token and the runner's signature in the place of the dummy", async () => {
    const { port, gateway } = await openRelay(echo);
    const answer = await post(port, '{"model":"m"}', {
      authorization: "Bearer ph-sandbox",
      "x-api-key": "ph-sandbox",
      cookie: "c=1",
      "ph-runner": "rnr_other",
      "x-forwarded-for": "10.0.0.1",
      "openai-beta": "x",
    });
    expect(await answer.text()).toBe('{"model":"m"}');
    expect(answer.headers.get("request-id")).toBe("req_1");
    expect(answer.headers.get("set-cookie")).toBeNull();
    const [request] = gateway.requests;
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${gateway.token}`,
      "openai-beta": "x",
      "accept-encoding": "identity",
    });
    expect(JSON.stringify(request?.headers)).not.toMatch(/ph-sandbox|rnr_other|10\.0\.0\.1|c=1/);
  });

  test("keeps its query, and the signature covers it", async () => {
    const { port, gateway } = await openRelay(echo);
    expect((await post(port, "{}", {}, "/v1/messages?beta=true")).status).toBe(200);
    expect(gateway.requests[0]?.path).toBe("/v1/messages?beta=true");
  });

  test("GET /v1/models goes on too", async () => {
    const { port } = await openRelay((_request, response) => void response.end('{"data":[]}'));
    expect(await (await fetch(`http://127.0.0.1:${port}/v1/models`)).json()).toEqual({ data: [] });
  });

  test("an answer that refuses comes back as it is", async () => {
    const { port } = await openRelay((_request, response) => {
      response.writeHead(400, { "retry-after": "7" });
      response.end('{"error":{"message":"The run\'s budget is used up."}}');
    });
    const answer = await post(port, "{}");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([400, "7"]);
    expect(await answer.json()).toEqual({ error: { message: "The run's budget is used up." } });
  });

  test("a gateway that is not there is said in words", async () => {
    const { port, gateway } = await openRelay(echo);
    await gateway.close();
    const answer = await post(port, "{}");
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      error: { code: "gateway_unreachable", message: expect.stringContaining("cannot be reached") },
    });
  });
});

describe("a stream", () => {
  test("comes byte by byte as the gateway sends it", async () => {
    let send = (_text: string) => {};
    const { port } = await openRelay((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      send = (part) => void response.write(part);
    });
    const answer = await post(port, "{}");
    const reader = answer.body?.getReader();
    for (const part of ["data: 1\n\n", "data: \u20ac\n\n"]) {
      send(part);
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(part);
    }
  });

  test("is held back while the agent does not read, and dropped when that lasts", async () => {
    let sent = 0;
    const block = Buffer.alloc(64 * 1024, "x");
    const { port, gateway } = await openRelay(
      async (_request, response) => {
        response.writeHead(200);
        while (!response.destroyed && sent < 512 * 1024 * 1024) {
          sent += block.length;
          if (!response.write(block)) await until(() => response.destroyed || !response.writableNeedDrain);
        }
      },
      { stallMs: 150 },
    );
    const socket = dial(port, "POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}");
    socket.pause();
    await until(() => gateway.cut === 1);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    socket.destroy();
  });

  test("that the gateway breaks off is broken off here too, never ended as if it were whole", async () => {
    const { port } = await openRelay((request, response) => {
      half(request, response);
      setImmediate(() => response.destroy());
    });
    await expect(post(port, "{}").then((answer) => answer.text())).rejects.toThrow();
  });

  test("is cut at the gateway when the agent goes away", async () => {
    const { port, gateway } = await openRelay(half);
    const leave = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/v1/responses`, {
      method: "POST",
      signal: leave.signal,
    });
    await answer.body?.getReader().read();
    leave.abort();
    await until(() => gateway.cut === 1);
  });

  test("is cut on both sides when the lease's life ends, and nothing is taken afterwards", async () => {
    const { port, gateway, over } = await openRelay(half);
    const answer = await post(port, "{}");
    const reader = answer.body?.getReader();
    await reader?.read();
    const left = expect(reader?.read()).rejects.toThrow();
    over.abort(new Error("The lease is over."));
    await left;
    await until(() => gateway.cut === 1);
    await expect(post(port, "{}")).rejects.toThrow();
  });
});

describe("probe: an agent that asks for something else", () => {
  const refused = async (bytes: string) => {
    const scene = await openRelay(echo);
    const answer = await rawAnswer(scene.port, bytes);
    await until(() => scene.events.length > 0);
    expect(scene.gateway.requests).toEqual([]);
    expect(answer).toContain('"error":{');
    expect(answer).not.toContain(scene.gateway.token);
    return { answer, event: scene.events[0] };
  };

  test("by an absolute address gets nowhere, and it is told", async () => {
    const { answer, event } = await refused(
      "POST http://169.254.169.254/v1/responses HTTP/1.1\r\nhost: 169.254.169.254\r\ncontent-length: 0\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(event).toMatchObject({
      kind: "relay_refused",
      body: { method: "POST", target: "http://169.254.169.254/v1/responses", status: 403 },
    });
  });

  test("in the body of a GET is refused before it is anybody's next request", async () => {
    const hidden = "POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
    const { answer, event } = await refused(
      `GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(event).toMatchObject({ body: { method: "GET", target: "/v1/models", status: 400 } });
  });

  test("by CONNECT gets no tunnel", async () => {
    const { answer, event } = await refused(
      "CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(event).toMatchObject({ body: { method: "CONNECT", target: "evil.example:443", status: 403 } });
  });

  test("by a WebSocket is told to use POST, on any path", async () => {
    const upgrade = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: AAAA\r\nhost: x\r\n\r\n";
    const { answer } = await refused(`GET /admin HTTP/1.1\r\n${upgrade}`);
    expect(answer).toMatch(/^HTTP\/1.1 426 /);
    const scene = await openRelay(echo);
    expect(await rawAnswer(scene.port, `GET /v1/responses HTTP/1.1\r\n${upgrade}`)).toMatch(
      /^HTTP\/1.1 426 /,
    );
    // Clients try it before they ask in the ordinary way.
    expect(scene.events).toEqual([]);
  });

  test.each([
    ["two lengths", "content-length: 2\r\ncontent-length: 40\r\n\r\n{}"],
    ["a length and chunks", "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks under another name", "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"],
    ["a space before the colon", "content-length : 2\r\n\r\n{}"],
    ["a folded header", "x-a: 1\r\n authorization: x\r\ncontent-length: 0\r\n\r\n"],
    ["a bare line feed", "content-length: 0\nauthorization: x\r\n\r\n"],
    ["a NUL", "x-a: a\0b\r\ncontent-length: 0\r\n\r\n"],
    ["a length that is none", "content-length: -1\r\n\r\n"],
  ])("with %s is not read in any way", async (_name, rest) => {
    const { answer, event } = await refused(`POST /v1/responses HTTP/1.1\r\nhost: x\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(event).toMatchObject({ body: { status: 400 } });
  });

  test("with huge headers is stopped", async () => {
    const { answer } = await refused(
      `POST /v1/responses HTTP/1.1\r\nhost: x\r\nx-a: ${"a".repeat(40_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  test("with a body that is too large is stopped before it is sent", async () => {
    const { answer, event } = await refused(
      `POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: ${33 * 1024 * 1024}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(event).toMatchObject({ body: { status: 413 } });
  });

  test("with a body that becomes too large on the way is stopped there", async () => {
    const { port, gateway, events } = await openRelay(echo);
    const request = http.request({ port, method: "POST", path: "/v1/responses" });
    request.on("error", () => undefined);
    const block = Buffer.alloc(1024 * 1024);
    for (let part = 0; part < 34; part++) request.write(block);
    await until(() => events.length === 1);
    expect(gateway.requests).toEqual([]);
    request.destroy();
  });

  test("with a second request behind the first gets two answers, each of its own", async () => {
    const { port, gateway } = await openRelay(echo);
    const one = "POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
    const two = "GET /admin HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    const answer = await rawAnswer(port, one + two);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404"]);
    expect(gateway.requests).toHaveLength(1);
  });

  test("with a hundred connections at once is served as far as that goes", async () => {
    const { port } = await openRelay(half);
    const sockets = Array.from({ length: 100 }, () =>
      dial(port, "POST /v1/responses HTTP/1.1\r\nhost: x\r\n"),
    );
    let closed = 0;
    for (const socket of sockets) socket.once("close", () => closed++);
    await until(() => closed === 100 - 64);
    for (const socket of sockets) socket.destroy();
  });
});

test("refusals that came again are told when the relay closes", async () => {
  const { port, relay, events } = await openRelay(echo);
  for (let time = 0; time < 3; time++) await (await fetch(`http://127.0.0.1:${port}/metadata`)).text();
  await relay.close();
  expect(events.map(({ body }) => "times" in body && body.times)).toEqual([1, 2]);
});

test.each([
  "http://gateway.example:4400",
  "ftp://127.0.0.1",
  "https://user:pass@gateway.example",
  "nonsense",
])("probe: the token is not sent to %s", (gatewayUrl) => {
  const options = {
    grant: { token: "phr_x", gatewayUrl },
    sign: () => ({}),
    emit: async () => {},
    signal: new AbortController().signal,
  };
  const { logger } = testLogger();
  expect(() => createRelay({ ...options, logger })).toThrow("neither https nor on this host");
});

test("probe: what is asked behind each other on one connection, without waiting for answers, is cut", async () => {
  const { port, gateway } = await openRelay(half);
  const got = await rawAnswer(port, "GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200));
  expect(got).not.toContain("502");
  expect(gateway.requests.length).toBeLessThanOrEqual(4);
});
