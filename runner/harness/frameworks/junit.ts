// JUnit 4 and 5. Java's methods stand inside a class, so canaries go before the brace that ends the file's last one.
import { ID_SEPARATOR } from "#lib/test-reports/test-ids.ts";
import type { Framework } from "./framework.ts";

/** Assertion functions, each with arguments that must fail. */
const FAILING: Readonly<Record<string, string>> = {
  assertEquals: "1, 2",
  assertNotEquals: "1, 1",
  assertTrue: "false",
  assertFalse: "true",
  assertNull: '"a"',
  assertNotNull: "null",
  assertSame: '"a", "b"',
  assertArrayEquals: "new int[] {1}, new int[] {2}",
  assertThrows: "RuntimeException.class, () -> {}",
  fail: "",
};
/** Of matchers that stand beside JUnit, each where the file imports it. */
const BESIDE: readonly { readonly of: string; readonly module: RegExp; readonly statement: string }[] = [
  {
    ...{ of: "hamcrest", module: /\borg\.hamcrest\./ },
    statement: "org.hamcrest.MatcherAssert.assertThat(1, org.hamcrest.CoreMatchers.is(2));",
  },
  {
    ...{ of: "assertj", module: /\borg\.assertj\.core\.api\./ },
    statement: "org.assertj.core.api.Assertions.assertThat(1).isEqualTo(2);",
  },
];
const JUPITER = "org.junit.jupiter.api";
const FOUR = "org.junit";

export const junit: Framework = {
  name: "junit",
  recognises: ({ path, text }) =>
    path.endsWith(".java") &&
    /\bimport (?:static )?org\.junit\./.test(text) &&
    /@Test\b/.test(text) &&
    end(text) > 0,
  plant({ text }, token) {
    const [test, asserts] = text.includes(JUPITER)
      ? [`${JUPITER}.Test`, `${JUPITER}.Assertions`]
      : [`${FOUR}.Test`, `${FOUR}.Assert`];
    const name = (of: string) => `${token}_${of}`;
    const method = (of: string, statement: string) => ({
      name: name(of),
      text: `  @${test} public void ${name(of)}() { ${statement} }`,
    });
    const methods = [
      method("throws", 'if (true) throw new RuntimeException("as it must");'),
      ...Object.keys(FAILING)
        .filter((assertion) => new RegExp(`\\b${assertion}\\b`).test(text))
        .map((assertion) => method(assertion, `${asserts}.${assertion}(${FAILING[assertion]});`)),
      ...BESIDE.filter(({ module }) => module.test(text)).map(({ of, statement }) => method(of, statement)),
    ];
    return {
      text: [text.slice(0, end(text)), ...methods.map((each) => each.text), "}", ""].join("\n"),
      names: methods.map((each) => each.name),
    };
  },
  among: (tests) => {
    const parts = new Set(tests.flatMap((test) => test.split(ID_SEPARATOR)));
    return (path) => {
      const folders = path.replace(/\.java$/, "").split("/");
      return folders.some((_, at) => parts.has(folders.slice(at).join(".")));
    };
  },
};

/** Where the class ends that comes last; 0 where the text does not end in a brace. */
const end = (text: string): number => (/\}\s*$/.test(text) ? text.lastIndexOf("}") : 0);
