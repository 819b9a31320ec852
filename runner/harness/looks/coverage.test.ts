import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverageOf } from "./coverage.ts";

const TEXT = `export function sum(a, b) {
  if (a === 0) {
    return b;
  }

  // adds
  return a + b;
}
`;
const at = (part: string): number => TEXT.indexOf(part);
const changed = [{ path: "src/sum.js", text: TEXT, hunks: [[1, 8]] as [number, number][] }];
const whole = (count: number): [number, number, number] => [0, TEXT.length, count];
const branch = (count: number): [number, number, number] => [at("{\n    return b"), at("\n\n  //"), count];
const counted = (...ranges: [number, number, number][]) => [{ path: "src/sum.js", ranges }];

describe("changed lines that ran", () => {
  test("are those that the innermost range around them counts, without empty lines, comments and closing brackets", () => {
    expect(coverageOf(changed, counted(whole(1), branch(0)))).toEqual({
      ...{ method: "v8", lines: 4, executed: 3 },
      files: [{ path: "src/sum.js", lines: 4, executed: 3 }],
    });
    expect(coverageOf(changed, counted(branch(2), whole(0)))).toMatchObject({ lines: 4, executed: 2 });
  });

  test("ran where one process of several ran them", () => {
    const both = [...counted(whole(0)), ...counted(whole(1), branch(0))];
    expect(coverageOf(changed, both)).toMatchObject({ executed: 3 });
  });

  test("did not run where the file was never loaded", () => {
    expect(coverageOf(changed, [])).toMatchObject({ lines: 4, executed: 0 });
  });

  test("are those the patch changed, no others", () => {
    const [one] = changed;
    if (!one) throw new Error("nothing is changed");
    expect(coverageOf([{ ...one, hunks: [[7, 1]] }], counted(whole(1)))).toMatchObject({
      lines: 1,
      executed: 1,
    });
  });

  const LETTERS = "a\n".repeat(40);
  const letters = [{ path: "src/sum.js", text: LETTERS, hunks: [[1, 40]] as [number, number][] }];
  const executedOf = (all: [number, number, number][][]) =>
    coverageOf(
      letters,
      all.map((ranges) => ({ path: "src/sum.js", ranges })),
    )?.executed;
  /** Each within the one before it, or behind it in the one around both. */
  const nested = (steps: readonly (readonly [number, number, boolean, boolean])[]) => {
    const ranges: [number, number, number][] = [[0, LETTERS.length, 1]];
    let [from, end] = [0, LETTERS.length];
    for (const [skip, length, isInside, runs] of steps) {
      const start = Math.min(from + skip, end);
      const to = Math.min(start + length, end);
      ranges.push([start, to, runs ? 1 : 0]);
      [from, end] = isInside ? [start, to] : [to, end];
    }
    return ranges;
  };

  test("are the same as when every character is painted by range after range, from the outermost in", () => {
    const step = fc.tuple(fc.nat(9), fc.nat(60), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 12 }), { minLength: 1, maxLength: 3 }), (all) => {
        const processes = all.map(nested);
        const ran = new Set<number>();
        for (const ranges of processes) {
          const painted = new Uint8Array(LETTERS.length);
          for (const [from, to, count] of ranges.toSorted(([a, b], [c, d]) => a - c || d - b))
            painted.fill(count, from, to);
          for (let line = 0; line < 40; line++) if (painted[2 * line]) ran.add(line);
        }
        expect(executedOf(processes)).toBe(ran.size);
      }),
    );
  });

  test("probe: are summed up of as many ranges and processes as fit", () => {
    const text = "a\n".repeat(250_000);
    const changed = [{ path: "src/sum.js", text, hunks: [[1, 250_000]] as [number, number][] }];
    const ranges = Array.from({ length: 200_000 }, (_, n): [number, number, number] => [n, text.length, 1]);
    const processes = Array.from(
      { length: 10_000 },
      () => [[0, text.length, 1]] as [number, number, number][],
    );
    const counted = [ranges, ...processes].map((each) => ({ path: "src/sum.js", ranges: each }));
    expect(coverageOf(changed, counted)).toMatchObject({ executed: 250_000 });
  });

  test("probe: are told from empty ones at once, however long a line is", () => {
    const text = `${" ".repeat(400_000)}a()`;
    const long = [{ path: "src/sum.js", text, hunks: [[1, 1]] as [number, number][] }];
    expect(coverageOf(long, [])).toMatchObject({ lines: 1, executed: 0 });
  });

  test("probe: are not guessed from counts of another text", () => {
    expect(coverageOf(changed, counted([0, 10, 1]))).toBeNull();
    expect(coverageOf(changed, [{ path: "elsewhere.js", ranges: [whole(1)] }])).toBeNull();
  });
});
