import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonDetail } from "./reason.ts";

describe("a reason in the record", () => {
  test("is known by its digest and cannot be read from it", () => {
    expect(reasonDetail("because")).toEqual({
      reason_sha256: createHash("sha256").update("because").digest("hex"),
    });
  });

  test("probe: whatever was typed, no word of it stays", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (reason) => {
        expect(JSON.stringify(reasonDetail(reason))).toMatch(/^\{"reason_sha256":"[0-9a-f]{64}"\}$/);
      }),
    );
  });
});
