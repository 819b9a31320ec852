import http, { type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { idPattern } from "#lib/ids.ts";
import { pagePathOf, requestIdOf, setStatus, socketAddressOf, watchExchanges } from "./exchange.ts";

const headersOf = ({ headers }: IncomingMessage) => ({
  get: (name: string) => (headers[name] === undefined ? null : String(headers[name])),
});

test("where nothing watches, a request gets an id of its own", () => {
  const headers = { get: () => "forged" };
  expect(requestIdOf(headers)).toMatch(idPattern("request"));
  expect(socketAddressOf(headers)).toBe("unknown");
  expect(pagePathOf("req_unknown")).toBe("/");
});

const seen: { id: string; address: string; path: string }[] = [];
const server = http.createServer((request, response) => {
  const headers = headersOf(request);
  const id = requestIdOf(headers);
  seen.push({ id, address: socketAddressOf(headers), path: pagePathOf(id) });
  setStatus(id, 403);
  response.end("x");
  setStatus(id, 500);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => new Promise((resolve) => server.close(resolve)));

test("probe: forged headers are overwritten by what the socket says", async () => {
  watchExchanges();
  watchExchanges();
  const headers = { "ph-request": "req_forged", "ph-address": "6.6.6.6" };
  const answer = await fetch(`${url}/runs?_rsc=1abc&status=failed`, { headers });
  await answer.text();
  expect(seen).toHaveLength(1);
  expect(seen[0]?.id).toMatch(idPattern("request"));
  expect(seen[0]).toMatchObject({ address: "127.0.0.1", path: "/runs?status=failed" });
  expect(answer.status).toBe(403);
});

test("an exchange that is over is forgotten, and its status stays as sent", async () => {
  const answer = await fetch(`${url}/log`);
  await answer.text();
  await expect.poll(() => pagePathOf(seen[1]?.id ?? "")).toBe("/");
  expect(() => setStatus(seen[1]?.id ?? "", 500)).not.toThrow();
});
