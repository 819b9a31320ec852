import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatchFile } from "#lib/patches/schema.ts";
import { cutPatch } from "#lib/patches/shown-parts.ts";
import { type ReviewFile, reviewFiles } from "../../diff-rules.ts";
import { lineText } from "../lines/part.ts";
import { takeMeasures } from "../measure.ts";
import { navigation } from "./navigation.ts";
import { MOST_PIXELS, scaleOf } from "./positions.ts";
import { PartSource } from "./source.ts";
import { Spots } from "./spots.ts";
import { Surface } from "./surface.ts";

const NONE: ReadonlySet<string> = new Set();
const patchFile = (path: string): PatchFile => ({
  ...{ path, previousPath: null, status: "modified", modeBefore: "100644", modeAfter: "100644" },
  ...{ added: 1, removed: 1 },
});

interface Scene {
  readonly files: readonly ReviewFile[];
  readonly surface: Surface;
}

/** Everything is there at once: what a window shows, not how it came. */
function scene(bodies: readonly string[], folded: ReadonlySet<string> = NONE): Scene {
  const paths = bodies.map((_, at) => `f${String(at).padStart(3, "0")}.ts`);
  const text = bodies
    .map((body, at) => `diff --git a/${paths[at]} b/${paths[at]}\nindex 1..2\n${body}`)
    .join("");
  const cut = cutPatch(text);
  const first = Object.fromEntries(
    cut.flatMap(({ parts }, place) =>
      parts.map(({ start, end }, part) => [`${place}:${part}`, text.slice(start, end)]),
    ),
  );
  const counted = cut.map((file) => ({
    ...file,
    parts: file.parts.map((part) => ({ ...part, sha256: "" })),
  }));
  const files = reviewFiles(paths.map(patchFile), [], counted);
  const options = { layout: "unified" as const, hideWhitespace: false, columns: 80, folded };
  const surface = new Surface(files, new PartSource("/x?", first, 1e9), options);
  surface.setWindow(600);
  return { files, surface };
}

const hunk = (from: number, lines: number, text = "kept") =>
  `@@ -${from},${lines} +${from},${lines} @@\n${Array.from({ length: lines }, (_, at) => ` ${text} ${from + at}\n`).join("")}`;
const file = (hunks: number) => Array.from({ length: hunks }, (_, at) => hunk(1 + at * 50, 9)).join("");

/** Texts of all rows in the frame. */
function drawn({ surface }: Scene): string[] {
  return surface
    .frame()
    .sections.flatMap(({ parts }) =>
      parts.flatMap(({ view, from, to }) =>
        view
          ? Array.from({ length: to - from }, (_, at) =>
              lineText(view.lines, view.rows.left[from + at] ?? -1),
            )
          : [],
      ),
    );
}

