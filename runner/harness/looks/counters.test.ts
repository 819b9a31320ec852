import { describe, expect, test } from "vitest";
import { countingOf } from "./counters.ts";
import { CountedLines, coverageOfLines } from "./coverage.ts";

const lineOf = (...asked: Parameters<typeof countingOf>) => countingOf(...asked)?.argv.at(2);

describe("the command that counts", () => {
  test.each([
    [
      "vitest",
      ["node_modules/.bin/vitest", "run", "--reporter=junit"],
      /^node_modules\/\.bin\/vitest --coverage\.enabled=true .* run --reporter=junit$/,
    ],
    ["jest", ["npx", "jest", "--ci", "a b"], /^npx jest --coverageReporters=json .* --ci 'a b'$/],
    ["pytest", ["python3", "-m", "pytest", "-q"], /^python3 -m coverage run .* -m pytest -q$/],
    [
      "go_test",
      ["go", "test", "-json", "./..."],
      /^go test -coverpkg=\.\/\.\.\. -coverprofile=\/work\/out\/coverage\/go\.out -json \.\/\.\.\.$/,
    ],
  ] as const)("of %s is the charter's with flags more", (name, argv, line) => {
    expect(lineOf([name], argv)).toMatch(line);
  });

  test("of a package script is that script, with what came before it and its arguments", () => {
    const script = ["sh", "-c", "(tsc) && (vitest run)", "test", "--x"];
    expect(countingOf(["vitest"], script)?.argv).toEqual([
      ...[
        "sh",
        "-c",
        expect.stringMatching(/^\(tsc\) && \(vitest --coverage\.enabled=true .* run\)$/),
        "test",
        "--x",
      ],
    ]);
  });

  test("makes coverage.py say what it counted, into the harness's folder, by a configuration that is nobody's", () => {
    expect(countingOf(["pytest"], ["python3", "-m", "pytest"])?.after).toBe(
      "python3 -m coverage json --rcfile=/dev/null --data-file=/work/out/coverage/data -o /work/out/coverage/coverage.json",
    );
  });

  test.each([
    ["a runner of go test that we do not know", ["go_test"], ["gotestsum", "--junitfile", "r.xml"]],
    ["JUnit", ["junit"], ["mvn", "test"]],
    ["a word that only holds the name", ["jest"], ["./run-jest-like", "jestify"]],
  ] as const)("is none for %s", (_, frameworks, argv) => {
    expect(countingOf(frameworks, argv)).toBeNull();
  });
});

const TEXT = "def add(a, b):\n    if a:\n        return a + b\n    return b\n\n# end\n";
const changed = [{ path: "sums.py", text: TEXT, hunks: [[1, 6]] as [number, number][] }];
const counted = (...spans: [number, number, number][]) => [{ path: "sums.py", spans }];

describe("changed lines by a framework's counter", () => {
  test("take the count of the shortest span around them; what no span is about is left out", () => {
    expect(coverageOfLines(changed, counted([1, 4, 1], [3, 3, 0]), "coverage_py")).toEqual({
      ...{ method: "coverage_py", lines: 4, executed: 3 },
      files: [{ path: "sums.py", lines: 4, executed: 3 }],
    });
    expect(coverageOfLines(changed, counted([1, 1, 1]), "go")).toMatchObject({ lines: 1, executed: 1 });
  });

  test("beyond the end of the file, or the wrong way round, are about nothing; nested ones are each about their own", () => {
    const nested = counted([1, 4, 1], [2, 3, 0], [3, 3, 2], [9, 12, 5], [4, 2, 7]);
    expect(coverageOfLines(changed, nested, "coverage_py")).toMatchObject({ lines: 4, executed: 3 });
  });

  test("probe: as many spans as fit over as many lines as fit are summed up all the same", () => {
    const text = "a\n".repeat(200_000);
    const spans = Array.from({ length: 200_000 }, (_, n): [number, number, number] => [1, 200_000 + n, 1]);
    const long = [{ path: "sums.py", text, hunks: [[1, 200_000]] as [number, number][] }];
    expect(coverageOfLines(long, [{ path: "sums.py", spans }], "coverage_py")).toMatchObject({
      executed: 200_000,
    });
  });

  test("probe: of a file that tells the counter what to leave out, what is left out did not run", () => {
    const [file] = changed;
    const hiding = [
      {
        ...file,
        path: "sums.py",
        text: TEXT.replace("# end", "# pragma: no cover"),
        hunks: [[1, 6]] as [number, number][],
      },
    ];
    expect(coverageOfLines(hiding, counted([1, 1, 1]), "coverage_py")).toMatchObject({
      lines: 4,
      executed: 1,
    });
  });

  test("probe: of a file that was never loaded did not run", () => {
    expect(coverageOfLines(changed, [], "jest")).toMatchObject({ lines: 4, executed: 0 });
  });

  test("probe: what is no list of spans is nothing", () => {
    expect(CountedLines.safeParse([{ path: "a", spans: [[0, -1, "x"]] }]).success).toBe(false);
    expect(CountedLines.parse(null)).toBeNull();
  });
});
