// Go's testing package. A report (gotestsum, go-junit-report) names packages, not files; a panic would end the package's
// other tests, so failing is what its canaries do.
import { posix } from "node:path";
import { fileOf } from "#lib/test-reports/test-ids.ts";
import { endingsOf } from "./beginnings.ts";
import type { Framework } from "./framework.ts";

/** Functions of testify's assert and require, each with arguments that must fail. */
const TESTIFY: Readonly<Record<string, string>> = {
  Equal: "t, 1, 2",
  NotEqual: "t, 1, 1",
  True: "t, false",
  False: "t, true",
  Nil: "t, 1",
  NotNil: "t, nil",
  NoError: 't, errors.New("as it must")',
  Error: "t, nil",
  Contains: 't, "a", "b"',
  Len: "t, []int{1}, 2",
  Empty: "t, []int{1}",
};
const MODULE = /"github\.com\/stretchr\/testify\/(assert|require)"/g;

export const goTest: Framework = {
  name: "go_test",
  // One of examples alone may do without the package that canaries take: with one it could not be built, nor its package.
  recognises: ({ path, text }) =>
    path.endsWith("_test.go") && text.includes('"testing"') && /^func (?:Test|Example|Fuzz)\w*\(/m.test(text),
  plant({ text }, token) {
    const name = (of: string) => `Test_${token}_${of}`;
    const canary = (of: string, statement: string) => ({
      name: name(of),
      text: `func ${name(of)}(t *${testing(text)}.T) { ${statement} }`,
    });
    const modules = [...text.matchAll(MODULE)].map(([, module = ""]) => module);
    const cases = [
      canary("fails", 't.Fatal("as it must")'),
      canary("errors", 't.Error("as it must")'),
      ...modules.flatMap((module) =>
        Object.entries(TESTIFY)
          .filter(([use]) => new RegExp(`\\b${module}\\.${use}\\(`).test(text))
          // What an appended function needs must be imported already: Go's imports stand at the top.
          .filter(([, given]) => !given.includes("errors.") || /^\s*"errors"$/m.test(text))
          .map(([use, given]) => canary(`${module}_${use}`, `${module}.${use}(${given})`)),
      ),
    ];
    return {
      text: [text, ...cases.map((each) => each.text), ""].join("\n"),
      names: cases.map((each) => each.name),
    };
  },
  among: (tests) => {
    const endsOne = endingsOf(tests.map((test) => `/${fileOf(test)}`));
    return (path) => {
      const folder = posix.dirname(path);
      return folder === "." ? tests.length > 0 : endsOne(`/${folder}`);
    };
  },
};

/** What the file calls the package `testing`. */
const testing = (text: string): string =>
  /^\s*(?:import\s+)?(?!import\b)(\w+)\s+"testing"$/m.exec(text)?.[1] ?? "testing";
