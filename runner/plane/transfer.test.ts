import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { pathIn } from "#lib/protocol/artefacts.ts";
import { EMPTY_SHA256, HEADERS, newRunnerKeys, readPrivateKey, sha256Hex } from "#lib/protocol/signing.ts";
import { testFolder } from "#lib/testing/runner/parts.ts";
import { connect } from "#lib/testing/runner/rig.ts";
import { type ScriptedPlane, startScriptedPlane } from "#lib/testing/runner/scripted-plane.ts";
import type { Plane } from "../lease/lease.ts";
import { createPlaneTransfers, type PlaneTransfers } from "./transfer.ts";
import { createTransport } from "./transport.ts";

const MiB = 1024 * 1024;
const LEASE = { leaseId: "lse_1", attempt: 3 };
const never = new AbortController().signal;

let plane: ScriptedPlane;
let client: Plane;
let folder: string;

beforeEach(async () => {
  plane = await startScriptedPlane();
  onTestFinished(() => plane.close());
  client = await connect(plane);
  folder = testFolder();
});

function fileOf(bytes: Buffer): string {
  const path = join(folder, "upload");
  writeFileSync(path, bytes);
  return path;
}

/** Transfers against a server that answers whatever the test writes on the connection. */
async function rawTransfers(answer: http.RequestListener, maxBytes?: number): Promise<PlaneTransfers> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const keys = newRunnerKeys();
  const identity = {
    ...keys,
    privateKey: readPrivateKey(keys.privateKey),
    hostId: "host",
    runnerId: "rnr_1",
  };
  const planeUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createPlaneTransfers(
    createTransport({ planeUrl, identity: () => identity, clock: systemClock }),
    maxBytes,
  );
}

test("an artefact goes up under its path, whatever that is called, as the signature covers it", async () => {
  const name = "reports/ünï code+%2F?#.txt";
  const seen = { url: "", sha256: "" };
  const transfers = await rawTransfers(async (request, response) => {
    seen.url = request.url ?? "";
    seen.sha256 = String(request.headers[HEADERS.sha256]);
    request.resume();
    response.writeHead(200, { "content-type": "application/json" }).end('{"artefactId":"art_1"}');
  });
  const bytes = Buffer.from("all is well");
  expect(await transfers.uploadArtefact(LEASE, fileOf(bytes), name, never)).toBe("art_1");
  const [, segment = ""] = /\/leases\/lse_1\/uploads\/artefact\/([A-Za-z0-9_-]+)$/.exec(seen.url) ?? [];
  expect([pathIn(segment), seen.sha256]).toEqual([name, sha256Hex(bytes)]);
});

