import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testLog } from "#lib/testing/tlog/test-log.ts";
import { parseAddCheckpoint } from "./request.ts";
import { isFork, NOTHING, refusalOf } from "./rules.ts";

const log = testLog("log.example/1");
const forked = log.forkedAt(3);
const request = async (old: number, size: number, of = log) =>
  parseAddCheckpoint(Buffer.from(await of.request(old, size)));
const latest = (size: number) => (size === 0 ? NOTHING : { size, root: log.root(size) });

const sizes = fc.integer({ min: 0, max: 60 });
const growths = fc
  .tuple(sizes, sizes)
  .map(([one, other]) => ({ old: Math.min(one, other), size: Math.max(one, other) }));

describe("what may be cosigned", () => {
  test("is exactly what is proved from what was cosigned last", async () => {
    await fc.assert(
      fc.asyncProperty(growths, sizes, async ({ old, size }, known) => {
        const refusal = refusalOf(latest(known), await request(old, size));
        expect(refusal?.status ?? 200).toBe(known === old ? 200 : 409);
        if (refusal) expect(refusal).toMatchObject({ type: "text/x.tlog.size", body: `${known}\n` });
      }),
    );
  });

  test("probe: is never another past, though its proof is right by itself", async () => {
    await fc.assert(
      fc.asyncProperty(growths, async ({ old, size }) => {
        fc.pre(old > 3);
        expect(refusalOf(latest(old), await request(old, size, forked))?.status).toBe(422);
      }),
    );
  });

  test("probe: a fork is told from growth and from the same tree again", async () => {
    expect(isFork(latest(10), await request(10, 10, forked))).toBe(true);
    expect(isFork(latest(10), await request(0, 10, forked))).toBe(true);
    expect(isFork(latest(10), await request(10, 10))).toBe(false);
    expect(isFork(latest(10), await request(10, 11, forked))).toBe(false);
  });
});

describe("a request", () => {
  test("comes apart into its old size, proof and checkpoint", async () => {
    const { old, proof, checkpoint } = await request(5, 12);
    expect([old, checkpoint.origin, checkpoint.size]).toEqual([5, "log.example/1", 12]);
    expect(proof).toEqual(await log.proof(5, 12));
    expect(checkpoint.root).toEqual(log.root(12));
  });

  test("probe: no bytes make its parser fail in a way of its own", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.concat([Buffer.from("old 1\n"), bytes]);
        expect(() => parseAddCheckpoint(body)).toThrow(expect.objectContaining({ code: "bad_input" }));
      }),
    );
  });
});
