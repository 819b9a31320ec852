import { describe, expect, test } from "vitest";
import { NAVIGATION, navOf } from "./navigation.ts";
import { type KeyPress, SHEET, shortcut } from "./shortcut-rules.ts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  command: false,
  other: false,
  typing: false,
  ...more,
});

describe("shortcuts", () => {
  test.each([
    ["i", "/inbox"],
    ["r", "/runs"],
    ["p", "/pilots"],
    ["l", "/log"],
  ])("g then %s goes to %s", (letter, href) => {
    expect(shortcut(press("g"), false)).toEqual({ wait: true });
    expect(shortcut(press(letter), true)).toEqual({ go: href });
  });

  test("a letter without g, or one nobody has after it, does nothing", () => {
    expect(shortcut(press("i"), false)).toBeNull();
    expect(shortcut(press("z"), true)).toBeNull();
  });

  test("the palette opens even while typing, the rest stays out of the way", () => {
    expect(shortcut(press("k", { command: true, typing: true }), false)).toEqual({ open: "palette" });
    expect(shortcut(press("?", { typing: true }), false)).toBeNull();
    expect(shortcut(press("g", { typing: true }), false)).toBeNull();
    expect(shortcut(press("?"), false)).toEqual({ open: "sheet" });
  });

  test("a browser's own combination is never taken", () => {
    expect(shortcut(press("g", { command: true }), false)).toBeNull();
    expect(shortcut(press("?", { other: true }), false)).toBeNull();
  });

  test("no two pages share a letter, an address or a name", () => {
    for (const field of ["letter", "href", "title", "key"] as const) {
      const values = NAVIGATION.map((item) => item[field]).filter(Boolean);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  test("a phone has room for four tabs and More", () => {
    expect(NAVIGATION.filter(({ tab }) => tab)).toHaveLength(4);
  });

  test("every page is in exactly one part and the sheet names every shortcut", () => {
    expect([...navOf("work"), ...navOf("connected"), ...navOf("quiet")]).toHaveLength(NAVIGATION.length);
    const named = SHEET.flatMap(({ rows }) => rows.map(({ does }) => does));
    for (const { letter, title } of NAVIGATION) if (letter) expect(named).toContain(title);
  });
});
