import { describe, expect, test } from "vitest";
import { answerFault, exampleOf, type Matched, match, requestFaults } from "./contract.ts";

const REPO = "/repos/{owner}/{repo}";
const AT = { owner: "octo", repo: "shop" };
const of = (operation: string, more = {}): Matched => ({ operation, params: { ...AT, ...more } });
const NONE = new URLSearchParams();

describe("GitHub's description of its API", () => {
  test("names a request, with what stands in its path", () => {
    expect(match("GET", "/repos/octo/shop/git/ref/heads%2Fmain")).toEqual(
      of(`GET ${REPO}/git/ref/{ref}`, { ref: "heads/main" }),
    );
    expect(match("GET", "/repos/octo/shop/secrets")).toBeNull();
    expect(match("PATCH", "/repos/octo/shop/git/ref/main")).toBeNull();
  });

  test("takes its own examples as answers, and no answer that lacks something", () => {
    for (const [name, status] of [
      [`GET ${REPO}/pulls/{pull_number}`, 200],
      [`POST ${REPO}/pulls`, 201],
      [`PUT ${REPO}/pulls/{pull_number}/merge`, 200],
      [`POST ${REPO}/check-runs`, 201],
      [`GET ${REPO}/git/ref/{ref}`, 200],
      [`GET ${REPO}/git/commits/{commit_sha}`, 200],
      [`GET ${REPO}/rulesets/{ruleset_id}`, 200],
      [`GET ${REPO}/branches/{branch}`, 200],
      ["GET /app/installations/{installation_id}", 200],
      [`POST ${REPO}/statuses/{sha}`, 201],
    ] as const) {
      expect(answerFault(of(name), status, exampleOf(name, String(status)))).toBeNull();
      expect(answerFault(of(name), status, {})).toMatch(/required/);
    }
    expect(answerFault(of(`GET ${REPO}/pulls`), 418, {})).toMatch(/no 418/);
    const rules = of(`GET ${REPO}/rules/branches/{branch}`, { branch: "main" });
    const whole = { ruleset_source_type: "Repository", ruleset_source: "octo/shop", ruleset_id: 1 };
    expect(answerFault(rules, 200, [{ type: "deletion", ...whole }])).toBeNull();
    expect(answerFault(rules, 200, [{ type: "none of GitHub's" }])).toMatch(/allowed|match/);
  });

  test.each([
    ["a body without what is required", { title: "x" }, /required/],
    ["a body of another type", { title: 1, head: "a", base: "b" }, /must be string/],
    ["nothing", undefined, /must be object/],
  ])("probe: %s is a fault of the request", (_, body, words) => {
    expect(requestFaults(of(`POST ${REPO}/pulls`), NONE, body).join()).toMatch(words);
  });

  test("probe: names that a request does not have, and words that are none of its, are faults", () => {
    const list = of(`GET ${REPO}/pulls`);
    expect(requestFaults(list, new URLSearchParams({ state: "all", per_page: "1" }), undefined)).toEqual([]);
    expect(requestFaults(list, new URLSearchParams({ status: "all" }), undefined)).toHaveLength(1);
    expect(requestFaults(list, new URLSearchParams({ state: "any" }), undefined).join()).toMatch(/allowed/);
    expect(requestFaults({ ...list, params: { owner: "octo" } }, NONE, undefined).join()).toMatch(/missing/);
    expect(requestFaults(list, NONE, {})).toEqual([`GET ${REPO}/pulls: takes no body`]);
  });
});
