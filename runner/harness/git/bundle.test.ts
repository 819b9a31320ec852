import { describe, expect, test } from "vitest";
import type { Execution } from "../execute.ts";
import { parseNumstat, readBundle } from "./bundle.ts";

const frame = (name: string, bytes: string) => `${name} 0 ${Buffer.byteLength(bytes)}\n${bytes}`;
const execution = (result: string, over: Partial<Execution> = {}): Execution => ({
  exit: { code: 0, signal: null, ended: "itself", milliseconds: 5 },
  result: Buffer.from(result),
  isResultCut: false,
  dropped: 0,
  tail: "",
  ...over,
});
const whole =
  frame("tree", "abc\n") + frame("numstat", "1\t2\ta.js\0") + frame("bundle", "# v2 git bundle\n");

describe("a bundle out of a sandbox", () => {
  test("comes with the files it changes", () => {
    const { bytes, files } = readBundle(execution(whole));
    expect(bytes.toString()).toBe("# v2 git bundle\n");
    expect(files).toEqual([{ path: "a.js", added: 1, removed: 2 }]);
  });

  test("one beyond the cap is refused by its size", () => {
    const result = frame("tree", "abc\n") + frame("oversized", "");
    expect(() => readBundle(execution(result))).toThrow("The patch is larger than 64 MB.");
  });

  test("a failure tells what git said", () => {
    const exit = { code: 70, signal: null, ended: "itself", milliseconds: 5 } as const;
    expect(() => readBundle(execution(frame("broken", "fatal: bad object"), { exit }))).toThrow(
      "fatal: bad object",
    );
  });

  test.each([
    ["more than a bundle", execution(whole + frame("bundle", "again"))],
    [
      "a bundle before its list of files",
      execution(frame("tree", "a") + frame("bundle", "x") + frame("numstat", "")),
    ],
    [
      "a failed exit",
      execution(whole, { exit: { code: 1, signal: null, ended: "itself", milliseconds: 5 } }),
    ],
    ["cut output", execution(whole, { isResultCut: true })],
    ["nothing", execution("")],
  ])("probe: %s is not taken", (_, wrong) => {
    expect(() => readBundle(wrong)).toThrow("The patch could not be bundled.");
  });
});

describe("the list of changed files", () => {
  test("knows binary files, and names with line feeds and tabs, made visible", () => {
    expect(parseNumstat(Buffer.from("-\t-\tlogo.png\0" + "3\t0\ta\nb\tc.js\0"))).toEqual([
      { path: "logo.png", added: 0, removed: 0 },
      { path: "a‹LF›b‹TAB›c.js", added: 3, removed: 0 },
    ]);
  });

  test("may be empty", () => {
    expect(parseNumstat(Buffer.alloc(0))).toEqual([]);
  });

  test("probe: something else is refused", () => {
    expect(() => parseNumstat(Buffer.from("one file changed\0"))).toThrow("not readable");
  });
});
