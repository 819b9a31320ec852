// CSV as people's programs write it, and as nobody should.
import { describe, expect, test } from "vitest";
import { MOST_LINES } from "../imports/schema.ts";
import { readCsv } from "./read-csv.ts";

const HEAD = "external_id,service,severity,detected_at,restored_at";
const read = (text: string | Uint8Array) =>
  readCsv("incident", typeof text === "string" ? new TextEncoder().encode(text) : text);
const faultOf = (text: string | Uint8Array) => read(text).faults[0];
const line = (id: string) => `${id},shop,high,2026-03-09T14:00:00Z,`;

describe("a file", () => {
  test("is read with its byte order mark, CRLF, quotes, empty lines, and the line of each record", () => {
    const { records, faults } = read(
      `\uFEFF${HEAD}\r\n\r\n"a","the ""shop"", all\r\nof it",high,2026-03-09T14:00:00Z,\r\n${line("b")}\r\n`,
    );
    expect(faults).toEqual([]);
    expect(records).toEqual([
      {
        line: 3,
        cells: {
          ...{ externalId: "a", service: 'the "shop", all\nof it', severity: "high" },
          detectedAt: "2026-03-09T14:00:00Z",
        },
      },
      { line: 5, cells: expect.objectContaining({ externalId: "b" }) },
    ]);
  });

  test.each([";", "\t"])("is read with %j between its cells", (delimiter) => {
    const { records } = read([HEAD, line("a")].join("\n").replaceAll(",", delimiter));
    expect(records[0]?.cells).toMatchObject({ externalId: "a", service: "shop" });
  });

  test("names its columns as people write them", () => {
    const { records } = read(`External ID,service,Severity,detectedAt\na,shop,high,x`);
    expect(records[0]?.cells).toEqual({
      externalId: "a",
      service: "shop",
      severity: "high",
      detectedAt: "x",
    });
  });

  test("probe: a formula is text like any other, and is not computed, cut or escaped", () => {
    const formula = `=HYPERLINK("http://x";"y")`;
    const { records } = read(`${HEAD}\na,"${formula.replaceAll('"', '""')}",high,@SUM(1+1),-1+2`);
    expect(records[0]?.cells).toMatchObject({
      service: formula,
      detectedAt: "@SUM(1+1)",
      restoredAt: "-1+2",
    });
  });
});

describe("probe: a file that is refused says where and why", () => {
  test.each<[string, string | Uint8Array, number, string, RegExp]>([
    ["nothing", "", 1, "", /no rows/],
    ["only a head", HEAD, 1, "", /no rows/],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0]), 1, "", /UTF-16/],
    ["Latin-1", new Uint8Array([...Buffer.from(`${HEAD}\nb`), 0xe4]), 2, "", /not UTF-8/],
    ["a NUL", `${HEAD}\n${line("a")}\n\u0000`, 3, "", /NUL/],
    ["a program", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0]), 1, "", /NUL/],
    ["a column twice", `${HEAD},service\n${line("a")},x`, 1, "service", /twice/],
    ["a column twice in other letters", `${HEAD},Detected At\n${line("a")},x`, 1, "Detected At", /twice/],
    ["a column of another name", `${HEAD},__proto__\n${line("a")},x`, 1, "__proto__", /no such column/],
    ["a column without a name", `${HEAD},\n${line("a")},x`, 1, "", /no name/],
    ["a missing column", `service\nshop`, 1, "external_id", /missing/],
    ["a cell too many", `${HEAD}\n${line("a")}\n${line("b")},x`, 3, "", /6 cells, and 5 columns/],
    ["an open quote", `${HEAD}\n"a,shop`, 2, "", /quote/],
    ["a quote in the middle", `${HEAD}\n"a"b,shop,high,x,y`, 2, "", /quote/],
  ])("%s", (_, text, at, field, wrong) => {
    const { records, faults } = read(text);
    expect(records.length === 0 || faults.length === 1).toBe(true);
    expect(faults[0]).toMatchObject({ line: at, field, wrong: expect.stringMatching(wrong) });
    expect(faults[0]?.right.length).toBeGreaterThan(10);
  });

  test("more lines than are taken, and a line that never ends", () => {
    const many = Array.from({ length: MOST_LINES + 1 }, (_, at) => line(String(at)));
    expect(faultOf([HEAD, ...many].join("\n"))?.wrong).toBe("The file is too long");
    expect(faultOf(`${HEAD}\n"${"a".repeat(30_000)}`)?.line).toBe(2);
    expect(read([HEAD, ...many.slice(1)].join("\n")).records).toHaveLength(MOST_LINES);
  });
});
