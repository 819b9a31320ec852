// Requests that two readers could read in two ways, over plain sockets: none of them gets as far as the provider.
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { sendRaw, TOKEN } from "./testing/client.ts";
import { openScene, type Scene } from "./testing/scene.ts";
import { PATHS, REQUESTS, WHOLES } from "./testing/streams.ts";
import { whole } from "./testing/upstream.ts";

let scene: Scene;
afterEach(() => scene.close());

describe("probe: framing", () => {
  const head = (extra: readonly string[], body: string, path = PATHS.chat) => {
    const signed = Object.entries(scene.runner.signed("POST", path, Buffer.from(body), systemClock.now()));
    const lines = [
      ...signed.map(([name, value]) => `${name}: ${value}`),
      `authorization: Bearer ${TOKEN}`,
      "connection: close",
    ];
    return `POST ${path} HTTP/1.1\r\nHost: x\r\n${[...lines, "content-type: application/json", ...extra].join("\r\n")}\r\n\r\n${body}`;
  };
  const body = JSON.stringify({ ...REQUESTS.chat, stream: false });
  const length = `content-length: ${Buffer.byteLength(body)}`;

  const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["two lengths that differ", [length, "content-length: 5"], / 400 /],
    ["two lengths that are the same", [length, length], / 400 /],
    ["a length and chunks", [length, "transfer-encoding: chunked"], / 400 /],
    ["chunks", ["transfer-encoding: chunked"], / (400|411) /],
    ["chunks by another name", ["transfer-encoding: xchunked"], / (400|411) /],
    ["chunks twice", ["transfer-encoding: chunked, identity"], / (400|411) /],
    ["no length at all", [], / (400|411) /],
    ["a length with a sign", ["content-length: +5"], / 400 /],
    ["a length that is too large", ["content-length: 99999999"], / 413 /],
    ["a header on two lines", [length, "x-a: b\r\n c: d"], / (200|400) /],
    ["a header ended by a bare LF", [length, "x-a: b\nauthorization: Bearer other"], / 400 /],
    ["a space before the colon", [length, "x-a : b"], / 400 /],
    ["two authorizations", [length, "authorization: Bearer other"], / 400 /],
    ["two signatures", [length, "ph-signature: AAAA"], / 400 /],
    ["a compressed body", [length, "content-encoding: gzip"], / 415 /],
    ["another kind of body", [length, "content-type: text/plain"], / 400 /],
  ];
  test.each(REFUSED)("%s is refused before anything is sent", async (_, extra, expected) => {
    scene = await openScene();
    scene.upstream.answer(whole(WHOLES.chat));
    const answer = await sendRaw(scene.gateway.port, head(extra, body));
    expect(answer.split("\r\n")[0]).toMatch(expected);
    if (!answer.startsWith("HTTP/1.1 200")) expect(scene.upstream.asked).toEqual([]);
  });

  test("what follows a request on the same connection is a request of its own", async () => {
    scene = await openScene();
    scene.upstream.answer(whole(WHOLES.chat));
    const smuggled =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\ncontent-length: 2\r\n\r\n{}";
    const answer = await sendRaw(
      scene.gateway.port,
      head([length], body).replace("connection: close\r\n", "") + smuggled,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 415"]);
    expect(scene.upstream.asked).toHaveLength(1);
  });

  test("a WebSocket is told to use POST", async () => {
    scene = await openScene();
    const upgrade =
      "GET /v1/responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    expect(await sendRaw(scene.gateway.port, upgrade)).toMatch(/^HTTP\/1\.1 426 /);
  });

  test("a body that is not the one signed, or is cut, is refused", async () => {
    scene = await openScene();
    const other = head([length], body).replace("Say it.", "Say me.");
    expect(await sendRaw(scene.gateway.port, other)).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*not the one that was signed/,
    );
    expect(scene.upstream.asked).toEqual([]);
  });
});
