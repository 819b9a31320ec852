// pytest, with plain assert statements (rewritten by it), pytest.raises, and unittest's methods.
import type { Framework, TestSource } from "./framework.ts";
import { byFile } from "./scripts.ts";

/** Methods of unittest.TestCase, each with arguments that must fail. */
const METHODS: Readonly<Record<string, string>> = {
  assertEqual: "1, 2",
  assertNotEqual: "1, 1",
  assertTrue: "False",
  assertFalse: "True",
  assertIs: "1, None",
  assertIsNone: "1",
  assertIsNotNone: "None",
  assertIn: "1, []",
  assertNotIn: "1, [1]",
  assertIsInstance: "1, str",
  assertGreater: "1, 2",
  assertLess: "2, 1",
  assertAlmostEqual: "1, 2",
  assertDictEqual: "{}, {1: 1}",
  assertListEqual: "[], [1]",
  assertRegex: '"a", "b"',
  assertRaises: "ValueError, int",
  fail: "",
};

const FILE = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/;

export const pytest: Framework = {
  name: "pytest",
  recognises: ({ path, text }, command) =>
    FILE.test(path) && /\bpytest\b|py\.test/.test(command) && /def test|class \w*Test/.test(text),
  plant(source, token) {
    const cases = casesOf(source);
    const named = cases.map(({ of, lines }) => ({ name: `test_${token}_${of}`, lines }));
    const functions = named.map(({ name, lines }) => [
      `def ${name}():`,
      ...lines.map((line) => `    ${line}`),
    ]);
    return {
      text: `${[source.text, ...functions.map((lines) => lines.join("\n"))].join("\n\n\n")}\n`,
      names: named.map(({ name }) => name),
    };
  },
  among: byFile,
};

function casesOf({ text }: TestSource): { of: string; lines: string[] }[] {
  const methods = Object.keys(METHODS).filter((method) => new RegExp(`\\.${method}\\b`).test(text));
  return [
    { of: "throws", lines: ['raise RuntimeError("as it must")'] },
    { of: "assert", lines: ["one = 1", "assert one == 2"] },
    ...(/\bpytest\.raises\b/.test(text)
      ? [{ of: "raises", lines: ["import pytest", "with pytest.raises(ValueError):", "    pass"] }]
      : []),
    ...methods.map((method) => ({
      of: method,
      lines: ["import unittest", `unittest.TestCase().${method}(${METHODS[method]})`],
    })),
  ];
}
