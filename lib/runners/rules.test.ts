import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { admission, CONTACT_WINDOW, type EnrolmentFacts, freeName, isLive } from "./rules.ts";

const NOW = 1_800_000_000_000;
const applicant = { version: 1, publicKey: "key", phases: ["agent"] as const };
const open: EnrolmentFacts = { phases: ["agent", "verify"], expiresAt: NOW + 1, usedBy: null };
const judge = (facts: EnrolmentFacts | null, change: Partial<Parameters<typeof admission>[1]> = {}) =>
  admission(facts, { ...applicant, ...change }, [1], NOW);

describe("admission", () => {
  test("is given to who brings an open enrolment, a version we speak and no phase beyond it", () => {
    expect(judge(open)).toEqual({ kind: "admit" });
    expect(judge(open, { phases: ["agent", "verify"] })).toEqual({ kind: "admit" });
  });

  test("knows the same key with the same token again, even after the hour", () => {
    expect(judge({ ...open, usedBy: "key" })).toEqual({ kind: "known" });
    expect(judge({ ...open, usedBy: "key", expiresAt: NOW - 1 })).toEqual({ kind: "known" });
  });

  test("says the same of an unknown, a used and an expired token", () => {
    const answers = [
      judge(null),
      judge({ ...open, usedBy: "another key" }),
      judge({ ...open, usedBy: "" }),
      judge({ ...open, expiresAt: NOW }),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ kind: "refuse", code: "unauthenticated" });
  });

  test("is refused with both versions named, or the phases that go too far", () => {
    expect(judge(open, { version: 9 })).toMatchObject({
      code: "refused",
      sentence: expect.stringContaining("version 9"),
    });
    expect(judge({ ...open, phases: ["agent"] }, { phases: ["agent", "verify"] })).toMatchObject({
      code: "refused",
      sentence: expect.stringContaining("asks for verify"),
    });
  });
});

describe("a runner's name", () => {
  test("is the wished one, or the first free number behind it", () => {
    expect(freeName("host", new Set())).toBe("host");
    expect(freeName("host", new Set(["host", "host-2"]))).toBe("host-3");
  });

  test("is always free and never longer than 63 characters", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 63 });
    fc.assert(
      fc.property(name, fc.nat(30), (wished, count) => {
        const taken = new Set<string>();
        for (let i = 0; i < count; i++) taken.add(freeName(wished, taken));
        expect(taken.size).toBe(count);
        for (const each of taken) expect(each.length).toBeLessThanOrEqual(63);
      }),
    );
  });
});

describe("contact", () => {
  test("lasts exactly its window; never heard of is not live", () => {
    expect(isLive(NOW, NOW)).toBe(true);
    expect(isLive(NOW - CONTACT_WINDOW, NOW)).toBe(true);
    expect(isLive(NOW - CONTACT_WINDOW - 1, NOW)).toBe(false);
    expect(isLive(null, NOW)).toBe(false);
  });
});
