// Over real sockets: providers that hang, break off, refuse and miscount; clients that leave and stall.
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { LOOK_EVERY } from "./access/live-calls.ts";
import { LIMITS } from "./gateway.ts";
import { TOKEN } from "./testing/client.ts";
import { openScene, PROVIDER_KEY, type Scene } from "./testing/scene.ts";
import { APIS, PATHS, REQUESTS, STREAMS, WHOLES } from "./testing/streams.ts";
import { streaming, whole } from "./testing/upstream.ts";

let scene: Scene;
afterEach(() => scene.close());

const { timeouts, relay } = LIMITS;
const finalOf = async (at = 0) => {
  await expect.poll(() => scene.ledger.finals[at], { timeout: 10_000 }).toBeDefined();
  return scene.ledger.finals[at];
};

describe("a stream that breaks off", () => {
  test("that ends well without its last event is a failure too", async () => {
    scene = await openScene();
    for (const api of APIS) {
      scene.upstream.answer(streaming([Buffer.from(STREAMS[api]).subarray(0, 200)]));
      await scene.call(api);
    }
    for (const final of scene.ledger.finals)
      expect(final).toMatchObject({ outcome: "failed", flags: ["incomplete"] });
    expect(scene.ledger.finals).toHaveLength(3);
  });

  test("that goes on after its last event passes on what comes, and keeps it", async () => {
    scene = await openScene();
    const extra = Buffer.from("data: more\n\n\0\xff");
    scene.upstream.answer(streaming([Buffer.from(STREAMS.chat), extra]));
    const { body } = await scene.call("chat");
    expect(body.equals(Buffer.concat([Buffer.from(STREAMS.chat), extra]))).toBe(true);
    expect((await finalOf())?.response.equals(body)).toBe(true);
  });

  test("that never closes after its last event is closed", async () => {
    scene = await openScene({ limits: { relay: { ...relay, afterLast: 20 } } });
    scene.upstream.answer(
      (_, response) =>
        void response.writeHead(200, { "content-type": "text/event-stream" }).write(STREAMS.responses),
    );
    const { body, isWhole } = await scene.call("responses");
    expect([body.toString(), isWhole]).toEqual([STREAMS.responses, true]);
    expect(await finalOf()).toMatchObject({ outcome: "done", flags: [] });
  });
});

describe("a provider that hangs", () => {
  test("before its head is given up, and told as a timeout", async () => {
    scene = await openScene({ limits: { timeouts: { ...timeouts, firstByte: 40 } } });
    scene.upstream.answer(() => undefined);
    for (const api of APIS) {
      const { status, body } = await scene.call(api);
      expect([status, JSON.parse(body.toString()).error.type]).toEqual([504, "timeout_error"]);
    }
    expect(scene.ledger.finals[2]).toMatchObject({
      outcome: "failed",
      status: null,
      wasSent: true,
      flags: ["upstream_timeout"],
    });
    expect(scene.upstream.asked).toHaveLength(3); // not again: it may have been paid for
  });

  test("between two pieces is given up, and the stream breaks off", async () => {
    scene = await openScene({ limits: { relay: { ...relay, idle: 40 } } });
    scene.upstream.answer(
      (_, response) =>
        void response
          .writeHead(200, { "content-type": "text/event-stream" })
          .write(STREAMS.chat.slice(0, 99)),
    );
    const { isWhole, body } = await scene.call("chat");
    expect([isWhole, body.toString()]).toEqual([false, STREAMS.chat.slice(0, 99)]);
    expect(await finalOf()).toMatchObject({ outcome: "failed", flags: ["upstream_timeout", "incomplete"] });
  });

  test("for longer than a call may take is given up", async () => {
    scene = await openScene({ limits: { timeouts: { ...timeouts, total: 60 } } });
    scene.upstream.answer(() => undefined);
    expect((await scene.call("chat")).status).toBe(504);
    expect(await finalOf()).toMatchObject({ outcome: "failed", flags: ["total_timeout"] });
  });

  test("before a connection stands is given up, and costs nothing", async () => {
    scene = await openScene({ limits: { timeouts: { ...timeouts, connect: 40 } } });
    const silent = createServer().listen(0, "127.0.0.1"); // takes the socket, and never says hello in TLS
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const { admission } = scene.ledger;
    const baseUrl = `https://127.0.0.1:${port}/v1`;
    scene.ledger.admission = { ...admission, provider: { ...admission.provider, baseUrl } };
    expect((await scene.call("chat")).status).toBe(504);
    const final = await finalOf();
    expect(final).toMatchObject({ outcome: "failed", wasSent: false, flags: ["upstream_timeout"] });
    silent.close();
  });

  test("and cannot be reached is tried again, since nothing was sent", async () => {
    scene = await openScene();
    scene.ledger.admission = {
      ...scene.ledger.admission,
      provider: { ...scene.ledger.admission.provider, baseUrl: "http://127.0.0.1:1/v1" },
    };
    expect((await scene.call("responses")).status).toBe(502);
    expect(await finalOf()).toMatchObject({
      outcome: "failed",
      wasSent: false,
      retries: 2,
      flags: ["upstream_unreachable"],
    });
  });
});

