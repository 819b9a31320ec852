// The vectors of the certificate-transparency projects (github.com/transparency-dev/merkle).
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reference } from "#lib/testing/tlog/reference.ts";
import { EMPTY_ROOT, leafHash } from "./hashing.ts";
import { memoryTree } from "./memory-tree.ts";
import { consistencyProof, inclusionProof, isConsistent, rootAt, rootFromInclusion } from "./proofs.ts";

const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex"));

const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

interface Vector {
  readonly kind: "inclusion" | "consistency";
  readonly name: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
  readonly [field: string]: unknown;
}

const file = new URL("../testing/tlog/merkle-vectors.jsonl", import.meta.url);
const vectors: Vector[] = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => JSON.parse(line));

const bytes = (base64: unknown): Buffer => Buffer.from(typeof base64 === "string" ? base64 : "", "base64");

function holds(vector: Vector): boolean {
  const proof = (vector.proof ?? []).map(bytes);
  if (vector.kind === "consistency") {
    const { size1, size2, root1, root2 } = vector;
    return isConsistent(Number(size1), bytes(root1), Number(size2), bytes(root2), proof);
  }
  const { leafIdx, treeSize, leafHash: leaf, root } = vector;
  return !!rootFromInclusion(Number(leafIdx), Number(treeSize), bytes(leaf), proof)?.equals(bytes(root));
}

describe("the known tree of eight leaves", () => {
  const tree = memoryTree(LEAVES.map(leafHash));
  const { MTH, PATH, PROOF } = reference(LEAVES);

  test("has the known root at every size", async () => {
    expect(EMPTY_ROOT.toString("hex")).toBe(ROOTS[0]);
    for (const [size, root] of ROOTS.entries()) {
      expect((await rootAt(size, tree.source)).toString("hex")).toBe(root);
      expect(MTH(0, size).toString("hex")).toBe(root);
    }
  });

  test("has the proofs that the definitions of RFC 6962 give, for every leaf and every pair of sizes", async () => {
    for (let size = 1; size <= LEAVES.length; size += 1) {
      for (let at = 0; at < size; at += 1) {
        expect(await inclusionProof(at, size, tree.source)).toEqual(PATH(at, 0, size));
        expect(await consistencyProof(at + 1, size, tree.source)).toEqual(PROOF(at + 1, size));
      }
    }
  });
});

describe("the published vectors", () => {
  test("are all there, of both kinds, good and bad", () => {
    const count = (kind: string, wantErr: boolean) =>
      vectors.filter((vector) => vector.kind === kind && vector.wantErr === wantErr).length;
    expect([count("inclusion", false), count("inclusion", true)]).toEqual([6, 92]);
    expect([count("consistency", false), count("consistency", true)]).toEqual([6, 92]);
  });

  test.each(vectors.filter(({ wantErr }) => !wantErr))("$kind $name holds", (vector) => {
    expect(holds(vector)).toBe(true);
  });

  test.each(vectors.filter(({ wantErr }) => wantErr))("probe: $kind $name is refused", (vector) => {
    expect(holds(vector)).toBe(false);
  });
});
