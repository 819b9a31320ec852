import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blobReader } from "./read-blobs.ts";

const oidOf = (index: number): string => index.toString(16).padStart(40, "0");
const answer = (blobs: readonly Buffer[]): Buffer =>
  Buffer.concat(
    blobs.flatMap((blob, index) => [
      Buffer.from(`${oidOf(index)} blob ${blob.length}\n`),
      blob,
      Buffer.from("\n"),
    ]),
  );

function readIn(stream: Buffer, cuts: readonly number[], keepBytes = 1000) {
  const found: { oid: string; sha256: string; content: Buffer | null }[] = [];
  const reader = blobReader({
    keepBytes,
    onBlob: (oid, sha256, content) => void found.push({ oid, sha256, content }),
  });
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (stream.length + 1)).sort((a, b) => a - b), stream.length]) {
    reader.push(stream.subarray(from, cut));
    from = cut;
  }
  reader.finish();
  return found;
}

describe("the blobs of git cat-file --batch", () => {
  test("are the same however the stream is cut", () => {
    const blob = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(
        fc.array(blob, { maxLength: 6 }),
        fc.array(fc.nat(2000), { maxLength: 12 }),
        (blobs, cuts) => {
          const found = readIn(answer(blobs), cuts);
          expect(found.map(({ content }) => content?.toString("hex"))).toEqual(
            blobs.map((bytes) => bytes.toString("hex")),
          );
          expect(found.map(({ sha256 }) => sha256)).toEqual(
            blobs.map((bytes) => createHash("sha256").update(bytes).digest("hex")),
          );
          expect(found.map(({ oid }) => oid)).toEqual(blobs.map((_, index) => oidOf(index)));
        },
      ),
    );
  });

  test("are hashed but not kept where they are large", () => {
    const [found] = readIn(answer([Buffer.alloc(50, 1)]), [20], 49);
    expect(found).toMatchObject({
      content: null,
      sha256: createHash("sha256").update(Buffer.alloc(50, 1)).digest("hex"),
    });
  });

  test.each([
    ["a missing object", `${oidOf(1)} missing\n`],
    ["a tree", `${oidOf(1)} tree 3\nabc\n`],
    ["a size that is none", `${oidOf(1)} blob -1\n`],
    ["no newline after the content", `${oidOf(1)} blob 1\nab`],
    ["an endless header", "x".repeat(300)],
    ["an end inside a blob", `${oidOf(1)} blob 10\nabc`],
    ["an end inside a header", oidOf(1)],
  ])("probe: %s is an error, never a silent gap", (_, text) => {
    expect(() => readIn(Buffer.from(text), [])).toThrow(/git cat-file/);
  });
});
