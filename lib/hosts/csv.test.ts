import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostsCsv } from "./csv.ts";
import type { HostRow } from "./schema.ts";

const row = (changes: Partial<HostRow> = {}): HostRow => ({
  ...{ way: "setup", host: "a.example", port: 443, verdict: "allowed", rule: "*.example" },
  ...{ up: 2048, down: 10, atLeast: false, times: 1, first: new Date(0), last: null },
  ...changes,
});

/** Cells of one line, as RFC 4180 reads them. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
  );

/** The mark that makes a text of a formula, wherever a cell may begin. */
const withoutQuotes = (text: string): string => text.replaceAll("'", "");

describe("hosts as CSV", () => {
  test("have a head and one line each, with what nobody counts left empty", () => {
    expect(hostsCsv([row(), row({ way: "repository", port: null, up: null, down: null, times: null })])).toBe(
      [
        "way,host,port,verdict,rule,up_bytes,down_bytes,is_least,times,first,last",
        "setup,a.example,443,allowed,*.example,2048,10,false,1,1970-01-01T00:00:00.000Z,",
        "repository,a.example,,allowed,*.example,,,false,,1970-01-01T00:00:00.000Z,",
        "",
      ].join("\r\n"),
    );
  });

  test("probe: a host that brings its own semicolon begins no formula where cells end at one", () => {
    const [, line] = hostsCsv([row({ host: "a;=hyperlink(a1);", rule: "x; @y" })]).split("\r\n");
    expect(line).toContain("a;'=hyperlink(a1);,443,allowed,x; '@y");
  });

  test("probe: whatever a host or a rule is called stays in its cell and is no formula", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, rule) => {
        const text = hostsCsv([row({ host, rule, last: new Date(0) })]);
        const [, ...lines] = text.slice(0, -2).split("\r\n");
        const cells = cellsOf(lines.join("\r\n"));
        expect(cells).toHaveLength(11);
        for (const [index, wanted] of [[1, host] as const, [4, rule] as const]) {
          expect(withoutQuotes(cells[index] ?? "")).toBe(withoutQuotes(wanted));
          expect(cells[index]).not.toMatch(/(?:^|[;\t] *)[=+\-@\t\r]/);
        }
      }),
    );
  });
});
