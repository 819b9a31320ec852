import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDay,
  formatDuration,
  formatExact,
  formatRelative,
  initials,
  plural,
  shortHash,
  shortId,
} from "./format.ts";

const NOW = Date.parse("2026-11-19T08:12:04.000Z");

describe("numbers", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [48213, "48,213"],
    [1234567, "1,234,567"],
    [-1200, "-1,200"],
  ])("%d is written %s", (value, text) => expect(formatCount(value)).toBe(text));

  test("one thing is singular, none and many are plural", () => {
    expect([plural(0, "test"), plural(1, "test"), plural(2, "test"), plural(2, "entry", "entries")]).toEqual([
      "0 tests",
      "1 test",
      "2 tests",
      "2 entries",
    ]);
  });

  test.each([
    [0, "0 B"],
    [512, "512 B"],
    [1536, "1.5 KiB"],
    [50 * 1024 * 1024, "50 MiB"],
    [3 * 1024 ** 5, "3072 TiB"],
  ])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("durations", () => {
  test.each([
    [-5, "0 ms"],
    [812, "812 ms"],
    [14_250, "14.2 s"],
    [15_000, "15 s"],
    [58_900, "58 s"],
    [60_000, "1 min"],
    [131_000, "2 min 11 s"],
    [6_480_000, "1 h 48 min"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms is %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});

describe("times", () => {
  test.each([
    [NOW, "now"],
    [NOW - 12_000, "12 s ago"],
    [NOW - 95_000, "1 min ago"],
    [NOW + 6_480_000, "in 1 h 48 min"],
    [NOW - 8 * 3_600_000 - 60_000, "8 h ago"],
    [NOW - 5 * 86_400_000 - 7_200_000, "5 d ago"],
  ])("%d against now reads %s", (at, text) => expect(formatRelative(at, NOW)).toBe(text));

  test("the exact time says its zone", () => {
    expect(formatExact("2026-11-19T08:12:04.418Z")).toBe("Thu 19 Nov 2026, 08:12:04 UTC");
  });

  test("a clock time and a day stand alone", () => {
    expect(formatClock("2026-11-19T08:02:04Z")).toBe("08:02:04");
    expect(formatDay("2026-11-19T08:02:04Z")).toBe("19 Nov");
    expect(formatDay("2026-11-19T08:02:04Z", true)).toBe("19 Nov 2026");
  });
});

describe("names", () => {
  test("a long id keeps its prefix and its end, a short one is whole", () => {
    expect(shortId("run_01jb3c9q2m8xk7v9e8hab")).toBe("run_e8hab");
    expect(shortId("run_t4c2x")).toBe("run_t4c2x");
    expect(shortHash("b71e40c9ffff")).toBe("b71e40c9");
  });

  test.each([
    ["Ines Okafor", "IO"],
    ["Tomasz Wiśniewski-Ferreira", "TW"],
    ["lead", "L"],
    ["", "?"],
    ["😀 smile", "😀S"],
  ])("%s has the initials %s", (name, text) => expect(initials(name)).toBe(text));
});
