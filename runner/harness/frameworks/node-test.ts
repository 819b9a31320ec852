// Node's own runner with node:assert. The default object and the named functions are told apart: either can be replaced alone.
import { type Framework, MOST_ASSERTIONS, type TestSource } from "./framework.ts";
import { byFile, type Case, identifier, isModule, isScript, planted, takesFrom, usedOf } from "./scripts.ts";

const ASSERTS = ["node:assert", "node:assert/strict", "assert", "assert/strict"];

/** Arguments with which each function must throw. */
const FAILING: Readonly<Record<string, string>> = {
  ok: "false",
  equal: "1, 2",
  strictEqual: "1, 2",
  deepEqual: "[1], [2]",
  deepStrictEqual: "[1], [2]",
  partialDeepStrictEqual: "{ a: 1 }, { a: 2 }",
  notEqual: "1, 1",
  notStrictEqual: "1, 1",
  notDeepEqual: "[1], [1]",
  notDeepStrictEqual: "[1], [1]",
  throws: "() => {}",
  doesNotThrow: '() => { throw new Error("as it must") }',
  rejects: "async () => {}",
  doesNotReject: 'async () => { throw new Error("as it must") }',
  match: '"a", /b/',
  doesNotMatch: '"a", /a/',
  ifError: 'new Error("as it must")',
  fail: "",
};

export const nodeTest: Framework = {
  name: "node_test",
  recognises: (source) => isScript(source) && takesFrom(source.text, ["node:test", "test"]),
  plant(source, token) {
    const asserts = ASSERTS.filter((module) => takesFrom(source.text, [module]));
    const names = new Map(asserts.map((module, index) => [module, identifier(token, `assert${index}`)]));
    const test = identifier(token, "test");
    const head = isModule(source)
      ? [
          `import { test as ${test} } from "node:test";`,
          ...asserts.map((module) => `import * as ${names.get(module)} from "${module}";`),
        ]
      : [
          `const { test: ${test} } = require("node:test");`,
          ...asserts.map((module) => `const ${names.get(module)} = { default: require("${module}") };`),
        ];
    const cases = [...names].flatMap(([module, name]) => casesOf(source, module, name));
    return planted(source, token, {
      ...{ head: head.join("\n"), test },
      cases: [
        { of: "throws", statement: 'throw new Error("as it must");' },
        ...cases.slice(0, MOST_ASSERTIONS),
      ],
    });
  },
  among: byFile,
};

function casesOf(source: TestSource, module: string, name: string): Case[] {
  const used = usedOf(source.text, Object.keys(FAILING));
  const called = used.flatMap((assertion) => {
    const call = (way: string) => `await ${name}.${way}${assertion}(${FAILING[assertion]});`;
    const whole = { of: `${module} ${assertion}`, statement: call("default.") };
    return isModule(source) ? [whole, { of: `${module} named ${assertion}`, statement: call("") }] : [whole];
  });
  return [{ of: `${module} itself`, statement: `${name}.default(false);` }, ...called];
}
