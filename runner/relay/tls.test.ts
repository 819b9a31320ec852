// A gateway on another host is spoken to over TLS alone, and only when its certificate says that it is the one.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { afterAll, expect, test } from "vitest";
import { makeCertificate } from "#lib/testing/git/https-server.ts";
import { openRelay } from "#lib/testing/model/relay-scene.ts";
import { testFolder } from "#lib/testing/runner/parts.ts";

const TOKEN = `phr_${"t".repeat(43)}`;
const usual = tls.getCACertificates("default");
let server: Server;
let authority: string;
const seen: string[] = [];

afterAll(() => {
  tls.setDefaultCACertificates(usual);
});

async function openGateway(): Promise<string> {
  const folder = testFolder();
  const { key, cert } = makeCertificate(folder);
  authority = readFileSync(cert, "utf8");
  server = createServer({ key: readFileSync(key), cert: authority }, (request, response) => {
    seen.push(String(request.headers.authorization));
    response.end("over TLS");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = async (gatewayUrl: string) => {
  const { port } = await openRelay(() => undefined, { grant: { token: TOKEN, gatewayUrl } });
  return fetch(`http://127.0.0.1:${port}/v1/responses`, { method: "POST", body: "{}" });
};

test("probe: a gateway whose certificate nobody vouches for never sees the token", async () => {
  const url = await openGateway();
  const answer = await ask(url);
  expect(answer.status).toBe(502);
  expect((await answer.json()).error.message).toContain("self-signed certificate");
  expect(seen).toEqual([]);

  tls.setDefaultCACertificates([...usual, authority]);
  expect(await (await ask(url)).text()).toBe("over TLS");
  expect(seen).toEqual([`Bearer ${TOKEN}`]);

  // Vouched for, but as somebody else.
  const other = url.replace("127.0.0.1", "localhost");
  expect((await ask(other)).status).toBe(502);
  expect(seen).toHaveLength(1);
  server.closeAllConnections();
  server.close();
});
