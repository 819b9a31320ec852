import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint } from "./checkpoint.ts";
import { leafHash } from "./hashing.ts";
import { memoryTree } from "./memory-tree.ts";
import { newSigner, signNote } from "./note.ts";
import { formatProofFile, isIncluded, parseProofFile } from "./proof-file.ts";
import { inclusionProof } from "./proofs.ts";

const LEAVES = Array.from({ length: 300 }, (_, at) => leafHash(Buffer.from(`entry ${at}`)));
const leaf = (at: number): Buffer => LEAVES[at] as Buffer;
const log = newSigner("log.example/1", generateKeyPairSync("ed25519").privateKey);

async function proofOf(index: number, size: number) {
  const tree = memoryTree(LEAVES.slice(0, size));
  const note = signNote(formatCheckpoint({ origin: log.name, size, root: tree.root }), [log]);
  return { index, proof: await inclusionProof(index, size, tree.source), note };
}

const places = fc
  .integer({ min: 1, max: LEAVES.length })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

describe("a proof file", () => {
  test("comes back, shows its entry and no other", async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.uint8Array(), fc.boolean(), async ({ index, size }, bytes, hasExtra) => {
        const proof = { ...(await proofOf(index, size)), ...(hasExtra ? { extra: Buffer.from(bytes) } : {}) };
        const read = parseProofFile(formatProofFile(proof));
        expect(read).toEqual(proof);
        expect(isIncluded(read, leaf(index))).toBe(true);
        expect(isIncluded(read, leaf((index + 1) % LEAVES.length))).toBe(false);
      }),
    );
  });

  test("has the lines of the specification", async () => {
    const proof = await proofOf(1, 2);
    expect(formatProofFile({ ...proof, extra: Buffer.from("why") })).toBe(
      `c2sp.org/tlog-proof@v1\nextra d2h5\nindex 1\n${leaf(0).toString("base64")}\n\n${proof.note}`,
    );
    expect(formatProofFile(await proofOf(0, 1))).toMatch(
      /^c2sp\.org\/tlog-proof@v1\nindex 0\n\nlog\.example/,
    );
  });

  test("probe: an index past the tree, or one hash too few, shows nothing", async () => {
    const proof = await proofOf(7, 100);
    expect(isIncluded({ ...proof, index: 100 }, leaf(7))).toBe(false);
    expect(isIncluded({ ...proof, proof: proof.proof.slice(1) }, leaf(7))).toBe(false);
  });

  test.each<[string, (text: string) => string]>([
    ["another version", (text) => text.replace("@v1", "@v2")],
    ["no index", (text) => text.replace(/index \d+\n/, "")],
    ["an index with a zero in front", (text) => text.replace("index ", "index 0")],
    ["an index below zero", (text) => text.replace("index ", "index -")],
    ["an index of 2^64", (text) => text.replace(/index \d+/, "index 18446744073709551616")],
    ["a short hash", (text) => text.replace(/(index \d+\n)..../, "$1")],
    ["extra that is no base64", (text) => text.replace("index", "extra !!\nindex")],
    ["extra behind the index", (text) => text.replace(/(index \d+\n)/, "$1extra d2h5\n")],
    ["54 hashes", (text) => text.replace("\n\n", `${`\n${leaf(0).toString("base64")}`.repeat(50)}\n\n`)],
    ["no empty line", (text) => text.replace("\n\n", "\n")],
    ["a note that is no checkpoint", (text) => text.replace("log.example/1\n9\n", "log.example/1\nnine\n")],
    ["carriage returns", (text) => text.replaceAll("\n", "\r\n")],
    ["nothing in it", () => ""],
  ])("probe: is refused with %s", async (_, change) => {
    const text = formatProofFile(await proofOf(4, 9));
    expect(() => parseProofFile(change(text))).toThrow(expect.objectContaining({ code: "bad_input" }));
  });
});
