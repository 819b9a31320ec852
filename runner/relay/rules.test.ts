import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answeredHeaders, forwardedHeaders, routeOf } from "./rules.ts";

describe("what is let through", () => {
  test.each([
    ["POST", "/v1/responses"],
    ["POST", "/v1/chat/completions"],
    ["POST", "/v1/messages"],
    ["POST", "/v1/messages?beta=true"],
    ["POST", "/v1/messages/count_tokens?beta=true"],
    ["GET", "/v1/models"],
  ])("%s %s goes on as it is", (method, path) => {
    expect(routeOf(method, path)).toEqual({ kind: "forward", method, path });
  });

  test.each([
    ["GET", "/v1/responses", 405],
    ["DELETE", "/v1/models", 405],
    ["constructor", "/v1/models", 405],
    ["POST", "/v1/files", 404],
    ["POST", "/v1/responses/resp_1", 404],
    ["GET", "/", 404],
    ["POST", "/v1/responses/", 404],
    ["POST", "/V1/responses", 404],
    ["POST", "/v1//responses", 404],
    ["POST", "/v1/../v1/responses", 404],
    ["POST", "/v1/%72esponses", 404],
    ["POST", "/v1/responses#x", 404],
    ["POST", "/api/runner/v1/lease", 404],
    ["POST", "//evil.example/v1/responses", 404],
    ["POST", "http://169.254.169.254/v1/responses", 403],
    ["OPTIONS", "*", 403],
    ["POST", "", 403],
    ["POST", "/v1/messages?a=\u0001", 400],
    ["POST", "/v1/messages?next=http://evil.example/", 400],
    ["POST", `/v1/messages?${"a".repeat(501)}`, 400],
  ])("probe: %s %s is refused", (method, target, status) => {
    expect(routeOf(method, target)).toMatchObject({ kind: "refused", status });
  });

  test("probe: whatever is asked for, only the model paths go on", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (method, target) => {
        const route = routeOf(method, target);
        if (route.kind === "forward") expect(route.path).toMatch(/^\/v1\/(responses|chat|messages|models)/);
      }),
    );
  });
});

const headers = (entries: Record<string, string | string[]>) =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, [value].flat()]));

describe("headers of a request", () => {
  test("those of the client's API go on", () => {
    const kept = {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "a,b",
      "openai-beta": "responses",
      "x-codex-turn-metadata": '{"turn_id":"t"}',
      "session-id": "s",
      "user-agent": "codex",
      "x-stainless-lang": "js",
      "idempotency-key": "k",
    };
    expect(forwardedHeaders(headers(kept))).toEqual(kept);
  });

  test.each([
    "authorization",
    "x-api-key",
    "api-key",
    "proxy-authorization",
    "cookie",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "via",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "upgrade",
    "expect",
    "ph-runner",
    "ph-signature",
    "ph-attempt",
    "x-http-method-override",
    "accept-encoding",
  ])("probe: %s does not", (name) => {
    expect(forwardedHeaders(headers({ [name]: "x", accept: "*/*" }))).toEqual({ accept: "*/*" });
  });

  test("probe: what the connection header names belongs to this hop", () => {
    const asked = headers({
      connection: ["keep-alive, X-Secret", "x-other"],
      "x-secret": "1",
      "x-other": "2",
      a: "3",
    });
    expect(forwardedHeaders(asked)).toEqual({ a: "3" });
  });

  test("probe: of one that stands twice, one goes on", () => {
    expect(forwardedHeaders(headers({ "openai-organization": ["one", "two"] }))).toEqual({
      "openai-organization": "one",
    });
  });

  test("probe: nothing that says who asks is ever left", () => {
    const name = fc.constantFrom(
      "authorization",
      "x-api-key",
      "ph-runner",
      "cookie",
      "x-forwarded-for",
      "via",
      "accept",
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.array(fc.string(), { minLength: 1 })), (asked) => {
        expect(Object.keys(forwardedHeaders(asked)).filter((kept) => kept !== "accept")).toEqual([]);
      }),
    );
  });
});

test("of an answer, the frame of its hop and the plane's own headers stay behind", () => {
  const got = headers({
    "content-type": "text/event-stream",
    "content-length": "12",
    "request-id": "req_1",
    "retry-after": "3",
    connection: "close",
    "transfer-encoding": "chunked",
    "set-cookie": ["a=1", "b=2"],
    "ph-call": "mcl_1",
    "x-twice": ["1", "2"],
  });
  expect(answeredHeaders(got)).toEqual({
    "content-type": "text/event-stream",
    "content-length": "12",
    "request-id": "req_1",
    "retry-after": "3",
    "x-twice": ["1", "2"],
  });
});
