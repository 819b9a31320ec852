// Each way in which a test is loosened, in each language: one honest file, one change, what is said of it.
import { describe, expect, test } from "vitest";
import { judgeTests } from "./judge-tests.ts";

type Change = readonly [from: string, to: string];

async function said(path: string, before: string | null, after: string | null): Promise<string[]> {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
  const file = { path, previousPath: null, isHarness: false, before: bytes(before), after: bytes(after) };
  return (await judgeTests([file])).map(({ rule, test: name }) => (name === null ? rule : `${rule} ${name}`));
}

/** Put together here: in this repository no test is switched off, and a test looks for the words. */
const changedBy = (modifier: string, word = "test"): string => `${word}.${modifier}`;

const changed = (source: string, ...changes: readonly Change[]): string =>
  changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, source);

const JS = `import { describe, expect, test } from "vitest";
describe("sum", () => {
  test("adds", async () => {
    expect(sum(1, 2)).toBe(3);
    await expect(later(2)).resolves.toEqual({ a: 1 });
  });
  it("refuses", () => {
    assert.throws(() => sum("a"), /no number/);
    assert.strictEqual(sum(), 0);
  });
});
`;

const NAMED = (name: string, body: string) =>
  `test("${name}", async () => { ${body} });\ntest("other", () => { expect(1).toBe(1); });\n`;
const HOUR = "const a = await open(); now += HOUR; expect(await live(a)).toBe(null);";
const USED = "for (const each of sessions) { use(each); step(); } expect(stillThere(sessions)).toEqual([]);";

describe("a test that is written anew", () => {
  test("under a name that says more is the same test: what it was held to is compared", async () => {
    const before = NAMED("is over at its hour and not before", HOUR);
    const after = NAMED("is over at its hour and not before, however much it is used", USED);
    expect(await said("a.test.js", before, after)).not.toContain(
      "test_deleted is over at its hour and not before",
    );
    const emptied = NAMED("is over at its hour and not before, however much it is used", "await open();");
    expect((await said("a.test.js", before, emptied)).join()).toMatch(/assertions_none/);
  });

  test("under a name of which little is left is another, and the first one is gone", async () => {
    const after = NAMED("lives for ever", USED);
    expect(await said("a.test.js", NAMED("is over at its hour and not before", HOUR), after)).toEqual([
      "test_deleted is over at its hour and not before",
    ]);
  });
});

test("Playwright's hooks and steps are no tests of their own", async () => {
  const story = `test.beforeAll(async () => {});
test.afterAll(() => {});
test("a lead reviews", async ({ page }) => {
  await test.step("by the keyboard", async () => { await expect(page).toHaveTitle("x"); });
});
`;
  const file = {
    path: "e2e/a.spec.ts",
    previousPath: null,
    isHarness: false,
    before: Buffer.from(story),
    after: null,
  };
  expect(await judgeTests([file])).toMatchObject([
    { rule: "test_file_deleted", count: 1, before: "a lead reviews" },
  ]);
  const without = story.replace('await expect(page).toHaveTitle("x");', "");
  expect(await said("e2e/a.spec.ts", story, without)).toEqual(["assertions_none a lead reviews"]);
});

