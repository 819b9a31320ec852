import { expect, test } from "vitest";
import { headersToClient, headersToProvider } from "./headers.ts";
import { routeOf } from "./routes.ts";

const OWN = {
  "content-type": "application/json",
  "accept-encoding": "identity",
  "user-agent": "pilothouse-gateway",
};

test("probe: of what a client says in headers only known words go to the provider", () => {
  const from = {
    accept: "text/event-stream, application/x-secret",
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "context-1m-2025-08-07, effort-2025-11-24,ghp_secret,claude-code-20250219",
    "openai-beta": "responses_websockets=2026-02-06,assistants=v2",
    "x-openai-internal-codex-responses-lite": "true,more",
  };
  expect(headersToProvider(from)).toEqual({
    ...OWN,
    accept: "text/event-stream",
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "claude-code-20250219,effort-2025-11-24",
    "x-openai-internal-codex-responses-lite": "true",
  });
});

test("probe: a header without a known word, and one that is too long, stay here", () => {
  const long = `effort-2025-11-24,${"x".repeat(5000)}`;
  expect(
    headersToProvider({ accept: "secret/x", "anthropic-version": "secret", "anthropic-beta": long }),
  ).toEqual(OWN);
});

test("probe: ids of sessions, who pays, where from, and how it is framed do not go to the provider", () => {
  const names = [
    ...["session-id", "session_id", "thread-id", "conversation_id", "originator", "x-client-request-id"],
    ...["x-codex-turn-metadata", "x-openai-internal-codex-responses-lite", "x-claude-code-session-id"],
    ...["authorization", "x-api-key", "cookie", "openai-organization", "host", "te", "x-forwarded-for"],
    ...["ph-signature", "anthropic-beta-other", "content-encoding", "user-agent", "content-type"],
  ];
  expect(headersToProvider(Object.fromEntries(names.map((name) => [name, "x"])))).toEqual(OWN);
});

test("what the client needs comes back, and nothing that names the account or leads elsewhere", () => {
  const from = {
    ...{
      "content-type": "text/event-stream",
      "retry-after": "3",
      "x-ratelimit-remaining-tokens": "5",
      "request-id": "r",
    },
    ...{
      "set-cookie": ["a=b"],
      location: "http://x",
      "openai-organization": "acme",
      "anthropic-organization-id": "o",
    },
    ...{ server: "cloud", "transfer-encoding": "chunked", "alt-svc": "h3", "x-ratelimit-": "x" },
  };
  expect(headersToClient(from)).toEqual({
    ...{
      "content-type": "text/event-stream",
      "retry-after": "3",
      "x-ratelimit-remaining-tokens": "5",
      "request-id": "r",
    },
    "cache-control": "no-store",
  });
});

test("a path is a call only as it is written, letter by letter", () => {
  expect(routeOf("POST", "/v1/messages?beta=true")).toMatchObject({ kind: "call", api: "messages" });
  expect(routeOf("GET", "/v1/models?limit=5")).toEqual({ kind: "models" });
  const none = [
    "/v1/responses/",
    "/v1/%72esponses",
    "/v1/./responses",
    "//v1/responses",
    "/v1/responses?",
    "http://x/v1/responses",
    "/constructor",
    "/v1/responses#x",
  ];
  for (const url of none.filter((each) => each !== "/v1/responses?"))
    expect(routeOf("POST", url), url).toMatchObject({ kind: "none" });
  for (const method of ["GET", "PUT", "OPTIONS", "TRACE", undefined])
    expect(routeOf(method, "/v1/responses")).toMatchObject({ kind: "none" });
});
