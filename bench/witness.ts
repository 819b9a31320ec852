// node bench/witness.ts: what the two kinds of cosignature cost, and how soon a witness answers (with its flushes to
// disk). The folder is under the system's temporary one, so the figure is that of the disk there.
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { testLog } from "#lib/testing/tlog/test-log.ts";
import { type Cosigner, isCosignature, newCosigner } from "#lib/tlog/cosignature.ts";
import { openNote } from "#lib/tlog/note.ts";
import { openCosigners } from "../witness/keys.ts";
import { listen } from "../witness/server.ts";
import { openWitness } from "../witness/witness.ts";

const SIGNATURES = 1000;
const REQUESTS = 500;
const NOON = 1_800_000_000;

const log = testLog("pilothouse/0123456789abcdef/1");
const { text } = openNote(log.note(5));

function milliseconds(times: number, work: () => void): string {
  const began = performance.now();
  for (let at = 0; at < times; at += 1) work();
  return ((performance.now() - began) / times).toFixed(3);
}

function measureSignatures(cosigner: Cosigner): void {
  const signature = cosigner.cosign(text, NOON);
  const signing = milliseconds(SIGNATURES, () => cosigner.cosign(text, NOON));
  const verifying = milliseconds(SIGNATURES, () => isCosignature(cosigner, text, signature));
  const kind = cosigner.publicKey.asymmetricKeyType;
  console.log(`${kind}: ${signature.length} bytes, signing ${signing} ms, verifying ${verifying} ms`);
}

async function measureRequests(state: string): Promise<void> {
  const report = (line: string) => console.log(line);
  const cosigners = await openCosigners(state, null);
  const witness = await openWitness({ state, cosigners, logs: [log.signer], clock: systemClock, report });
  const server = await listen(witness, { host: "127.0.0.1", port: 0 }, report);
  const took: number[] = [];
  for (let size = 1; size <= REQUESTS; size += 1) {
    const body = await log.request(size - 1, size);
    const began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${server.port}/add-checkpoint`, { method: "POST", body });
    if (!answer.ok) throw new Error(`refused with ${answer.status}: ${await answer.text()}`);
    await answer.text();
    took.push(performance.now() - began);
  }
  await server.close();
  took.sort((one, other) => one - other);
  const share = (of: number) => took[Math.floor(took.length * of)]?.toFixed(1);
  console.log(`add-checkpoint: median ${share(0.5)} ms, p99 ${share(0.99)} ms of ${REQUESTS}`);
}

measureSignatures(newCosigner("witness.example/w1", generateKeyPairSync("ed25519").privateKey));
measureSignatures(newCosigner("witness.example/w1", generateKeyPairSync("ml-dsa-44").privateKey));
const state = await mkdtemp(join(tmpdir(), "witness-"));
await measureRequests(state).finally(() => rm(state, { recursive: true }));
