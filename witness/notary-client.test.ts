// The notary's side of the protocol was written from the specification by itself: the two must understand each other.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { testLog } from "#lib/testing/tlog/test-log.ts";
import { callWitness } from "#notary/witness-call.ts";
import { openCosigners, vkeyOf } from "./keys.ts";
import { type Listening, listen } from "./server.ts";
import { openWitness } from "./witness.ts";

const log = testLog("pilothouse/0123456789abcdef/1");
const TIMEOUT = 10_000;

let state = "";
let server: Listening;

const report = (line: string): void => expect.fail(line);

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "witness-"));
  const settings = {
    state,
    cosigners: await openCosigners(state, "w1"),
    logs: [log.signer],
    clock: systemClock,
    report,
  };
  server = await listen(await openWitness(settings), { host: "127.0.0.1", port: 0 }, report);
});
afterAll(async () => {
  await server.close();
  await rm(state, { recursive: true });
});

test("the notary takes the cosignature of the key it knows, and understands what is refused", async () => {
  const cosigners = await openCosigners(state, null);
  for (const [at, verifier] of cosigners.entries()) {
    const witness = { verifier, vkey: vkeyOf(verifier), url: `http://127.0.0.1:${server.port}/` };
    const call = async (old: number, size: number, of = log) =>
      callWitness(witness, old, await of.proof(old, size), of.note(size), TIMEOUT);
    const [old, size] = [at * 10, at * 10 + 10];
    expect(await call(old, size)).toMatchObject({
      kind: "cosigned",
      signatures: [{ name: "w1", keyId: verifier.keyId }],
    });
    expect(await call(old, size + 5)).toEqual({ kind: "other_size", size });
    expect(await call(size, size + 5, log.forkedAt(2))).toMatchObject({ kind: "inconsistent" });
  }
});