describe("a window over a patch", () => {
  test("moved from top to bottom it shows every line, whatever the sizes", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 100, max: 900 }), (hunks, window) => {
        const shown = scene(hunks.map(file));
        shown.surface.setWindow(window);
        const seen = new Set<string>();
        for (let top = 0; ; top += window) {
          shown.surface.moveTo(top);
          for (const [at, { file: index, parts }] of shown.surface.frame().sections.entries()) {
            expect(at).toBeGreaterThanOrEqual(0);
            for (const { part, from, to } of parts)
              for (let row = from; row < to; row++) seen.add(`${index}:${part}:${row}`);
          }
          if (top > shown.surface.height) break;
        }
        const all = hunks.reduce((sum, count) => sum + count * 10, 0);
        expect(seen.size).toBe(all);
      }),
      { numRuns: 30 },
    );
  });

  test("draws what is in it and little more", () => {
    const shown = scene(Array.from({ length: 200 }, () => file(40)));
    expect(drawn(shown).length).toBeLessThan(120);
    shown.surface.moveTo(shown.surface.height / 2);
    expect(drawn(shown).length).toBeLessThan(120);
  });

  test.each([
    ["as long as browsers draw", 1],
    ["longer than they draw", 160],
  ])("a page that is turned leaps over no row of a list %s, and shows the last two once more", (_, parts) => {
    const { surface } = scene([hunk(1, 4000 * parts)]);
    expect(surface.scale > 1).toBe(parts > 1);
    for (let page = 0; page < 20; page++) {
      const last = surface.top + surface.window;
      surface.turn(1);
      // Below the head that sticks.
      expect(surface.top + 41 + 40).toBe(last);
    }
    for (let page = 0; page < 20; page++) surface.turn(-1);
    expect(surface.top).toBe(0);
  });

  test("what is at its top stays there when something above turns out taller", () => {
    const { surface } = scene([file(40), file(40)]);
    surface.moveTo(900);
    const place = surface.placeAt(941);
    const before = surface.topOf(place) - surface.top;
    const view = surface.view(0, 0);
    if (!view) throw new Error("no view");
    surface.measured([[view, 3, 220]], new Map([[0, 90]]));
    expect(surface.topOf(place) - surface.top).toBeCloseTo(before);
    expect(surface.top).toBeGreaterThan(1100);
  });

  test("what stands below a head is there while some of it is in the window, however high it is", () => {
    const { surface } = scene([file(2), file(2)]);
    surface.measured([], new Map([[0, 9000]]));
    const isBegun = () => surface.frame().sections.find((each) => each.file === 0)?.isBegun;
    for (const top of [0, 2500, 5000, 8900]) {
      surface.moveTo(top);
      expect(isBegun()).toBe(true);
    }
  });

  test("a part that was laid out on the way to a line has the room that its rows take", () => {
    const { surface } = scene([hunk(1, 4000, "x".repeat(300))]);
    expect(surface.files[0]?.parts.length).toBeGreaterThan(2);
    expect(surface.view(0, 1)?.height).toBeGreaterThan(30_000);
    surface.reveal({ file: 0, part: 1, row: 50 });
    const [start, end] = [1, 2].map((part) => surface.topOf({ file: 0, part, row: 0 })) as [number, number];
    expect(end - start).toBe(surface.view(0, 1)?.height);
  });

  test("probe: a row that turns out higher is not made up for by another that turns out lower", () => {
    const measured = (text: string, heights: readonly number[]) => {
      const { surface } = scene([hunk(1, heights.length, text)]);
      const rows = heights.map((height, at) => ({
        dataset: { r: String(at + 1) },
        getBoundingClientRect: () => ({ height }),
      }));
      const block = { dataset: {}, children: rows };
      const part = {
        ...{ dataset: { of: "0", part: "0", rows: `1 ${rows.length + 1}` }, children: [block] },
        getBoundingClientRect: () => ({ height: 60 }),
      };
      const list = { querySelectorAll: (what: string) => (what === "[data-part]" ? [part] : []) };
      takeMeasures(list as unknown as HTMLElement, surface);
      return [...(surface.view(0, 0)?.heights ?? [])].slice(1);
    };
    expect(measured("кept", [40, 10, 10])).toEqual([40, 10, 10]);
    expect(measured("kept", [20, 20, 20])).toEqual([20, 20, 20]);
  });

  test("a folded file takes its head's place alone", () => {
    const [open, folded] = [scene([file(9), file(9)]), scene([file(9), file(9)], new Set(["f000.ts"]))];
    expect(open.surface.height - folded.surface.height).toBeGreaterThan(1000);
    expect(folded.surface.frame().sections[0]).toMatchObject({ isFolded: true, parts: [] });
  });

  test("a line that wraps is reckoned as high as it will be", () => {
    const { surface } = scene([hunk(1, 1, "x".repeat(300))]);
    expect(surface.view(0, 0)?.heights[1]).toBe(80);
  });

  test("a list higher than a browser's boxes is scrolled at a scale that still reaches its end", () => {
    expect(scaleOf(1000, 600)).toBe(1);
    const scale = scaleOf(MOST_PIXELS * 20, 600);
    expect((MOST_PIXELS - 600) * scale).toBeCloseTo(MOST_PIXELS * 20 - 600);
  });
});

describe("what can wait", () => {
  const parts = ({ surface }: Scene) => surface.frame().sections.flatMap((section) => section.parts);
  const rows = (shown: Scene) => parts(shown).reduce((sum, { from, to }) => sum + to - from, 0);
  const coloured = (shown: Scene) =>
    parts(shown).reduce((sum, { coloured: [from, to] }) => sum + to - from, 0);

  test("is done in bits, until every row that is drawn has its colours", () => {
    const shown = scene(Array.from({ length: 20 }, () => file(12)));
    expect([rows(shown) < 60, coloured(shown)]).toEqual([true, 0]);
    let before = 0;
    let bits = 0;
    for (; shown.surface.settle(); bits++) {
      expect(coloured(shown) - before).toBeLessThanOrEqual(12);
      before = coloured(shown);
    }
    expect([coloured(shown) === rows(shown), rows(shown) > 40, bits < 60]).toEqual([true, true, true]);
  });

  test("a window that goes on keeps the colours of what stays in it, and one that goes far begins anew", () => {
    const shown = scene(Array.from({ length: 20 }, () => file(12)));
    while (shown.surface.settle());
    shown.surface.moveTo(700);
    expect(coloured(shown)).toBeGreaterThan(10);
    shown.surface.moveTo(shown.surface.height / 2);
    expect([coloured(shown), rows(shown) < 50]).toEqual([0, true]);
  });

  test("a key press looks at the files around the window and at no others", async () => {
    const shown = scene(Array.from({ length: 400 }, () => file(2)));
    while (shown.surface.settle());
    const read = new Set<number>();
    for (const [at, each] of shown.files.entries()) {
      const { parts: own } = each;
      Object.defineProperty(each, "parts", {
        get: () => {
          read.add(at);
          return own;
        },
      });
    }
    const ways = navigation({ surface: shown.surface, url: "/x?", unfold: () => undefined });
    expect([await ways.stepFile(1), await ways.stepHunk(1)]).toEqual([true, true]);
    ways.sight();
    while (shown.surface.settle());
    expect(read.size).toBeGreaterThan(0);
    expect(Math.max(...read)).toBeLessThan(8);
  });
});

