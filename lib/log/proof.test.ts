// Proofs over the tiles of the real notary.
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../ids.ts";
import { giveAccess } from "../log-access/service.ts";
import { testDatabase } from "../testing/database.ts";
import { sequenceLog, type TestLog } from "../testing/notary.ts";
import { person, testScope } from "../testing/scopes.ts";
import { leafHash } from "../tlog/hashing.ts";
import { rootFromInclusion } from "../tlog/proofs.ts";
import { openProof } from "./export-proof.ts";
import { getProof, signaturesOf } from "./proof.ts";

const database = await testDatabase("web");
const lead = testScope({ roles: ["security_lead"], actor: person("per_lead") });
const written: string[] = [];
let log: TestLog;

async function write(): Promise<string> {
  const { accessId } = await giveAccess(lead, {
    label: "Auditors",
    pilotId: null,
    withBlobs: false,
    days: 1,
  });
  const { rows } = await database.owner.query<{ id: string }>(
    "select id from log_entry where about @> array[$1]",
    [`access:${accessId}`],
  );
  return rows[0]?.id ?? "";
}

beforeAll(async () => {
  for (let at = 0; at < 11; at++) written.push(await write());
  log = await sequenceLog(database);
});

describe("a proof", () => {
  test("leads from each entry to the root that was signed, by its own path", async () => {
    for (const [at, id] of written.entries()) {
      const proof = await getProof(lead, id);
      if (proof.state !== "proved") throw new Error(`${id} is ${proof.state}`);
      const { place, size, path, leaf, root, note } = proof;
      expect(place).toMatchObject({ epoch: 1, origin: log.signed?.origin });
      expect(size).toBe(log.signed?.size);
      const hashes = path.map(({ hash }) => Buffer.from(hash, "hex"));
      const led = rootFromInclusion(place.index, size, Buffer.from(leaf, "hex"), hashes);
      expect(led?.toString("hex")).toBe(root);
      expect(note).toContain(Buffer.from(root, "hex").toString("base64"));
      expect(place.index).toBeGreaterThanOrEqual(at);
    }
  });

  test("names the log's signature as the log's", async () => {
    const proof = await getProof(lead, written[0] ?? "");
    if (proof.state !== "proved") throw new Error(proof.state);
    expect(proof.signatures).toEqual([
      { name: log.signed?.origin, keyId: expect.stringMatching(/^[0-9a-f]{8}$/), kind: "log", at: null },
    ]);
  });

  test("names a witness as a witness, with the time it says", () => {
    const line = (name: string, bytes: Buffer) =>
      `— ${name} ${Buffer.concat([Buffer.from("00000001", "hex"), bytes]).toString("base64")}\n`;
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_900_000_000n);
    const cosigned = Buffer.concat([time, Buffer.alloc(64)]);
    const note = `log/1\n1\n${leafHash(Buffer.alloc(0)).toString("base64")}\n\n${line("log/1", Buffer.alloc(64))}${line("witness.example", cosigned)}`;
    expect(signaturesOf(note, "log/1").map(({ kind, at }) => [kind, at?.getTime() ?? null])).toEqual([
      ["log", null],
      ["witness", 1_900_000_000_000],
    ]);
  });

  test("is waited for until the notary has signed that far", async () => {
    const id = await write();
    expect(await getProof(lead, id)).toEqual({ state: "waiting", place: null });
    await expect(openProof(lead, id)).rejects.toMatchObject({ code: "conflict" });
    await sequenceLog(database);
    expect((await getProof(lead, id)).state).toBe("proved");
  });

  test("is nobody's who may not read the entry", async () => {
    const id = written[0] ?? "";
    for (const scope of [
      testScope({ roles: ["viewer"] }),
      testScope({ roles: [["auditor", "pil_other"]] }),
      testScope(),
    ]) {
      await expect(getProof(scope, id)).rejects.toThrow();
      await expect(openProof(scope, id)).rejects.toThrow();
    }
    await expect(getProof(lead, newId("entry"))).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("tiles that are not what was signed", () => {
  const epoch = () => join(log.folders.log, "1");

  async function withHarm<T>(harm: () => Promise<void>, look: () => Promise<T>): Promise<T> {
    await cp(epoch(), `${epoch()}.kept`, { recursive: true });
    try {
      await harm();
      return await look();
    } finally {
      await rm(epoch(), { recursive: true });
      await cp(`${epoch()}.kept`, epoch(), { recursive: true });
      await rm(`${epoch()}.kept`, { recursive: true });
    }
  }

  test("missing ones are said to be missing, and no proof is shown", async () => {
    const harm = () => rm(join(epoch(), "tile"), { recursive: true });
    const proof = await withHarm(harm, () => getProof(lead, written[0] ?? ""));
    expect(proof).toMatchObject({
      state: "unavailable",
      why: expect.stringMatching(/^The log's tile\/0\/000.* is missing\.$/),
    });
  });

  test("probe: forged ones contradict the signature, and no proof is shown", async () => {
    const size = (await getProof(lead, written[0] ?? "")) as { size: number };
    const harm = () => writeFile(join(epoch(), `tile/0/000.p/${size.size}`), Buffer.alloc(32 * size.size, 7));
    const proof = await withHarm(harm, () => getProof(lead, written[0] ?? ""));
    expect(proof).toMatchObject({
      state: "contradicted",
      why: `The tiles of log 1 do not lead to the root that was signed for ${size.size} entries.`,
    });
  });

  test("without a folder to look in, that is said", async () => {
    const { PILOTHOUSE_LOG } = process.env;
    delete process.env.PILOTHOUSE_LOG;
    try {
      expect(await getProof(lead, written[0] ?? "")).toMatchObject({
        state: "unavailable",
        why: "PILOTHOUSE_LOG is not set for this process.",
      });
    } finally {
      process.env.PILOTHOUSE_LOG = PILOTHOUSE_LOG;
    }
  });
});
