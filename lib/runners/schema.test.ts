import { describe, expect, test } from "vitest";
import { MakeEnrolment } from "./schema.ts";

describe("the form of an enrolment", () => {
  test("names what the runner may do", () => {
    expect(MakeEnrolment.parse({ phases: ["agent", "verify"] })).toEqual({ phases: ["agent", "verify"] });
  });

  test.each([
    {},
    { phases: [] },
    { phases: ["agent", "agent"] },
    { phases: ["merge"] },
    { phases: "agent" },
    { phases: ["agent"], hours: 9 },
  ])("probe: %j is refused", (input) => {
    expect(MakeEnrolment.safeParse(input).success).toBe(false);
  });
});
