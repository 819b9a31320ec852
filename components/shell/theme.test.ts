import { expect, test } from "vitest";
import { themeCookie, themeOf } from "./theme.ts";

test("a known theme is taken, anything else follows the system", () => {
  expect(["light", "dark", "system", undefined, "<script>"].map(themeOf)).toEqual([
    "light",
    "dark",
    "system",
    "system",
    "system",
  ]);
});

test("choosing the system's theme forgets the cookie", () => {
  expect(themeCookie("dark")).toBe("ph-theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");
  expect(themeCookie("system")).toContain("Max-Age=0");
});
