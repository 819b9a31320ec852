import { expect, test } from "vitest";
import { headersToClient, headersToProvider } from "./headers.ts";
import { routeOf } from "./routes.ts";

test("a few headers go to the provider by name; who pays, where from, and how it is framed do not", () => {
  const from = {
    ...{
      "anthropic-beta": "a,b",
      "thread-id": "t",
      "x-codex-turn-metadata": "{}",
      accept: "text/event-stream",
    },
    ...{
      authorization: "Bearer phr_x",
      "x-api-key": "k",
      cookie: "c",
      "openai-organization": "o",
      host: "h",
      te: "trailers",
    },
    ...{
      "x-forwarded-for": "1",
      "ph-signature": "s",
      "anthropic-beta-other": "x",
      "content-encoding": "gzip",
    },
  };
  expect(headersToProvider(from)).toEqual({
    ...{
      "anthropic-beta": "a,b",
      "thread-id": "t",
      "x-codex-turn-metadata": "{}",
      accept: "text/event-stream",
    },
    ...{
      "content-type": "application/json",
      "accept-encoding": "identity",
      "user-agent": "pilothouse-gateway",
    },
  });
});

test("probe: a header that is too long stays here", () => {
  expect(headersToProvider({ "thread-id": "x".repeat(5000) })).not.toHaveProperty("thread-id");
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
