import { expect, test } from "vitest";
import { detailRows, inWords } from "./entry-words.ts";

const RUN = "run_01jb3c9q2m8xk7v9e8hab0";

test("a line names what it is about and what it says, with short ids and digests", () => {
  expect(
    inWords({
      about: [`run:${RUN}`, "pilot:pil_1"],
      detail: { digest: "5f0c9a2e".repeat(8), base: "9".repeat(40), attempt: 2, blocked: false },
    }),
  ).toBe("run_8hab0, pil_1 · digest 5f0c9a2e · base 99999999 · attempt 2 · blocked false");
});

test("nothing said leaves the subjects", () => {
  expect(inWords({ about: [`run:${RUN}`], detail: { reason: null, note: "" } })).toBe("run_8hab0");
});

test("short lists are written out, long ones and nested values only counted", () => {
  expect(
    inWords({ about: ["run:run_1"], detail: { roles: ["a", "b"], many: [1, 2, 3, 4], deep: { x: 1 } } }),
  ).toBe("run_1 · roles a, b · many 4 values · deep …");
});

test("the rows of an entry keep what has to be copied whole, and leave out what is not said", () => {
  const digest = "5f0c9a2e".repeat(8);
  expect(
    detailRows({ reason_sha256: digest, run: RUN, attempt: 2, words: ["a"], nothing: null, empty: "" }),
  ).toEqual([
    { name: "Reason sha256", text: digest, whole: digest },
    { name: "Run", text: RUN, whole: RUN },
    { name: "Attempt", text: "2", whole: null },
    { name: "Words", text: '["a"]', whole: null },
  ]);
});
