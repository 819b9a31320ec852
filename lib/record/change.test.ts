import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { changeOf, made, type State, stateDigest } from "./change.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("a change", () => {
  test("is the hash of the canonical text of what was and what is, so that a row's holder can compute it", () => {
    const before = { status: "active", pilot: "pil_1", charter: null };
    expect(changeOf(before, { ...before, status: "paused" })).toEqual({
      before: sha256('{"charter":null,"pilot":"pil_1","status":"active"}'),
      after: sha256('{"charter":null,"pilot":"pil_1","status":"paused"}'),
    });
    expect(made({ roles: ["viewer"], n: 1 })).toEqual({ after: sha256('{"n":1,"roles":["viewer"]}') });
  });

  test("does not depend on the order fields are named in, and does on every field", () => {
    expect(stateDigest({ a: 1, b: "x" })).toBe(stateDigest({ b: "x", a: 1 }));
    const others: State[] = [
      { a: 2, b: "x" },
      { a: 1, b: "y" },
      { a: 1 },
      { a: 1, b: "x", c: null },
      { a: "1", b: "x" },
    ];
    for (const other of others) expect(stateDigest(other)).not.toBe(stateDigest({ a: 1, b: "x" }));
  });
});
