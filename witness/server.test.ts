import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TestLog, testLog } from "#lib/testing/tlog/test-log.ts";
import { formatCheckpoint } from "#lib/tlog/checkpoint.ts";
import { cosignatureTime } from "#lib/tlog/cosignature.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import {
  formatNote,
  newSigner,
  openNote,
  parseSignatureLines,
  signNote,
  verifiedBy,
} from "#lib/tlog/note.ts";
import { openCosigners } from "./keys.ts";
import { originHash } from "./records.ts";
import { type Listening, listen } from "./server.ts";
import { openWitness, type WitnessSettings } from "./witness.ts";

const NOON = 1_800_000_000;

let state = "";
let settings: WitnessSettings;
let log: TestLog;
let server: Listening;
let reports: string[] = [];

async function start(): Promise<void> {
  const cosigners = await openCosigners(state, "witness.example/w1");
  const clock = { now: () => NOON * 1000 + 999, sleep: () => Promise.resolve() };
  settings = { state, cosigners, logs: [log.signer], clock, report: (line) => reports.push(line) };
  server = await listen(await openWitness(settings), { host: "127.0.0.1", port: 0 }, settings.report);
}

const at = (path: string): string => `http://127.0.0.1:${server.port}${path}`;

async function post(body: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(at("/add-checkpoint"), { method: "POST", body });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: await response.text(),
  };
}

const add = async (old: number, size: number, of: TestLog = log) => post(await of.request(old, size));

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "witness-"));
  log = testLog("log.example/1");
  reports = [];
  await start();
});

afterEach(async () => {
  await server.close();
  await rm(state, { recursive: true });
});