describe("tests of JavaScript", () => {
  test.each<[string, readonly Change[], string[]]>([
    ["a new name for the same test", [['"adds"', '"adds two numbers"']], []],
    ["one more assertion", [["toBe(3);", "toBe(3); expect(sum(0)).toBe(0);"]], []],
    [
      "a stronger assertion",
      [['assert.throws(() => sum("a"), /no number/);', 'assert.throws(() => sum("a"), /no number/); ']],
      [],
    ],
    ["a skip", [['test("adds"', `${changedBy("skip")}("adds"`]], ["test_skipped sum › adds"]],
    ["xit", [['it("refuses"', 'xit("refuses"']], ["test_skipped sum › refuses"]],
    ["a todo", [['test("adds"', `${changedBy("todo")}("adds"`]], ["test_skipped sum › adds"]],
    ["skip as an option", [['"adds", async', '"adds", { skip: true }, async']], ["test_skipped sum › adds"]],
    ["skip from inside", [["assert.throws", "this.skip(); assert.throws"]], ["test_skipped sum › refuses"]],
    [
      "a skipped suite, said once",
      [["describe(", `${changedBy("skip", "describe")}(`]],
      ["test_skipped sum"],
    ],
    [
      "a skipped suite put around",
      [
        ["describe(", `${changedBy("skip", "describe")}("other", () => describe(`],
        ["});\n});\n", "});\n}));\n"],
      ],
      ["test_skipped other"],
    ],
    ["only", [['test("adds"', `${changedBy("only")}("adds"`]], ["test_focused sum › adds"]],
    ["fdescribe", [['describe("sum', 'fdescribe("sum']], ["test_focused sum"]],
    ["an assertion less", [["assert.strictEqual(sum(), 0);", ""]], ["assertions_removed sum › refuses"]],
    [
      "no assertion left",
      [
        ["assert.strictEqual(sum(), 0);", ""],
        ['assert.throws(() => sum("a"), /no number/);', "sum(1);"],
      ],
      ["assertions_none sum › refuses"],
    ],
    ["a looser matcher", [["toBe(3)", "toBeTruthy()"]], ["assertion_weakened sum › adds"]],
    ["a negation", [["toBe(3)", "not.toBe(4)"]], ["assertion_weakened sum › adds"]],
    [
      "ok instead of equal",
      [["assert.strictEqual(sum(), 0)", "assert.ok(sum() === 0 || true)"]],
      ["assertion_weakened sum › refuses"],
    ],
    ["anything of a kind", [["{ a: 1 }", "{ a: expect.any(Number) }"]], ["assertion_weakened sum › adds"]],
    ["no message of the error", [[", /no number/", ""]], ["assertion_weakened sum › refuses"]],
    ["a subject written out", [["expect(sum(1, 2))", "expect(3)"]], ["assertion_weakened sum › adds"]],
    ["another value", [["toBe(3)", "toBe(4)"]], ["expected_changed sum › adds"]],
    [
      "a try around it",
      [["expect(sum(1, 2)).toBe(3);", "try { expect(sum(1, 2)).toBe(3); } catch { sum(); }"]],
      ["assertion_swallowed sum › adds"],
    ],
    [
      "a forgotten promise",
      [
        [
          "await expect(later(2)).resolves.toEqual({ a: 1 })",
          "await expect(later(2)).resolves.toEqual({ a: 1 }).catch(() => {})",
        ],
      ],
      ["assertion_swallowed sum › adds"],
    ],
    [
      "a condition",
      [["expect(sum(1, 2))", "if (process.env.CI) expect(sum(1, 2))"]],
      ["assertion_conditional sum › adds"],
    ],
    [
      "a condition never met",
      [["expect(sum(1, 2))", "if (false) expect(sum(1, 2))"]],
      ["assertion_unreachable sum › adds"],
    ],
    [
      "a return before it",
      [["assert.strictEqual", "return; assert.strictEqual"]],
      ["assertion_unreachable sum › refuses"],
    ],
    ["retries", [['"adds", async', '"adds", { retry: 3 }, async']], ["retries_added"]],
    [
      "an overwritten library",
      [["describe(", "assert.strictEqual = () => {};\ndescribe("]],
      ["library_overwritten"],
    ],
    [
      "an exit that says well",
      [["describe(", "afterAll(() => process.exit(0));\ndescribe("]],
      ["exit_swallowed"],
    ],
    [
      "a deleted test",
      [[JS.slice(JS.indexOf("  it("), JS.lastIndexOf("});")), ""]],
      ["test_deleted sum › refuses"],
    ],
    ["what no longer parses", [["describe(", "describe((("]], ["unreadable"]],
  ])("%s", async (_, changes, rules) => {
    expect(await said("test/sum.test.ts", JS, changed(JS, ...changes))).toEqual(rules);
  });

  test("a file that is gone says how many went with it; a new one says nothing", async () => {
    expect(await said("test/sum.test.ts", JS, null)).toEqual(["test_file_deleted"]);
    expect(await said("test/sum.test.ts", null, JS)).toEqual([]);
  });

  test("what is new and skipped is mentioned, what is new and focused keeps others from running", async () => {
    const more = (line: string) => `${JS}${line}("new", () => { expect(1 + a).toBe(2); });\n`;
    expect(await said("a.spec.js", JS, more(changedBy("skip")))).toEqual(["skipped_when_new new"]);
    expect(await said("a.spec.js", JS, more(changedBy("only")))).toEqual(["test_focused new"]);
  });

  test("probe: a test file renamed to what nobody runs is gone, whatever it holds; one that stays a test is not", async () => {
    const content = Buffer.from(JS);
    const renamed = (path: string) =>
      judgeTests([{ path, previousPath: "a.test.js", isHarness: true, before: content, after: content }]);
    for (const path of ["notes/a.txt", "a.js", "a.test.js.bak"])
      expect(await renamed(path)).toMatchObject([{ rule: "test_file_deleted", path: "a.test.js", count: 2 }]);
    expect(await renamed("b.test.js")).toEqual([]);
  });

  test("names written by another file are a moved test, held to what it was held to", async () => {
    const files = [
      { path: "a.test.ts", before: Buffer.from(JS), after: null },
      { path: "b.test.ts", before: null, after: Buffer.from(JS.replace("toBe(3)", "toBeTruthy()")) },
    ].map((file) => ({ ...file, previousPath: null, isHarness: false }));
    expect((await judgeTests(files)).map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      "test_moved b.test.ts",
      "assertion_weakened b.test.ts",
      "test_moved b.test.ts",
    ]);
  });
});

const PY = `import pytest

class TestSum:
    def test_adds(self):
        assert add(1, 2) == 3
        with pytest.raises(ValueError, match="no"):
            add("a")

def test_refuses():
    self.assertEqual(add(), 0)
`;