describe("a provider that refuses", () => {
  const error = { error: { message: "slow down", type: "rate_limit" } };

  test.each([429, 503, 529])(
    "with %i is asked again a few times, then its own words are passed on",
    async (status) => {
      scene = await openScene();
      scene.upstream.answer(whole(error, status));
      const answer = await scene.call("responses");
      expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([status, error]);
      expect(scene.upstream.asked).toHaveLength(3);
      expect(scene.ledger.finals).toMatchObject([{ outcome: "failed", status, retries: 2 }]);
      expect(scene.ledger.intents).toHaveLength(1);
    },
  );

  test("once is not noticed but in the record", async () => {
    scene = await openScene();
    scene.upstream.answer((asked, response) =>
      scene.upstream.asked.length === 1
        ? whole(error, 429, { "retry-after": "0" })(asked, response)
        : streaming([Buffer.from(STREAMS.chat)])(asked, response),
    );
    expect((await scene.call("chat")).status).toBe(200);
    expect(scene.ledger.finals).toMatchObject([{ outcome: "done", retries: 1 }]);
  });

  test("and says when to come back is not asked before, or not at all when that is long", async () => {
    scene = await openScene();
    scene.upstream.answer(whole(error, 429, { "retry-after": "3600" }));
    const { status, headers } = await scene.call("messages");
    expect([status, headers["retry-after"]]).toEqual([429, "3600"]);
    expect(scene.upstream.asked).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 500])("with %i is believed at once", async (status) => {
    scene = await openScene();
    scene.upstream.answer(whole(error, status));
    expect((await scene.call("responses")).status).toBe(status);
    expect(scene.upstream.asked).toHaveLength(1);
    const flags = status === 401 || status === 403 ? ["provider_unauthorized"] : [];
    expect(scene.ledger.finals).toMatchObject([{ outcome: "failed", status, flags }]);
  });

  test.each([401, 400, 500])("with %i and repeats the key tells it nobody", async (status) => {
    scene = await openScene();
    const words = `Incorrect key ${PROVIDER_KEY}, I said ${PROVIDER_KEY}.`;
    scene.upstream.answer(whole({ error: { message: words } }, status));
    const { status: told, body } = await scene.call("responses");
    const said = { error: { message: "Incorrect key [key], I said [key]." } };
    expect([told, JSON.parse(body.toString())]).toEqual([status, said]);
    expect(JSON.parse((await finalOf())?.response.toString() ?? "")).toEqual(said);
    expect(scene.logged()).not.toContain(PROVIDER_KEY);
  });

  test("probe: and repeats the key in two pieces, one byte at a time, or breaks off within it, tells it nobody", async () => {
    scene = await openScene();
    const words = Buffer.from(`{"error":"${PROVIDER_KEY}"}`);
    scene.upstream.answer(async (_, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      for (const byte of words) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect((await scene.call("chat")).body.toString()).toBe('{"error":"[key]"}');
    scene.upstream.answer((_, response) => {
      response.writeHead(401, { "content-length": "100" });
      response.write(words.subarray(0, words.length - 5), () => response.destroy());
    });
    const { status, body } = await scene.call("chat");
    expect([status, body.toString()]).toEqual([502, expect.stringContaining("broke off")]);
    expect(body.toString()).not.toContain(PROVIDER_KEY.slice(0, 8));
    expect((await finalOf(1))?.response.toString()).toBe("");
  });

  test("probe: at great length, or packed though it was asked not to, is answered with a sentence of ours", async () => {
    scene = await openScene();
    scene.upstream.answer(whole({ error: PROVIDER_KEY + "x".repeat(1024 * 1024) }, 400));
    const long = await scene.call("messages");
    expect([long.status, long.body.toString()]).toEqual([502, expect.stringContaining("larger than any")]);
    const packed = gzipSync(JSON.stringify({ error: PROVIDER_KEY }));
    scene.upstream.answer(
      (_, response) => void response.writeHead(401, { "content-encoding": "gzip" }).end(packed),
    );
    const { status, body } = await scene.call("messages");
    expect([status, body.toString()]).toEqual([502, expect.stringContaining("not passed on")]);
    await finalOf(1);
    expect(scene.ledger.finals).toMatchObject([
      { outcome: "failed", status: 400, flags: ["response_too_large", "incomplete"] },
      { outcome: "failed", status: 401, flags: ["provider_unauthorized"] },
    ]);
    for (const { response } of scene.ledger.finals) expect(response).toHaveLength(0);
  });

  test("by pointing elsewhere is not followed, and where it points is not told", async () => {
    scene = await openScene();
    scene.upstream.answer(whole({}, 302, { location: "http://169.254.169.254/" }));
    const { status, headers, body } = await scene.call("responses");
    expect([status, headers.location]).toEqual([502, undefined]);
    expect(body.toString()).not.toContain("169.254");
    expect(scene.upstream.asked).toHaveLength(1);
  });

  test("a cookie and the account's name do not reach the client", async () => {
    scene = await openScene();
    scene.upstream.answer(
      whole(WHOLES.chat, 200, { "set-cookie": "a=b", "openai-organization": "acme", "x-request-id": "r1" }),
    );
    const { headers } = await scene.call("chat");
    expect([headers["set-cookie"], headers["openai-organization"], headers["x-request-id"]]).toEqual([
      undefined,
      undefined,
      "r1",
    ]);
  });
});

/** Milliseconds within which something that takes a second is over wherever a test runs. */
const BUSY_HOST = 8000;

describe("a client", () => {
  const endless = async (_: unknown, response: import("node:http").ServerResponse) => {
    response.setMaxListeners(0).writeHead(200, { "content-type": "text/event-stream" });
    for (let n = 0; !response.destroyed; n++) {
      const delta = { type: "response.output_text.delta", delta: `word ${n} `.repeat(2000) };
      if (!response.write(`data: ${JSON.stringify(delta)}\n\n`))
        await Promise.race([once(response, "drain"), once(response, "close")]);
    }
  };

  test("that leaves ends the provider's work within a second, and what was seen is noted", async () => {
    scene = await openScene();
    scene.upstream.answer(endless);
    await scene.call("responses", undefined, { leaveWhen: (body) => body.length > 100_000 });
    const left = performance.now();
    await scene.upstream.asked[0]?.gone;
    expect(performance.now() - left).toBeLessThan(BUSY_HOST);
    const final = await finalOf();
    expect(final).toMatchObject({ outcome: "aborted", flags: ["client_gone"], usage: null });
    expect(final?.seen.outputBytes).toBeGreaterThan(50_000);
  });

  test("that leaves before the provider said anything ends it as well", async () => {
    scene = await openScene();
    const asked = Promise.withResolvers<void>();
    scene.upstream.answer(() => asked.resolve());
    const { port } = scene.gateway;
    const body = Buffer.from(JSON.stringify(REQUESTS.chat));
    const headers = {
      ...scene.runner.signed("POST", PATHS.chat, body),
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "content-length": String(body.length),
    };
    const request = httpRequest({ host: "127.0.0.1", port, path: PATHS.chat, method: "POST", headers });
    request.on("error", () => undefined);
    request.end(body);
    await asked.promise;
    request.destroy();
    await scene.upstream.asked[0]?.gone;
    expect(await finalOf()).toMatchObject({ outcome: "aborted", flags: ["client_gone"], wasSent: true });
  });

  test("probe: that asks for a stream and never reads it is dropped, and memory holds little of it", async () => {
    scene = await openScene({ limits: { relay: { ...relay, slowReader: 60 } } });
    scene.upstream.answer(endless);
    const { port } = scene.gateway;
    const body = Buffer.from(JSON.stringify(REQUESTS.responses));
    const headers = {
      ...scene.runner.signed("POST", PATHS.responses, body),
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "content-length": String(body.length),
    };
    const request = httpRequest({ host: "127.0.0.1", port, path: PATHS.responses, method: "POST", headers });
    request.on("error", () => undefined);
    request.on("response", (response) => response.on("error", () => undefined).pause());
    request.end(body);
    const final = await finalOf();
    expect(final).toMatchObject({ outcome: "aborted", flags: ["slow_reader"] });
    expect(final?.response.length).toBeLessThan(16 * 1024 * 1024);
    await scene.upstream.asked[0]?.gone;
  });

  test("that reads slowly gets every byte", async () => {
    scene = await openScene();
    const delta = `data: ${JSON.stringify({ type: "x.delta", delta: "y".repeat(60_000) })}\n\n`;
    const stream = Buffer.from(delta.repeat(100) + STREAMS.responses);
    scene.upstream.answer(streaming([stream]));
    const { body } = await scene.call("responses", undefined, {});
    expect(body.equals(stream)).toBe(true);
    expect((await finalOf())?.response.equals(stream)).toBe(true);
  });
});

describe("a lease that ends", () => {
  test("is looked for more often than every second", () => {
    expect(LOOK_EVERY).toBeLessThan(1000);
  });

  test("cuts its streams within a second, and nobody calls with it any more", async () => {
    scene = await openScene();
    const begun = Promise.withResolvers<void>();
    scene.upstream.answer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(STREAMS.responses.slice(0, 100));
      begun.resolve();
    });
    const answer = scene.call("responses");
    await begun.promise;
    scene.ledger.end();
    const ended = performance.now();
    expect((await answer).isWhole).toBe(false);
    expect(performance.now() - ended).toBeLessThan(BUSY_HOST);
    await scene.upstream.asked[0]?.gone;
    expect(await finalOf()).toMatchObject({ outcome: "aborted", flags: ["cut"] });
    expect((await scene.call("responses")).status).toBe(401);
  });

  test("cuts calls that wait for the provider's head, and tells them why", async () => {
    scene = await openScene();
    scene.upstream.answer(() => scene.ledger.end());
    const { status } = await scene.call("responses");
    expect(status).toBe(400);
    expect(await finalOf()).toMatchObject({ outcome: "aborted", flags: ["cut"] });
  });
});

describe("stopping the gateway", () => {
  test("lets calls end that do so in time, and settles those it cuts", async () => {
    scene = await openScene();
    const begun = Promise.withResolvers<void>();
    scene.upstream.answer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: {}\n\n");
      begun.resolve();
    });
    const answer = scene.call("chat");
    await begun.promise;
    await scene.gateway.stop(50);
    expect((await answer).isWhole).toBe(false);
    expect(scene.ledger.finals).toMatchObject([{ outcome: "aborted", flags: ["cut"] }]);
  });
});

describe("a database that is away", () => {
  test("at the end of a call: the answer does not end, and the record comes when it is back", async () => {
    scene = await openScene({ limits: { patience: 50 } });
    const { AppError } = await import("#lib/errors.ts");
    let isAway = true;
    scene.ledger.before = async (step) => {
      if (step === "settle" && isAway) throw new AppError("unavailable", "away");
    };
    const { isWhole, body } = await scene.call("chat");
    expect(isWhole).toBe(false);
    expect(body.toString()).not.toContain("[DONE]");
    isAway = false;
    expect(await finalOf()).toMatchObject({ outcome: "done" });
  });
});