describe("a witness", () => {
  test("cosigns a log that only grows, with both of its keys and the time", async () => {
    for (const [old, size] of [
      [0, 1],
      [1, 7],
      [7, 7],
      [7, 256],
      [256, 600],
    ] as const) {
      const answer = await add(old, size);
      expect(answer.status).toBe(200);
      const signatures = parseSignatureLines(answer.text);
      expect(signatures.map(({ signature }) => cosignatureTime(signature))).toEqual([NOON, NOON]);
      const published = openNote(log.note(size));
      const note = openNote(
        formatNote({ text: published.text, signatures: [...published.signatures, ...signatures] }),
      );
      expect(verifiedBy(note, settings.cosigners).map(({ type }) => type)).toEqual([4, 6]);
    }
    expect(reports).toEqual([]);
  });

  test("tells whoever names another old size what it cosigned last", async () => {
    await add(0, 10);
    const conflict = { status: 409, type: "text/x.tlog.size", text: "10\n" };
    expect(await add(0, 20)).toEqual(conflict);
    expect(await add(9, 20)).toEqual(conflict);
    expect(await add(11, 20)).toEqual(conflict);
    expect((await add(10, 20)).status).toBe(200);
  });

  test("serves monitors what it cosigned last, with its own signatures and the log's", async () => {
    const path = `/${originHash("log.example/1")}/checkpoint`;
    expect((await fetch(at(path))).status).toBe(404);
    await add(0, 10);
    const note = openNote(await (await fetch(at(path))).text());
    expect(note.text).toBe(openNote(log.note(10)).text);
    expect(verifiedBy(note, [log.signer, ...settings.cosigners])).toHaveLength(3);
    expect((await fetch(at(`/${originHash("other")}/checkpoint`))).status).toBe(404);
  });

  test("may begin with the empty tree", async () => {
    expect((await add(0, 0)).status).toBe(200);
    expect((await add(0, 0)).status).toBe(200);
    expect((await add(0, 5)).status).toBe(200);
    expect(await add(0, 0)).toMatchObject({ status: 409, text: "5\n" });
  });

  test("remembers over a restart", async () => {
    await add(0, 10);
    await server.close();
    await start();
    expect(await add(0, 20)).toMatchObject({ status: 409, text: "10\n" });
    expect((await add(10, 20)).status).toBe(200);
  });

  test("keeps connections open for the next request", async () => {
    const body = await log.request(0, 1);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1");
      const head = `POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
      let text = "";
      socket.on("data", (part) => (text += part.toString("utf8")));
      socket.once("close", () => resolve(text));
      socket.once("error", reject);
      socket.write(`${head}\r\n${body}${head}connection: close\r\n\r\n${body}`);
    });
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 409"]);
  });
});

describe("a log that does not only grow", () => {
  test("probe: another root for a cosigned size is refused, and both are kept and reported", async () => {
    await add(0, 10);
    const forked = log.forkedAt(4);
    expect(await post(`old 10\n\n${forked.note(10)}`)).toMatchObject({ status: 422 });
    expect(reports).toEqual(["log.example/1 signed two trees of size 10; both are kept."]);
    expect(await post(`old 0\n\n${forked.note(10)}`)).toMatchObject({ status: 409 });
    expect(reports).toHaveLength(1);
    const folder = join(state, "logs", originHash("log.example/1"), "forks");
    const [kept = ""] = await readdir(folder);
    const evidence = openNote(await readFile(join(folder, kept)));
    expect(verifiedBy(evidence, [log.signer])).toEqual([log.signer]);
    expect(evidence.text).toBe(openNote(forked.note(10)).text);
    expect((await add(10, 11)).status).toBe(200);
  });

  test("probe: growth from a changed past is refused with that past's own proof", async () => {
    await add(0, 10);
    expect(await add(10, 20, log.forkedAt(4))).toMatchObject({ status: 422 });
    expect((await add(10, 20, log.forkedAt(10))).status).toBe(200);
    expect(await add(20, 30)).toMatchObject({ status: 422 });
  });

  test("probe: a step back is refused, with the old size told truly or not", async () => {
    await add(0, 20);
    expect(await post(`old 20\n\n${log.note(10)}`)).toMatchObject({ status: 400 });
    expect(await post(`old 10\n\n${log.note(10)}`)).toMatchObject({ status: 409, text: "20\n" });
    expect(await post(`old 0\n\n${log.note(0)}`)).toMatchObject({ status: 409, text: "20\n" });
  });

  test("probe: a replayed request does not take back what came after it", async () => {
    const first = await log.request(0, 10);
    await post(first);
    await add(10, 20);
    expect(await post(first)).toMatchObject({ status: 409, text: "20\n" });
  });

  test("probe: a proof where none is due, a missing, cut, or reordered one is refused", async () => {
    const hash = log.root(1).toString("base64");
    expect((await post(`old 0\n${hash}\n\n${log.note(5)}`)).status).toBe(422);
    await add(0, 6);
    const [old, ...rest] = (await log.request(6, 20)).split("\n");
    const [first = "", second = "", ...others] = rest;
    const bodies = [
      `old 6\n\n${log.note(20)}`,
      [old, second, ...others].join("\n"),
      [old, second, first, ...others].join("\n"),
      [old, hash, first, second, ...others].join("\n"),
      `old 6\n${hash}\n\n${log.note(6)}`,
    ];
    for (const body of bodies) expect((await post(body)).status).toBe(422);
    expect((await add(6, 20)).status).toBe(200);
  });

  test("probe: an empty tree has one root", async () => {
    const text = formatCheckpoint({ origin: "log.example/1", size: 0, root: leafHash(Buffer.of(0)) });
    expect((await post(`old 0\n\n${signNote(text, [log.signer])}`)).status).toBe(422);
  });

  test("probe: of many requests at once that would each grow it otherwise, one is cosigned", async () => {
    await add(0, 10);
    const rivals = [12, 14, 16, 18, 20].map((size) => add(10, size, log.forkedAt(size - 1)));
    const answers = await Promise.all(rivals);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    const record = await readFile(join(state, "logs", originHash("log.example/1"), "checkpoint"));
    const won = answers.findIndex(({ status }) => status === 200);
    expect(openNote(record).text.split("\n")[1]).toBe(String(12 + 2 * won));
  });
});

describe("whoever has no say", () => {
  test("probe: an unknown log is not found, and a known one's key signs for no other", async () => {
    expect((await add(0, 10, testLog("other.example/1"))).status).toBe(404);
    const text = formatCheckpoint({ origin: "other.example/1", size: 1, root: log.root(1) });
    expect((await post(`old 0\n\n${signNote(text, [log.signer])}`)).status).toBe(404);
  });

  test("probe: another key under the log's name is forbidden, and a broken signature of its own key", async () => {
    expect(await add(0, 10, testLog("log.example/1"))).toMatchObject({ status: 403 });
    const { text, signatures } = openNote(log.note(10));
    const [own] = signatures;
    const broken = { name: "log.example/1", keyId: log.signer.keyId, signature: Buffer.alloc(64) };
    expect((await post(`old 0\n\n${formatNote({ text, signatures: [broken] })}`)).status).toBe(403);
    const both = own ? [own, broken] : expect.fail("a note without signature");
    expect((await post(`old 0\n\n${formatNote({ text, signatures: both })}`)).status).toBe(403);
  });

  test("passes over signatures of strangers, and does not keep them", async () => {
    const stranger = newSigner("stranger", generateKeyPairSync("ed25519").privateKey);
    const note = signNote(openNote(log.note(10)).text, [stranger, log.signer]);
    expect((await post(`old 0\n\n${note}`)).status).toBe(200);
    const served = await fetch(at(`/${originHash("log.example/1")}/checkpoint`));
    expect(await served.text()).not.toContain("stranger");
  });
});

describe("probe: what is no request", () => {
  const NO_REQUESTS: readonly (readonly [string, (log: TestLog) => string | Uint8Array<ArrayBuffer>])[] = [
    ["nothing", () => ""],
    ["two newlines", () => "\n\n"],
    ["random bytes", () => new Uint8Array(1000).map((_, place) => (place * 167) % 256)],
    ["no old size", ({ note }) => `\n${note(5)}`],
    ["an old size with a zero in front", ({ note }) => `old 00\n\n${note(5)}`],
    ["an old size below zero", ({ note }) => `old -1\n\n${note(5)}`],
    ["an old size of 2^53", ({ note }) => `old 9007199254740992\n\n${note(5)}`],
    ["an old size of 2^64", ({ note }) => `old 18446744073709551616\n\n${note(5)}`],
    ["an old size in capitals", ({ note }) => `OLD 0\n\n${note(5)}`],
    ["a size of 2^53", ({ note }) => `old 0\n\n${note(5).replace("\n5\n", "\n9007199254740992\n")}`],
    ["a short hash", ({ note }) => `old 0\nAAAA\n\n${note(5)}`],
    ["64 hashes", ({ note, root }) => `old 1\n${`${root(1).toString("base64")}\n`.repeat(64)}\n${note(5)}`],
    ["a checkpoint without signature", ({ note }) => `old 0\n\n${note(5).split("\n\n")[0]}\n\n`],
    ["carriage returns", ({ note }) => `old 0\n\n${note(5)}`.replaceAll("\n", "\r\n")],
    ["an old size larger than the checkpoint's", ({ note }) => `old 6\n\n${note(5)}`],
  ];

  test.each(NO_REQUESTS)("is refused in a sentence: %s", async (_, body) => {
    const answer = await post(body(log));
    expect(answer).toMatchObject({ status: 400, type: "text/plain; charset=utf-8" });
    expect(answer.text).toMatch(/^[A-Z].*\.\n$/);
  });

  test("is refused when it is larger than any, with and without its length said", async () => {
    expect((await post("x".repeat(300_000))).status).toBe(413);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(at("/add-checkpoint"), { method: "POST" }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.once("error", reject);
      sent.write("x".repeat(200_000));
      sent.write("x".repeat(100_000));
    });
    expect(status).toBe(413);
    expect((await add(0, 1)).status).toBe(200);
  });

  test("is refused at other addresses and by other methods", async () => {
    expect((await fetch(at("/add-checkpoint"))).status).toBe(405);
    expect((await fetch(at("/"), { method: "POST", body: "x" })).status).toBe(404);
    expect((await fetch(at("//%2e%2e/keys/ed25519.pem"))).status).toBe(404);
    expect((await fetch(at(`/${"0".repeat(64)}/checkpoint`), { method: "DELETE" })).status).toBe(405);
  });
});

describe("a disk that fails", () => {
  test("probe: nothing is answered for that was not kept, and the next request is decided afresh", async () => {
    await add(0, 10);
    const folder = join(state, "logs", originHash("log.example/1"));
    await rm(folder, { recursive: true });
    await writeFile(folder, "in the way");
    expect(await add(10, 20)).toMatchObject({ status: 500 });
    expect(reports[0]).toMatch(/^A request was not answered: /);
    await rm(folder);
    expect((await add(10, 30)).status).toBe(200);
  });
});
