import { expect, test } from "vitest";
import { daysNotice } from "./rules.ts";
import { BoardFileQuery, BoardQuery } from "./schema.ts";

test.each(["0000-01-01", "1969-12-31", "2201-01-01", "9999-12-31"])(
  "probe: the day %s is refused with a sentence",
  (day) => {
    for (const name of ["first", "last"]) {
      const { success, error } = BoardQuery.safeParse({ pilotId: "pil_1", range: "days", [name]: day });
      expect(success).toBe(false);
      expect(error?.issues).toMatchObject([
        { path: [name], message: "Write a day of the years 1970 to 2200." },
      ]);
    }
  },
);

test("the first and the last day of those years are days", () => {
  const query = { pilotId: "pil_1", first: "1970-01-01", last: "2200-12-31" };
  expect(BoardQuery.parse(query)).toMatchObject(query);
});

test.each([
  ["days", "2030-03-02", "2030-03-01", "The first day is after the last one, so the whole time is shown."],
  [
    ...["days", undefined, "2030-03-01"],
    "Give a first and a last day of the years 1970 to 2200. Until then the whole time is shown.",
  ],
  ["days", "2030-03-01", "2030-03-01", null],
  ["28d", "2030-03-02", "2030-03-01", null],
] as const)("of %s from %s to %s the page says: %s", (range, first, last, notice) => {
  expect(daysNotice({ range: range as "days" | "28d", first, last })).toBe(notice);
});

test("a file of days that run backwards is refused, not given of the whole time", () => {
  const query = { range: "days", first: "2030-03-02", last: "2030-03-01" };
  expect(BoardFileQuery.safeParse(query).error?.issues).toMatchObject([
    { path: ["first"], message: "The first day is after the last one." },
  ]);
  expect(BoardFileQuery.safeParse({ ...query, last: query.first }).success).toBe(true);
  expect(BoardFileQuery.safeParse({ ...query, range: "28d" }).success).toBe(true);
});
