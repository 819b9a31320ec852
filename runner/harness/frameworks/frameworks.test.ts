import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { readCanaries } from "../canary/read.ts";
import type { TestSource } from "./framework.ts";
import { FRAMEWORKS, frameworkOf } from "./registry.ts";

const TOKEN = "canary_0123456789ab";
const source = (path: string, text: string): TestSource => ({ path, text });
const planted = (of: TestSource, command = "") => {
  const framework = frameworkOf(of, command);
  if (framework === null) throw new Error("its framework is not known");
  return { framework, ...framework.plant(of, TOKEN) };
};

const JEST = source("src/sum.test.js", 'test("adds", () => { expect(sum(1, 2)).toBe(3); });\n');
const PYTEST = source(
  "tests/test_sum.py",
  `import unittest
import pytest
def test_adds():
    assert 1 + 2 == 3
    with pytest.raises(ValueError):
        raise ValueError()
class TestSum(unittest.TestCase):
    def test_more(self):
        self.assertEqual(1, 1)
`,
);
const GO = source(
  "pkg/sum/sum_test.go",
  `package sum

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAdds(t *testing.T) { require.Equal(t, 3, Sum(1, 2)) }
`,
);
const JUNIT = source(
  "src/test/java/org/acme/SumTest.java",
  `package org.acme;
import org.junit.jupiter.api.Test;
import static org.junit.jupiter.api.Assertions.assertEquals;
class SumTest {
  @Test void adds() { assertEquals(3, Sum.of(1, 2)); }
}
`,
);

describe("the framework of a test file", () => {
  test.each([
    [
      "node_test",
      source("a.test.js", 'import { test } from "node:test";\ntest("a", () => {});'),
      "make check",
    ],
    ["node_test", source("a.test.cjs", 'const { it } = require("node:test");\nit("a", () => {});'), ""],
    ["vitest", source("a.test.ts", 'import { test } from "vitest";\ntest("a", () => {});'), ""],
    ["vitest", source("a.test.ts", 'test("a", () => {});'), "vitest run"],
    ["jest", JEST, "node_modules/.bin/jest --ci"],
    ["pytest", PYTEST, "python3 -m pytest --junitxml=report.xml"],
    ["go_test", GO, "gotestsum --junitfile report.xml"],
    ["junit", JUNIT, "java -jar console.jar"],
  ])("is %s", (name, of, command) => {
    expect(frameworkOf(of, command)?.name).toBe(name);
  });

  test.each([
    ["a script that nothing says anything of", JEST, "mocha"],
    [
      "a module without tests",
      source("test/scene.js", 'import { mock } from "node:test";\nexport const a = 1;'),
      "",
    ],
    ["a python file that is none", source("tests/scene.py", "def test_x(): pass"), "pytest"],
    ["text", source("README.md", 'test("a")'), "vitest"],
  ])("is not known of %s", (_, of, command) => {
    expect(frameworkOf(of, command)).toBeNull();
  });

  test("is one module each", () => {
    expect(new Set(FRAMEWORKS.map(({ name }) => name)).size).toBe(FRAMEWORKS.length);
  });
});