describe("tests of Python", () => {
  test.each<[string, readonly Change[], string[]]>([
    [
      "a mark",
      [["def test_refuses", '@pytest.mark.skip(reason="later")\ndef test_refuses']],
      ["test_skipped test_refuses"],
    ],
    [
      "a failure that is expected",
      [["    def test_adds", "    @pytest.mark.xfail\n    def test_adds"]],
      ["test_skipped TestSum › test_adds"],
    ],
    [
      "a skip from inside",
      [["self.assertEqual", "pytest.skip('x'); self.assertEqual"]],
      ["test_skipped test_refuses"],
    ],
    [
      "the whole file",
      [["import pytest", "import pytest\npytestmark = pytest.mark.skip"]],
      ["test_skipped the whole file"],
    ],
    ["only truth", [["add(1, 2) == 3", "add(1, 2)"]], ["assertion_weakened TestSum › test_adds"]],
    ["another value", [["== 3", "== 4"]], ["expected_changed TestSum › test_adds"]],
    [
      "a looser method",
      [["assertEqual(add(), 0)", "assertIsNotNone(add())"]],
      ["assertion_weakened test_refuses"],
    ],
    [
      "an except that passes",
      [
        [
          "    self.assertEqual(add(), 0)",
          "    try:\n        self.assertEqual(add(), 0)\n    except Exception:\n        pass",
        ],
      ],
      ["assertion_swallowed test_refuses"],
    ],
    [
      "a return before it",
      [["    self.assertEqual", "    return\n    self.assertEqual"]],
      ["assertion_unreachable test_refuses"],
    ],
    ["retries", [["def test_refuses", "@pytest.mark.flaky(reruns=3)\ndef test_refuses"]], ["retries_added"]],
    ["an exit that says well", [["import pytest", "import pytest, sys\nsys.exit(0)"]], ["exit_swallowed"]],
    [
      "a deleted test",
      [["def test_refuses():\n    self.assertEqual(add(), 0)\n", ""]],
      ["test_deleted test_refuses"],
    ],
    [
      "one test more",
      [["def test_refuses", "def test_more():\n    assert add(9) == 9\n\ndef test_refuses"]],
      [],
    ],
  ])("%s", async (_, changes, rules) => {
    expect(await said("tests/test_sum.py", PY, changed(PY, ...changes))).toEqual(rules);
  });
});

const GO = `package sum

func TestAdds(t *testing.T) {
	if got := Add(1, 2); got != 3 {
		t.Errorf("got %d", got)
	}
	t.Run("nothing", func(t *testing.T) {
		require.Equal(t, 0, Add())
	})
}
`;
const JAVA = `class SumTest {
  @Test void adds() {
    assertEquals(3, sum(1, 2));
    assertThat(sum()).isEqualTo(0);
  }
}
`;

describe("tests of Go and Java", () => {
  test.each<[string, string, readonly Change[], string[]]>([
    ["a skip", "sum_test.go", [["\tif got", '\tt.Skip("flaky")\n\tif got']], ["test_skipped TestAdds"]],
    ["another condition", "sum_test.go", [["got != 3", "got == 99"]], ["assertion_replaced TestAdds"]],
    ["no failure", "sum_test.go", [['t.Errorf("got %d", got)', "_ = got"]], ["assertions_none TestAdds"]],
    [
      "a looser function",
      "sum_test.go",
      [["require.Equal(t, 0, Add())", "require.NotNil(t, Add())"]],
      ["assertion_weakened TestAdds › nothing"],
    ],
    ["another message", "sum_test.go", [["got %d", "have %d"]], []],
    [
      "an annotation",
      "SumTest.java",
      [["@Test void", '@Disabled("x") @Test void']],
      ["test_skipped SumTest › adds"],
    ],
    [
      "a looser method",
      "SumTest.java",
      [["isEqualTo(0)", "isNotNull()"]],
      ["assertion_weakened SumTest › adds"],
    ],
    [
      "another value",
      "SumTest.java",
      [["assertEquals(3", "assertEquals(4"]],
      ["expected_changed SumTest › adds"],
    ],
    [
      "a catch",
      "SumTest.java",
      [
        [
          "assertEquals(3, sum(1, 2));",
          "try { assertEquals(3, sum(1, 2)); } catch (Throwable e) { log(e); }",
        ],
      ],
      ["assertion_swallowed SumTest › adds"],
    ],
    ["retries", "SumTest.java", [["@Test void", "@RetryingTest(3) void"]], ["retries_added"]],
  ])("%s in %s", async (_, path, changes, rules) => {
    const source = path.endsWith(".go") ? GO : JAVA;
    expect([...new Set(await said(path, source, changed(source, ...changes)))].slice(0, 1)).toEqual(rules);
  });

  test("files in languages that are not read are said to be left to people", async () => {
    expect(await said("spec/sum_spec.rb", "a", "b")).toEqual(["not_analysed"]);
    expect(await said("__snapshots__/a.snap", "a", "b")).toEqual(["snapshot_edited"]);
  });
});
