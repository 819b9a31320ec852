import fc from "fast-check";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { parsePart } from "../lines/part.ts";
import { PartView } from "../surface/part-view.ts";
import { Block } from "./block.tsx";
import { blocksOf } from "./blocks.ts";
import { rowShape, type Shape } from "./shape.ts";

const HOSTILE = '<img src=x onerror="alert(1)">&amp;</del>';
const BODY = `@@ -98,3 +98,3 @@\n kept\n-old ${HOSTILE}\n+new ${HOSTILE}\n`;

function viewOf(body: string, layout: "split" | "unified"): PartView {
  const lines = parsePart(body, { lines: body.split("\n").length - 1, oldLine: 0, newLine: 0 });
  return new PartView(lines, { layout, hideWhitespace: false, columns: 80 }, new Set(), "a.txt");
}
const texts = ({ children }: Shape): string =>
  children.map((each) => (typeof each === "string" ? each : texts(each))).join("");
const order = (view: PartView, row: number, chosen = "") => ({
  ...{ view, row, chosen },
  ...{ isColoured: true, findIn: null, isCurrent: false },
});

describe("the blocks of a part", () => {
  test("hold every row once, in order, and each row with notes is alone", () => {
    const span = fc.tuple(fc.nat(60), fc.nat(60), fc.uniqueArray(fc.nat(120)));
    fc.assert(
      fc.property(span, ([from, count, noted]) => {
        const blocks = blocksOf(from, from + count, (row) => noted.includes(row));
        const rows = blocks.flatMap((block) =>
          Array.from({ length: block.to - block.from }, (_, at) => block.from + at),
        );
        expect(rows).toEqual(Array.from({ length: count }, (_, at) => from + at));
        for (const { from: first, to, isNoted } of blocks) {
          expect(to).toBeGreaterThan(first);
          expect(isNoted).toBe(noted.includes(first));
          if (isNoted) expect(to).toBe(first + 1);
        }
        expect(new Set(blocks.map(({ start }) => start)).size).toBe(blocks.length);
      }),
    );
  });

  test("keep their starts while rows come at either end", () => {
    const starts = (from: number, to: number) =>
      blocksOf(from, to, (row) => row === 11).map(({ start }) => start);
    expect(starts(13, 20)).toEqual([12, 16]);
    expect(starts(9, 30)).toEqual([8, 11, 12, 16, 24]);
  });
});

describe("a row", () => {
  test("has the number and the sign of each side", () => {
    const cells = (layout: "split" | "unified", row: number) =>
      rowShape(order(viewOf(BODY, layout), row)).children.map((each) =>
        typeof each === "string" ? each : texts(each),
      );
    expect(cells("split", 2)).toEqual(["99−", `old ${HOSTILE}`, "99+", `new ${HOSTILE}`]);
    expect(cells("unified", 1)).toEqual(["98 ", "98 ", "kept"]);
  });

  test("shows which side is chosen", () => {
    const looks = rowShape(order(viewOf(BODY, "split"), 2, "new")).children.map((each) =>
      typeof each === "string" ? "" : each.look,
    );
    expect(looks).toEqual(["n del", "t del", "n add sel", "t add sel"]);
  });

  test("probe: what stands in a line is text, never an element", () => {
    const view = viewOf(BODY, "split");
    const marks = { view, selected: null, findIn: null, line: -1 };
    const page = renderToStaticMarkup(<Block {...marks} from={0} to={3} colouredFrom={0} colouredTo={3} />);
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;img src=x onerror=");
    expect(page.match(/<(del|ins) /g)).toEqual(["<del ", "<ins "]);
  });
});
