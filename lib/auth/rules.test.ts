import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "#lib/clock.ts";
import {
  blockedSentence,
  hostOf,
  linkState,
  passwordProblems,
  safeNext,
  type Throttle,
  takeTry,
  waitAfter,
  wrongSentence,
} from "./rules.ts";

const ADA = { email: "ada.lovelace@example.org", name: "Ada Lovelace" };

describe("a new password", () => {
  test.each([
    ["correct horse battery", []],
    ["пароль из пяти слов", []],
    ["eleven char", ["Use 12 characters or more; this has 11."]],
    ["aaaaaaaaaaaaaaaa", ["Use at least five different characters."]],
    ["Ada.Lovelace2026", ["Leave out your name and your e-mail address, or add eight other characters."]],
    [
      "ada.lovelace@example.org",
      ["Leave out your name and your e-mail address, or add eight other characters."],
    ],
    [
      "pilothouse-pilothouse",
      ["Leave out your name and your e-mail address, or add eight other characters."],
    ],
    ["lovelace had a better engine", []],
  ])("%j → %j", (password, problems) => {
    expect(passwordProblems(password, ADA)).toEqual(problems);
  });

  test("a very long one is refused, so that hashing stays cheap", () => {
    expect(passwordProblems("abcdef".repeat(40), ADA)).toEqual(["Use at most 200 characters."]);
  });

  test("characters are counted as people count them", () => {
    expect(passwordProblems("🐎🔋📎🧭🌊🏔️🚀🦊🍀🎻🪁🧩🛶🧵🌋", ADA)).toEqual([]);
  });
});

describe("back-off", () => {
  test("grows from nothing to a quarter of an hour and stays there", () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1000].map((failures) => waitAfter(failures) / MINUTE);
    expect(minutes).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15]);
  });

  test("never lets more than five tries through without a wait, however they are timed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 * 1000 }), { maxLength: 40 }), (gaps) => {
        let now = 1_000_000_000;
        let state: Throttle | null = null;
        let passed = 0;
        for (const gap of gaps) {
          now += gap;
          const next = takeTry(state, now);
          if (!next) continue;
          state = next;
          passed++;
        }
        // 40 gaps of at most 10 s are under 7 minutes: five free ones, then one each after 1, 2 and 4 minutes.
        expect(passed).toBeLessThanOrEqual(8);
      }),
    );
  });

  test("is forgotten after a day without a failure", () => {
    const closed: Throttle = { failures: 9, blockedUntil: 1000 };
    expect(takeTry(closed, 999)).toBeNull();
    expect(takeTry(closed, 1000)).toEqual({ failures: 10, blockedUntil: 1000 + 15 * MINUTE });
    expect(takeTry(closed, 1000 + DAY)).toEqual({ failures: 1, blockedUntil: 1000 + DAY });
  });

  test("says how many tries are left and how long the wait is", () => {
    expect(wrongSentence(2)).toBe("E-mail or password is wrong. 3 tries left, then a wait of 1 minute.");
    expect(wrongSentence(4)).toBe("E-mail or password is wrong. 1 try left, then a wait of 1 minute.");
    expect(wrongSentence(5)).toBe("E-mail or password is wrong. Wait 1 minute before the next try.");
    expect(wrongSentence(7)).toBe("E-mail or password is wrong. Wait 4 minutes before the next try.");
    expect(blockedSentence(61_000)).toContain("Try again in 2 minutes");
  });
});

describe("the host behind an address", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::1", "127.0.0.1"],
    ["2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("%s → %s", (address, host) => {
    expect(hostOf(address)).toBe(host);
  });
});

describe("where to go after signing in", () => {
  test.each(["/", "/runs", "/runs?status=failed#r1", "/reviews/run_01%20x?a=//b"])("%s is kept", (next) => {
    expect(safeNext(next)).toBe(next);
  });

  test.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/..//evil.example",
    "javascript:alert(1)",
    "",
    "runs",
    "/runs\nSet-Cookie: a=b",
    "/a\\b",
  ])("probe: %j leads to the first page", (next) => {
    expect(safeNext(next)).toBe("/");
  });

  test("probe: whatever is asked for, the browser stays on this site", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `/${text}`),
          fc.webUrl(),
        ),
        (next) => {
          const resolved = new URL(safeNext(next), "https://pilothouse.example");
          expect(resolved.origin).toBe("https://pilothouse.example");
        },
      ),
    );
  });
});

test("a link is usable until it is used or over", () => {
  const link = { usedAt: null, expiresAt: new Date(HOUR) };
  expect(linkState(link, HOUR - 1)).toBe("usable");
  expect(linkState(link, HOUR)).toBe("expired");
  expect(linkState({ ...link, usedAt: new Date(0) }, HOUR)).toBe("used");
});
