import { expect, test } from "vitest";
import { controlsTitle } from "./controls-page.tsx";

test("before the first test nothing is said to hold, and what is red comes before what holds", () => {
  expect(controlsTitle(0, 0)).toBe("None tried yet");
  expect(controlsTitle(0, 3)).toBe("All that could be tried hold");
  expect(controlsTitle(1, 3)).toBe("1 control to look at");
});