describe("what is planted", () => {
  test("covers each assertion function the file uses, both ways it can be taken from its module", () => {
    const { names } = planted(
      source(
        "a.test.mjs",
        'import assert, { deepEqual } from "node:assert/strict";\nimport { test } from "node:test";\ntest("a", () => { assert.equal(1, 1); deepEqual([], []); });',
      ),
    );
    expect(names.map((name) => name.replace(`${TOKEN} `, ""))).toEqual([
      ...["throws", "node:assert/strict itself"],
      ...["node:assert/strict equal", "node:assert/strict named equal"],
      ...["node:assert/strict deepEqual", "node:assert/strict named deepEqual"],
    ]);
  });

  test("does not run less because the file runs some of its tests only", () => {
    const { text } = planted(
      source("a.test.js", 'import { test } from "vitest";\ntest.only("a", () => {});'),
    );
    expect(text).toContain(`_test.only("${TOKEN} throws"`);
  });

  test("in Go takes what the file has imported, and fails rather than panics", () => {
    const { text, names, framework } = planted(GO);
    expect(names).toEqual([`Test_${TOKEN}_fails`, `Test_${TOKEN}_errors`, `Test_${TOKEN}_require_Equal`]);
    expect(text).toContain(`func Test_${TOKEN}_require_Equal(t *testing.T) { require.Equal(t, 1, 2) }`);
    const isOf = (test: string, path = GO.path) => framework.among([test])(path);
    expect(isOf("example.org/x/pkg/sum › TestAdds")).toBe(true);
    expect(isOf("example.org/x/pkg/other › TestAdds")).toBe(false);
    expect(isOf("example.org/x/mypkg/sum › TestAdds")).toBe(false);
    expect(isOf("example.org/x › TestAdds", "sum_test.go")).toBe(true);
  });

  test.each([
    ['import "testing"', "testing"],
    ['import check "testing"', "check"],
    ['import (\n\t"testing"\n)', "testing"],
    ['import (\n\tcheck "testing"\n)', "check"],
  ])("in Go knows what the file calls its testing package: %j", (imports, name) => {
    const { text } = planted(source("a_test.go", `package a\n\n${imports}\n\nfunc TestA(t *${name}.T) {}\n`));
    expect(text).toContain(`_fails(t *${name}.T) {`);
  });

  test("in Go does not stand in a file of examples that lacks the testing package: it could not be built", () => {
    const examples = 'package a\n\nimport "fmt"\n\nfunc ExampleA() { fmt.Println(1) }\n';
    expect(frameworkOf(source("a_test.go", examples), "go test ./...")).toBeNull();
  });

  test("in Java stands inside the class", () => {
    const { text, names, framework } = planted(JUNIT);
    expect(names).toEqual([`${TOKEN}_throws`, `${TOKEN}_assertEquals`]);
    expect(text.trim()).toMatch(/assertEquals\(1, 2\); \}\n\}$/);
    expect(text.match(/\{/g)).toHaveLength(text.match(/\}/g)?.length ?? 0);
    const isOf = (test: string) => framework.among([test])(JUNIT.path);
    expect(isOf("org.acme.SumTest › adds()")).toBe(true);
    expect(isOf("JUnit Jupiter › SumTest › adds()")).toBe(true);
    expect(isOf("org.acme.OtherTest › adds()")).toBe(false);
    expect(isOf("umTest › adds()")).toBe(false);
  });

  test("in every language is found again in a report, and is none of its tests afterwards", () => {
    for (const [of, command] of [
      [JEST, "jest"],
      [PYTEST, "pytest"],
      [GO, ""],
      [JUNIT, ""],
    ] as const) {
      const { names, framework, text } = planted(of, command);
      const own = { id: `${of.path} › own`, outcome: "passed" as const, failure: null };
      const cases = [
        own,
        ...names.map((name) => ({ id: `somewhere › ${name}`, outcome: "failed" as const, failure: null })),
      ];
      const planting = { token: TOKEN, files: [{ path: of.path, framework, text, names }] };
      const { canary, report, silent } = readCanaries({ cases }, planting);
      expect(canary).toEqual({ files: 1, planted: names.length, failed: names.length, silent: [] });
      expect([report.cases, silent]).toEqual([[own], []]);
      const passing = cases.map((each, index) =>
        index === 1 ? { ...each, outcome: "passed" as const } : each,
      );
      expect(readCanaries({ cases: passing }, planting).silent).toEqual([of.path]);
    }
  });
});

describe("a file whose canaries are not reported", () => {
  const { names, framework, text } = planted(JEST, "jest");
  const planting = { token: TOKEN, files: [{ path: JEST.path, framework, text, names }] };
  const own = (outcome: "passed" | "failed") => ({ id: `${JEST.path} › adds`, outcome, failure: null });

  test("probe: is silent where tests of it passed", () => {
    expect(readCanaries({ cases: [own("passed")] }, planting).silent).toEqual([JEST.path]);
  });

  test("is none where nothing of it passed: it did not run, or could not be loaded", () => {
    expect(readCanaries({ cases: [own("failed")] }, planting).canary).toEqual({
      ...{ files: 0, planted: 0, failed: 0, silent: [] },
    });
    expect(readCanaries({ cases: [] }, planting).canary.files).toBe(0);
  });
});

test("what is planted into a script is a script", () => {
  for (const [of, command] of [
    [JEST, "jest"],
    [source("a.test.cjs", 'const { it } = require("node:test");\nit("a", () => {});'), ""],
  ] as const) {
    const { text } = planted(of, command);
    execFileSync(process.execPath, ["--check", "--input-type=commonjs", "-"], { input: text });
  }
});
