import { expect, test } from "vitest";
import { accountOf, LINES, lineOf } from "./account.ts";
import { ARTEFACT_IDS } from "./artefacts.ts";
import { ATTEMPTS } from "./branches/all.ts";
import type { Outcome } from "./judge.ts";

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  ...{
    id: "H01",
    name: "a setting",
    expected: "shown",
    happened: "merged as ours",
    sentences: [],
    verdict: "verified",
  },
  ...{ ran: true, milliseconds: 10, escapes: [], wrong: [], ...more },
});

test("a line says what was tried, what it had to come to, and what it came to", () => {
  expect(lineOf(outcome()).replaceAll(/ +/g, " ")).toBe("H01 a setting shown ok merged as ours");
  expect(lineOf(outcome({ escapes: ["the canary was found"], wrong: ["it was merged"] }))).toContain(
    "ESCAPED: the canary was found; WRONG: it was merged",
  );
});

test("an account fails for what got through, for what ended otherwise, and for what was not tried", () => {
  expect(accountOf([outcome()], ["H01"]).failed).toBe(false);
  expect(accountOf([outcome({ escapes: ["x"] })], ["H01"]).failed).toBe(true);
  expect(accountOf([outcome({ wrong: ["x"] })], ["H01"]).failed).toBe(true);
  const { failed, lines } = accountOf([outcome()], ["H01", "H49"]);
  expect(failed).toBe(true);
  expect(lines).toContain("not tried: H49");
});

test("an account says of how many patches a sandbox ran the tests", () => {
  const told = accountOf([outcome(), outcome({ ran: false })], ["H01"]).lines.join("\n");
  expect(told).toContain("ran the tests of 1 of the 2 that became patches");
  const blocked = outcome({ expected: "blocked", verdict: null, ran: false });
  expect(accountOf([outcome(), blocked], ["H01"]).lines.join("\n")).toContain("of all 1 that became patches");
});

test("every line that a hostile branch can take is tried", () => {
  const ids = new Set([...ATTEMPTS.map(({ id }) => id), ...ARTEFACT_IDS]);
  expect(LINES.filter((id) => !ids.has(id))).toEqual([]);
  expect([...ids].filter((id) => !LINES.includes(id))).toEqual([]);
});
