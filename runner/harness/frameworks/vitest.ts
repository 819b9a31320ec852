import { matchersIn } from "./expect.ts";
import { type Framework, MOST_ASSERTIONS } from "./framework.ts";
import { byFile, identifier, isScript, planted, takesFrom } from "./scripts.ts";

export const vitest: Framework = {
  name: "vitest",
  recognises: (source, command) =>
    isScript(source) &&
    (takesFrom(source.text, ["vitest"]) ||
      (/\bvitest\b/.test(command) && !/["'](?:node:test|@jest\/globals)["']/.test(source.text))),
  plant(source, token) {
    const [test, expect] = [identifier(token, "test"), identifier(token, "expect")];
    return planted(source, token, {
      head: `import { test as ${test}, expect as ${expect} } from "vitest";`,
      test,
      cases: [
        { of: "throws", statement: 'throw new Error("as it must");' },
        ...matchersIn(source, expect, MOST_ASSERTIONS),
      ],
    });
  },
  among: byFile,
};
