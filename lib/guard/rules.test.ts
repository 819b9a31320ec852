import { describe, expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { admit, callerAddress, checkDeclaredLength, foreignOrigin, type OriginFacts } from "./rules.ts";

const OWN: OriginFacts = {
  method: "POST",
  origin: "http://localhost:4300",
  fetchSite: "same-origin",
  host: "localhost:4300",
  ownOrigin: "http://localhost:4300",
  signedIn: true,
};

function codeOf(attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

describe("where a changing request comes from", () => {
  test.each<[string, Partial<OriginFacts>]>([
    ["our own page", {}],
    ["our own page in a browser without fetch metadata", { fetchSite: null }],
    [
      "our own page opened at another name of this host",
      { origin: "http://192.0.2.2:4300", host: "192.0.2.2:4300" },
    ],
    ["a program without a session", { origin: null, fetchSite: null, signedIn: false }],
    ["a reader from anywhere", { method: "GET", origin: "https://evil.example", fetchSite: "cross-site" }],
  ])("%s may knock", (_, facts) => {
    expect(foreignOrigin({ ...OWN, ...facts })).toBeNull();
  });

  test.each<[string, Partial<OriginFacts>]>([
    ["another site", { origin: "https://evil.example", fetchSite: "cross-site" }],
    ["another site, browser without fetch metadata", { origin: "https://evil.example", fetchSite: null }],
    ["another port of this host", { origin: "http://localhost:9000", fetchSite: "same-site" }],
    ["another port, without fetch metadata", { origin: "http://localhost:9000", fetchSite: null }],
    ["a sandboxed frame", { origin: "null", fetchSite: null }],
    ["an opaque origin of our own page", { origin: "null", fetchSite: "cross-site" }],
    ["a file", { origin: "file://localhost:4300", fetchSite: null }],
    [
      "another site, signed out (forced sign-in)",
      { origin: "https://evil.example", fetchSite: null, signedIn: false },
    ],
    ["nobody knows, with a session", { origin: null, fetchSite: null }],
    [
      "a host header that only contains ours",
      { origin: "http://localhost:4300.evil.example", fetchSite: null },
    ],
  ])("probe: %s is turned away", (_, facts) => {
    expect(foreignOrigin({ ...OWN, ...facts })).toMatch(/another site|which page/);
  });
});

describe("who may pass", () => {
  const lead = [{ role: "engineering_lead", pilotId: null }] as const;
  const viewerOfOne = [{ role: "viewer", pilotId: "pil_1" }] as const;

  test.each([
    ["public, signed out", { permission: "public", grants: null }, null],
    ["signed in only, signed out", { permission: "signed_in", grants: null }, "unauthenticated"],
    ["signed in only, without any role", { permission: "signed_in", grants: [] }, null],
    ["a permission, signed out", { permission: "run.view", grants: null }, "unauthenticated"],
    ["a permission, no member of anything", { permission: "run.view", grants: [] }, "not_found"],
    [
      "a permission, a member whose role lacks it",
      { permission: "run.launch", grants: viewerOfOne },
      "forbidden",
    ],
    ["a permission, by an organisation role", { permission: "run.launch", grants: lead }, null],
    ["a pilot's page, its member", { permission: "run.view", pilotId: "pil_1", grants: viewerOfOne }, null],
    [
      "a pilot's page, member of another",
      { permission: "run.view", pilotId: "pil_2", grants: viewerOfOne },
      "not_found",
    ],
    [
      "a pilot's page, by an organisation role",
      { permission: "run.view", pilotId: "pil_2", grants: lead },
      null,
    ],
  ] as const)("%s", (_, knock, code) => {
    expect(codeOf(() => admit({ what: "page", ...knock }))).toBe(code);
  });

  test("probe: a permission nobody defined is refused to everybody", () => {
    const permission = "constructor" as "run.view";
    expect(codeOf(() => admit({ permission, what: "page", grants: lead }))).toBe("forbidden");
  });
});

describe("the caller's address", () => {
  test("is the socket's unless we were told of proxies", () => {
    expect(callerAddress("192.0.2.1", "6.6.6.6", 0)).toBe("192.0.2.1");
    expect(callerAddress("10.0.0.1", "6.6.6.6, 198.51.100.7", 1)).toBe("198.51.100.7");
    expect(callerAddress("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.9", 2)).toBe("198.51.100.7");
  });

  test.each([
    ["", 1],
    ["198.51.100.7", 2],
    ["<script>", 1],
    ["a, b", 1],
  ])("probe: the forwarded chain %j behind %d proxies falls back to the socket", (chain, hops) => {
    expect(callerAddress("10.0.0.1", chain, hops)).toBe("10.0.0.1");
  });
});

test("a declared length is believed only as far as it refuses", () => {
  expect(codeOf(() => checkDeclaredLength(null, 10))).toBeNull();
  expect(codeOf(() => checkDeclaredLength("10", 10))).toBeNull();
  expect(codeOf(() => checkDeclaredLength("11", 10))).toBe("too_large");
  for (const odd of ["-1", "1e9", "0x10", "10, 10", "", "99999999999999999999"]) {
    expect(codeOf(() => checkDeclaredLength(odd, 10))).toBe("bad_input");
  }
});
