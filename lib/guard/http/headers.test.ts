import { describe, expect, test } from "vitest";
import { contentSecurityPolicy, plainHeaders } from "./headers.ts";

const http = new URL("http://localhost:4300");
const https = new URL("https://ph.example.org");

const policyOf = (url: URL, development = false) =>
  Object.fromEntries(
    contentSecurityPolicy({ url, nonce: "bm9uY2U=", development })
      .split("; ")
      .map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1).join(" ")]),
  );

describe("the content policy", () => {
  test("lets scripts run by nonce only", () => {
    expect(policyOf(http)["script-src"]).toBe("'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
    expect(contentSecurityPolicy({ url: http, nonce: "x", development: false })).not.toContain("unsafe-eval");
  });

  test("names no other host, nowhere", () => {
    for (const url of [http, https]) {
      expect(contentSecurityPolicy({ url, nonce: "x", development: false })).not.toMatch(/https?:|\*|wss?:/);
    }
  });

  test("lets nobody frame us and us frame nobody", () => {
    expect(policyOf(http)).toMatchObject({
      "default-src": "'self'",
      "frame-ancestors": "'none'",
      "frame-src": "'none'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
    });
  });

  test("asks for https only where we are on https", () => {
    expect(policyOf(https)).toHaveProperty("upgrade-insecure-requests");
    expect(policyOf(http)).not.toHaveProperty("upgrade-insecure-requests");
  });

  test("gives way in development only as far as Next's server needs", () => {
    expect(policyOf(http, true)["script-src"]).toContain("'unsafe-eval'");
    expect(policyOf(http, true)["connect-src"]).toBe("'self' ws: wss:");
  });
});

test("the other headers", () => {
  expect(plainHeaders(http)).toMatchObject({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  });
  expect(plainHeaders(http)).not.toHaveProperty("strict-transport-security");
  expect(plainHeaders(https)["strict-transport-security"]).toContain("max-age=31536000");
});
