import { expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { CallRefused } from "#lib/model-calls/refusal.ts";
import type { RefusalReason } from "#lib/model-calls/schema.ts";
import { answerOf, Problem, problemOf } from "./problem.ts";

const status = (error: unknown, api: "responses" | "messages") => answerOf(problemOf(error), api).status;

/** Codex stops on 400 and repeats 401, 402, 403; Claude Code stops on 402. */
test.each([
  "run_not_working",
  "pilot_not_active",
  "stopped",
  "agent_without_model",
  "provider_disabled",
  "no_key",
  "no_price",
] as const)("%s is told so that each client stops at once", (reason: RefusalReason) => {
  expect([status(new CallRefused(reason), "responses"), status(new CallRefused(reason), "messages")]).toEqual(
    [400, 402],
  );
});

test("whoever is not known is told 401, and with somebody else's token 403", () => {
  for (const api of ["responses", "messages"] as const) {
    expect(status(new CallRefused("token_unknown"), api)).toBe(401);
    expect(status(new CallRefused("lease_over"), api)).toBe(401);
    expect(status(new CallRefused("token_of_another_runner"), api)).toBe(403);
  }
});

test("a spent budget is never a 429, which clients repeat", () => {
  const spent = new Problem("budget_spent", "Spent.");
  expect([status(spent, "responses"), status(spent, "messages")]).toEqual([400, 402]);
});

test("an error has the form of the API that was asked", () => {
  const problem = new Problem("policy_refused", "No.");
  expect(JSON.parse(answerOf(problem, "chat").body.toString())).toEqual({
    error: { message: "No.", type: "invalid_request_error", param: null, code: "policy_refused" },
  });
  expect(JSON.parse(answerOf(problem, "messages").body.toString())).toEqual({
    type: "error",
    error: { type: "invalid_request_error", message: "No.", code: "policy_refused" },
  });
});

test("probe: what nobody foresaw is told without its words, and a database that is away with when to come back", () => {
  const told = answerOf(problemOf(new Error("password=hunter2")), null);
  expect([told.status, told.body.toString()]).toEqual([500, expect.not.stringContaining("hunter2")]);
  const away = answerOf(problemOf(new AppError("unavailable", "Away.", { retryAfter: 2 })), "chat");
  expect([away.status, away.headers["retry-after"]]).toEqual([503, "2"]);
});
