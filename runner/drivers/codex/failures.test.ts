import { describe, expect, test } from "vitest";
import { isTransient, reasonOf } from "./failures.ts";

// As the pinned version told them, each to an answer of a server that the test held in its hand.
const status = (kind: string, httpStatusCode: number | null) => ({ [kind]: { httpStatusCode } });
const unexpected = (code: string) =>
  `unexpected status ${code}: The sentence., url: http://127.0.0.1:4901/v1/responses`;

describe("a turn that failed", () => {
  test.each([
    ["a gateway that is away", unexpected("502 Bad Gateway"), status("httpConnectionFailed", 502)],
    ["an overloaded one", unexpected("503 Service Unavailable"), status("httpConnectionFailed", 503)],
    ["one that took too long", unexpected("504 Gateway Timeout"), status("httpConnectionFailed", 504)],
    ["an internal error", "We’re currently experiencing high demand.", "internalServerError"],
    ["a full queue", "exceeded retry limit", status("responseTooManyFailedAttempts", 429)],
    ["a cut stream", "stream disconnected before completion: spent", "other"],
    ["a cut stream of a known kind", "stream closed", status("responseStreamDisconnected", null)],
    ["a provider that is slowing us", "rate limit exceeded: spent", "rateLimitExceeded"],
    ["a provider without room", "Selected model is at capacity.", "serverOverloaded"],
    ["a conflict", unexpected("409 Conflict"), status("httpConnectionFailed", 409)],
  ])("by %s may be tried again", (_what, message, codexErrorInfo) => {
    expect(isTransient({ message, codexErrorInfo })).toBe(true);
  });

  test.each([
    ["a spent budget", '{"error":{"message":"The budget is spent.","code":"budget_spent"}}', "other"],
    ["a key that is none", unexpected("401 Unauthorized"), status("httpConnectionFailed", 401)],
    ["a bill", unexpected("402 Payment Required"), status("httpConnectionFailed", 402)],
    ["a refusal", unexpected("403 Forbidden"), status("httpConnectionFailed", 403)],
    ["a model that is not there", unexpected("404 Not Found"), status("httpConnectionFailed", 404)],
    ["too large a request", unexpected("413 Payload Too Large"), status("httpConnectionFailed", 413)],
    ["a provider's quota", "Quota exceeded. Check your plan.", "usageLimitExceeded"],
    ["a full context", "Codex ran out of room in the model's context window.", "contextWindowExceeded"],
    ["an answer that is cut to length", "Incomplete response returned, reason: max_output_tokens", "other"],
    ["nothing that is known", "spent", "other"],
    ["a kind that is not there", "spent", null],
    ["a kind without a name", "spent", {}],
    ["a status that is none", "spent", { badRequest: { httpStatusCode: "502" } }],
  ])("by %s may not", (_what, message, codexErrorInfo) => {
    expect(isTransient({ message, codexErrorInfo })).toBe(false);
  });

  test("says why in the gateway's words, in Codex's where there are none, and never in its makers' servers'", () => {
    expect(reasonOf({ message: '{"error":{"message":"The budget is spent."}}' })).toBe(
      "The budget is spent.",
    );
    expect(reasonOf({ message: unexpected("502 Bad Gateway") })).toBe("The sentence.");
    expect(reasonOf({ message: "rate limit\u202e exceeded" })).toBe("rate limit‹U+202E› exceeded");
    expect(reasonOf({ message: "High demand.", codexErrorInfo: "internalServerError" })).toMatch(
      /status 500/,
    );
    expect(reasonOf(null)).toBe("Codex broke off its turn and gave no reason.");
    expect(reasonOf({ message: "x".repeat(10_000) })).toHaveLength(3000);
  });
});
