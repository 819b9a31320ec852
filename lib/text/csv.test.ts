import { expect, test } from "vitest";
import { csvHeaders, csvOf } from "./csv.ts";

test("a table is one line a row, with instants in UTC and nothing for nothing", () => {
  const rows = [["a", 1, true, new Date("2030-03-01T00:00:00Z"), null]];
  expect(csvOf(["text", "n", "is", "at", "none"], rows)).toBe(
    "text,n,is,at,none\r\na,1,true,2030-03-01T00:00:00.000Z,\r\n",
  );
});

test.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["@x", "'@x"],
  ["a;=1", "a;'=1"],
  ['say "so"', '"say ""so"""'],
  ["a,b", '"a,b"'],
  ["a\nb", '"a\nb"'],
])("probe: the cell %j is text and stays in its place", (cell, written) => {
  expect(csvOf(["c"], [[cell]])).toBe(`c\r\n${written}\r\n`);
});

test("probe: a file's name cannot end its header", () => {
  expect(csvHeaders('a"\r\nset-cookie: x.csv')["content-disposition"]).toBe(
    'attachment; filename="aset-cookiex.csv"',
  );
});