describe("going through a patch", () => {
  const going = (shown: Scene) => navigation({ surface: shown.surface, url: "/x?", unfold: () => undefined });

  test("hunk after hunk comes to each of them once, over the borders of files, and back", async () => {
    const shown = scene([file(3), file(2)]);
    const ways = going(shown);
    const lines: (string | undefined)[] = [];
    for (let go = await ways.stepHunk(1); go; go = await ways.stepHunk(1)) {
      const { path, line } = ways.sight();
      lines.push(`${path}:${line?.number}`);
    }
    expect(lines).toEqual(["f000.ts:1", "f000.ts:51", "f000.ts:101", "f001.ts:1", "f001.ts:51"]);
    expect(await ways.stepHunk(-1)).toBe(true);
    expect(ways.sight()).toMatchObject({ path: "f001.ts", line: { number: 1 } });
  });

  test("file after file, and to a line by its number", async () => {
    const shown = scene([file(30), file(30), file(1)]);
    const ways = going(shown);
    expect(await ways.stepFile(1)).toBe(true);
    expect(ways.sight().path).toBe("f001.ts");
    expect(await ways.stepFile(-1)).toBe(true);
    expect(ways.sight().path).toBe("f000.ts");
    expect(await ways.toLine("f001.ts", "new", 1203)).toBe(true);
    expect(ways.sight()).toMatchObject({ path: "f001.ts", line: { side: "new", number: 1203 } });
    expect(await ways.toLine("f001.ts", "new", 30)).toBe(false);
    expect(await ways.toFile("nowhere.ts")).toBe(false);
  });

  test("brings a line into the window by no more than it takes, and says where there is none", async () => {
    const shown = scene([file(30), file(30)]);
    const ways = going(shown);
    expect(ways.reveal("f000.ts", "new", 5)).toBe(true);
    expect(shown.surface.top).toBe(0);
    for (const line of [1203, 55]) {
      expect(ways.reveal("f000.ts", "new", line)).toBe(true);
      const texts = drawn(shown);
      expect(texts).toContain(`kept ${line}`);
      const { top, window } = shown.surface;
      const at = shown.surface.view(0, 0)?.lines.new.indexOf(line) ?? -1;
      const below = shown.surface.topOf({ file: 0, part: 0, row: at }) - top;
      expect(below >= 41 && below + 20 <= window).toBe(true);
    }
    expect([ways.reveal("f000.ts", "new", 30), ways.reveal("no.ts", "new", 1)]).toEqual([false, false]);
  });

  test("reads lines as they are shown, and none where one is missing", async () => {
    const ways = going(scene([file(2)]));
    const range = { path: "f000.ts", side: "new", from: 52, to: 53 } as const;
    expect(await ways.textOf(range)).toBe("kept 52\nkept 53");
    expect(await ways.textOf({ ...range, to: 70 })).toBeNull();
  });
});

describe("places with hidden content", () => {
  const hostile = (lines: number) => `${hunk(1, lines)}@@ -900,1 +900,1 @@\n+x\u202Ey\n`;

  test("probe: one counts as looked at when it stood in the window, not before", () => {
    const { files, surface } = scene([hostile(200), file(1)]);
    const spots = new Spots(files);
    spots.look(surface);
    expect(spots.looked).toEqual({ total: 1, left: 1 });
    expect(spots.next(surface, 0, -1)).toMatchObject({ file: 0, line: 202 });
    surface.pin({ file: 0, part: 0, row: 202 });
    spots.look(surface);
    expect(spots.looked).toEqual({ total: 1, left: 0 });
    expect(spots.next(surface, 0, -1)).toBeNull();
  });

  test("probe: a folded file shows nothing, so nothing in it was looked at", () => {
    const { files, surface } = scene([hostile(2)], new Set(["f000.ts"]));
    const spots = new Spots(files);
    spots.look(surface);
    expect(spots.looked.left).toBe(1);
  });

  test("probe: what hides at the end of a long line is looked at when that end was in the window", async () => {
    const shown = scene([`@@ -0,0 +1 @@\n+${"x".repeat(9000)}\u200B${"y".repeat(9)}\n`]);
    const spots = new Spots(shown.files);
    spots.look(shown.surface);
    expect(spots.looked.left).toBe(1);
    const next = spots.next(shown.surface, 0, -1);
    expect(next).toMatchObject({ line: 1, character: 9000 });
    const ways = navigation({ surface: shown.surface, url: "/x?", unfold: () => undefined });
    expect(await ways.toFileLine(0, 1, next?.character)).toBe(true);
    spots.look(shown.surface);
    expect(spots.looked.left).toBe(0);
  });
});
