import { NextRequest } from "next/server";
import { describe, expect, test } from "vitest";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { config, proxy } from "./proxy.ts";

webTestEnv();
process.env.DATABASE_URL ??= "postgres://unused@localhost/unused";

const answer = (headers: Record<string, string> = {}) =>
  proxy(new NextRequest("http://localhost:4300/runs", { headers }));
const nonceOf = (policy: string | null) => /'nonce-([^']+)'/.exec(policy ?? "")?.[1];

describe("the proxy", () => {
  test("gives page and browser the same policy, with a nonce of its own each time", () => {
    const first = answer();
    const policy = first.headers.get("content-security-policy");
    expect(first.headers.get("x-middleware-request-content-security-policy")).toBe(policy);
    expect(nonceOf(policy)).toHaveLength(24);
    expect(nonceOf(answer().headers.get("content-security-policy"))).not.toBe(nonceOf(policy));
  });

  test("probe: a nonce the browser brings is not used", () => {
    const forged = "script-src 'nonce-forged'";
    const response = answer({ "content-security-policy": forged, "x-nonce": "forged" });
    expect(response.headers.get("content-security-policy")).not.toContain("forged");
    expect(response.headers.get("x-middleware-request-x-nonce")).not.toBe("forged");
    expect(response.headers.get("x-middleware-request-content-security-policy")).not.toContain("forged");
  });

  test("sets the plain headers too", () => {
    expect(answer().headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer().headers.get("x-frame-options")).toBe("DENY");
  });
});

describe("what goes through it", () => {
  const [pattern = ""] = config.matcher;
  const matches = (path: string) => new RegExp(`^${pattern}$`).test(path);

  test.each(["/", "/runs", "/sign-in", "/api/runs/run_1/events", "/api/runners", "/_next/data/x"])(
    "%s does",
    (path) => {
      expect(matches(path)).toBe(true);
    },
  );

  test.each([
    "/api/runner/v1/lease",
    "/api/runner/v1/leases/lse_1/uploads/bundle",
    "/api/uploads/x",
    "/_next/static/chunks/a.js",
  ])("%s does not: bodies there are streamed whole", (path) => {
    expect(matches(path)).toBe(false);
  });
});