describe("an upload", () => {
  test("of 50 MB arrives whole, with its length and hash signed beforehand, and is never whole in memory", async () => {
    const block = randomBytes(MiB);
    const bytes = Buffer.concat(Array.from({ length: 50 }, () => block));
    const path = fileOf(bytes);
    const seen = { bytes: 0, sha256: "", length: "", chunk: 0 };
    const transfers = await rawTransfers(async (request, response) => {
      seen.sha256 = String(request.headers[HEADERS.sha256]);
      seen.length = String(request.headers["content-length"]);
      for await (const chunk of request) {
        seen.bytes += chunk.length;
        seen.chunk = Math.max(seen.chunk, chunk.length);
      }
      response.end('{"blobId":"blb_1"}');
    });
    expect(await transfers.upload(LEASE, path, never)).toBe("blb_1");
    expect(seen).toMatchObject({ bytes: 50 * MiB, sha256: sha256Hex(bytes), length: String(50 * MiB) });
    expect(seen.chunk).toBeLessThanOrEqual(MiB);
  });

  test("carries a signature and an attempt that the plane accepts", async () => {
    const bytes = randomBytes(5000);
    expect(await client.upload(LEASE, fileOf(bytes), never)).toBe("blb_1");
    expect(plane.uploads).toMatchObject([{ leaseId: "lse_1", bytes: 5000, sha256: sha256Hex(bytes) }]);
  });

  test("that the plane refuses before it has read everything is refused, not an outage", async () => {
    const error = { code: "fenced", message: "Too late.", requestId: "req_1" };
    const transfers = await rawTransfers((request, response) => {
      request.resume();
      response.writeHead(409).end(JSON.stringify({ error }));
    });
    const upload = transfers.upload(LEASE, fileOf(randomBytes(5 * MiB)), never);
    await expect(upload).rejects.toMatchObject({ code: "fenced" });
  });

  test("that is cut off is an outage", async () => {
    plane.fault = () => "drop_request";
    await expect(client.upload(LEASE, fileOf(randomBytes(MiB)), never)).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  test("ends with the lease", async () => {
    plane.fault = () => "hang";
    const over = new AbortController();
    const upload = client.upload(LEASE, fileOf(randomBytes(100)), over.signal);
    over.abort(new Error("The lease is over."));
    await expect(upload).rejects.toThrow("The lease is over.");
  });

  test("probe: of a link, a folder, nothing or too much is refused before anything is sent", async () => {
    const link = join(folder, "link");
    symlinkSync("/etc/hostname", link);
    await expect(client.upload(LEASE, link, never)).rejects.toThrow("ELOOP");
    await expect(client.upload(LEASE, folder, never)).rejects.toThrow("not a file with contents");
    await expect(client.upload(LEASE, fileOf(Buffer.alloc(0)), never)).rejects.toThrow(
      "not a file with contents",
    );
    const small = await rawTransfers((_request, response) => response.end(), 100);
    await expect(small.upload(LEASE, fileOf(Buffer.alloc(101)), never)).rejects.toThrow(
      "larger than the 100 bytes",
    );
    expect(plane.uploads).toEqual([]);
  });
});

describe("a download", () => {
  const target = () => join(folder, "base.bundle");

  test("arrives as it was announced, for the runner alone", async () => {
    const bytes = randomBytes(3 * MiB);
    plane.bundles.set("base", { bytes });
    await client.download(LEASE, "base", target(), never);
    expect(readFileSync(target()).equals(bytes)).toBe(true);
    expect(statSync(target()).mode & 0o777).toBe(0o600);
  });

  test("replaces the half of an earlier one", async () => {
    writeFileSync(target(), "x".repeat(10_000));
    plane.bundles.set("base", { bytes: Buffer.from("whole") });
    await client.download(LEASE, "base", target(), never);
    expect(readFileSync(target(), "utf8")).toBe("whole");
  });

  test("that is cut off is an outage", async () => {
    const transfers = await rawTransfers((_request, response) => {
      response.writeHead(200, { [HEADERS.length]: "1000", [HEADERS.sha256]: EMPTY_SHA256 });
      response.write("half", () => response.destroy());
    });
    const download = transfers.download(LEASE, "base", target(), never);
    await expect(download).rejects.toMatchObject({ code: "unavailable" });
  });

  test("ends with the lease", async () => {
    const over = new AbortController();
    const transfers = await rawTransfers((_request, response) => {
      response.writeHead(200, { [HEADERS.length]: "1000", [HEADERS.sha256]: EMPTY_SHA256 });
      response.write("half", () => over.abort(new Error("The lease is over.")));
    });
    const download = transfers.download(LEASE, "base", target(), over.signal);
    await expect(download).rejects.toThrow("The lease is over.");
  });

  test.each<[string, Record<string, string>, string]>([
    ["no hash", { [HEADERS.length]: "5" }, "without saying its length and SHA-256"],
    [
      "no length",
      { [HEADERS.sha256]: EMPTY_SHA256, "transfer-encoding": "chunked" },
      "without saying its length",
    ],
    [
      "a hash that is none",
      { [HEADERS.length]: "5", [HEADERS.sha256]: "beef" },
      "without saying its length and SHA-256",
    ],
    ["another hash", { [HEADERS.length]: "5", [HEADERS.sha256]: EMPTY_SHA256 }, "its SHA-256 differs"],
    [
      "a length above the limit",
      { [HEADERS.length]: "2000", [HEADERS.sha256]: EMPTY_SHA256 },
      "larger than 1000 bytes",
    ],
  ])("probe: with %s is refused", async (_name, headers, sentence) => {
    const transfers = await rawTransfers(
      (_request, response) => response.writeHead(200, headers).end("hello"),
      1000,
    );
    const download = transfers.download(LEASE, "base", target(), never);
    await expect(download).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(sentence),
    });
  });

  test("probe: more bytes than announced never reach the disk", async () => {
    const transfers = await rawTransfers((request) => {
      const head = `HTTP/1.1 200 OK\r\ncontent-length: 5\r\n${HEADERS.sha256}: ${sha256Hex(Buffer.from("hello"))}\r\n\r\n`;
      request.socket.end(`${head}hello${"x".repeat(100_000)}`);
    });
    await transfers.download(LEASE, "base", target(), never).catch(() => undefined);
    expect(existsSync(target()) ? statSync(target()).size : 0).toBeLessThanOrEqual(5);
  });

  test("that the runner cannot keep is refused, not asked for again", async () => {
    plane.bundles.set("base", { bytes: Buffer.from("whole") });
    await expect(client.download(LEASE, "base", "/dev/full", never)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("The runner cannot keep the bundle"),
    });
  });
});
