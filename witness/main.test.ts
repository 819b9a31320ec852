import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TestLog, testLog } from "#lib/testing/tlog/test-log.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { parseVerifier } from "#lib/tlog/keys.ts";
import { openNote, parseSignatureLines, verifiedBy } from "#lib/tlog/note.ts";
import { originHash } from "./records.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;

let state = "";
let log: TestLog;
let children: ChildProcess[] = [];

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "witness-"));
  log = testLog("log.example/1");
  children = [];
});

afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) await end(child, "SIGKILL");
  await rm(state, { recursive: true });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, "exit");
  child.kill(signal);
  const [code] = await ended;
  return code;
}

interface Started {
  readonly child: ChildProcess;
  readonly vkeys: readonly string[];
  readonly url: string;
}

/** What it printed until it listened; what it said and its exit code where it did not. */
async function run(...more: readonly string[]): Promise<Started | { code: number; said: string }> {
  const args = [MAIN, "--state", state, "--port", "0", "--log", log.vkey, ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let [out, said] = ["", ""];
  child.stderr.on("data", (part) => {
    said += String(part);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, said }));
    child.stdout.on("data", (part) => {
      out += String(part);
      const [, port] = /Listening on http:\/\/127\.0\.0\.1:(\d+)\/\n/.exec(out) ?? [];
      if (port === undefined) return;
      const vkeys = [...out.matchAll(/^ {2}(\S+)$/gm)].map(([, vkey = ""]) => vkey);
      resolve({ child, vkeys, url: `http://127.0.0.1:${port}/add-checkpoint` });
    });
  });
}

async function start(...more: readonly string[]): Promise<Started> {
  const started = await run(...more);
  return "url" in started ? started : expect.fail(`it did not start: ${started.said}`);
}

async function failure(...more: readonly string[]): Promise<{ code: number; said: string }> {
  const started = await run(...more);
  return "said" in started ? started : expect.fail("it started");
}

const add = async ({ url }: Started, old: number, size: number) =>
  fetch(url, { method: "POST", body: await log.request(old, size) });

const record = () => join(state, "logs", originHash("log.example/1"), "checkpoint");
const recordedSize = async () => parseCheckpoint(openNote(await readFile(record())).text).size;

describe("the first start", () => {
  test("makes keys that only their owner can read, prints the verifier keys, and the next start has the same", async () => {
    const first = await start("--name", "witness.example/w1");
    expect(first.vkeys.map((vkey) => parseVerifier(vkey))).toMatchObject([
      { name: "witness.example/w1", type: 4 },
      { name: "witness.example/w1", type: 6 },
    ]);
    for (const kind of ["ed25519", "ml-dsa-44"]) {
      expect((await stat(join(state, "keys", `${kind}.pem`))).mode & 0o777).toBe(0o600);
    }
    const answer = await add(first, 0, 10);
    const signatures = parseSignatureLines(await answer.text());
    const { text } = openNote(log.note(10));
    expect(verifiedBy({ text, signatures }, first.vkeys.map(parseVerifier))).toHaveLength(2);
    expect(await end(first.child, "SIGINT")).toBe(0);
    expect((await start()).vkeys).toEqual(first.vkeys);
  });

  test("gives a name of its own where none is chosen, and ends in order when it is asked to", async () => {
    const { child, vkeys } = await start();
    expect(vkeys[0]).toMatch(/^witness\/[0-9a-f]{8}\+/);
    expect(await end(child, "SIGTERM")).toBe(0);
  });
});

describe("a start that cannot be trusted is refused in one sentence", () => {
  const keyFile = () => join(state, "keys", "ed25519.pem");
  const begun = async () => end((await start("--name", "w1")).child, "SIGINT");

  test("probe: keys that others can read, that are missing, or that are something else", async () => {
    await begun();
    await copyFile(keyFile(), join(state, "kept"));
    await chmod(keyFile(), 0o644);
    expect(await failure()).toEqual({
      code: 1,
      said: `The key ${keyFile()} can be read by others than its owner. Run: chmod 600 ${keyFile()}\n`,
    });
    await rm(keyFile());
    expect((await failure()).said).toMatch(/^The key .+ is missing\. Put it back.+\n$/);
    await writeFile(keyFile(), "garbage", { mode: 0o600 });
    expect((await failure()).said).toMatch(/^The key .+ is not readable.+\n$/);
    await copyFile(join(state, "keys", "ml-dsa-44.pem"), keyFile());
    expect((await failure()).said).toMatch(/^The key .+ is not an ed25519 key\.\n$/);
    await copyFile(join(state, "kept"), keyFile());
    await start();
  });

  test("probe: another name than it began with, or one that is none", async () => {
    await begun();
    expect((await failure("--name", "w2")).said).toBe(`The witness in ${state} is called w1, not w2.\n`);
    await rm(join(state, "name"));
    expect((await failure("--name", "two words")).said).toContain("neither spaces nor plus signs");
  });

  test("probe: a memory that somebody changed, or of another log, is no empty memory", async () => {
    const first = await start();
    await add(first, 0, 10);
    await end(first.child, "SIGINT");
    const kept = await readFile(record(), "utf8");
    for (const changed of ["", "garbage", kept.replace("\n10\n", "\n9\n"), log.note(5)]) {
      await writeFile(record(), changed);
      expect((await failure()).said).toMatch(/^The record .+ is not what this witness wrote: .+\n$/);
    }
    await writeFile(record(), kept);
    await start();
  });

  test("probe: a second witness on the same folder", async () => {
    await start();
    expect(await failure()).toEqual({ code: 1, said: `Another witness runs on ${state}.\n` });
  });

  test("probe: a command line with mistakes", async () => {
    expect(await failure("--port", "x")).toEqual({ code: 2, said: "--port is a number from 0 to 65535.\n" });
  });
});

describe("a witness that is killed", () => {
  test("probe: at any moment remembers all that it answered for, and goes on from what it wrote", async () => {
    let answered = 0;
    for (let round = 1; round <= 5; round += 1) {
      const witness = await start();
      const old = answered;
      // The last request of each round is in flight when the kill comes: undecided, written, or answered.
      const first = await add(witness, old, round * 20);
      expect(first.status).toBe(200);
      answered = round * 20;
      const late = add(witness, answered, answered + 5).then(
        ({ status }) => status,
        () => null,
      );
      for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
      await end(witness.child, "SIGKILL");
      const isAnswered = (await late) === 200;
      const size = await recordedSize();
      expect([answered, answered + 5]).toContain(size);
      if (isAnswered) expect(size).toBe(answered + 5);
      answered = size;
    }
  });

  test("probe: between writing and answering, tells the size it wrote when asked again", async () => {
    const first = await start();
    await add(first, 0, 10);
    const before = await readFile(record());
    await add(first, 10, 20);
    const after = await readFile(record());
    await end(first.child, "SIGKILL");
    // Both of what a crash can leave: the old record with a draft of the new beside it, and the new one.
    await writeFile(record(), before);
    await writeFile(`${record()}.draft`, after.subarray(0, 100));
    const second = await start();
    expect((await add(second, 10, 20)).status).toBe(200);
    const again = await add(second, 10, 20);
    expect([again.status, await again.text()]).toEqual([409, "20\n"]);
    expect((await add(second, 20, 20)).status).toBe(200);
  });
});
