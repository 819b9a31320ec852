import fc from "fast-check";
import { expect, test } from "vitest";
import { ruleFor } from "#lib/setup/rules.ts";
import { SetupHost } from "#lib/setup/schema.ts";
import { connectTarget, isNumeric, plainTarget } from "./target.ts";

test.each([
  ["A.Example.org:443", { host: "a.example.org", port: 443 }],
  ["a.example.org.:8443", { host: "a.example.org", port: 8443 }],
  ["a_b.example.org:1", { host: "a_b.example.org", port: 1 }],
])("%s is a host and a port", (text, target) => {
  expect(connectTarget(text)).toEqual(target);
});

test.each([
  "",
  ":443",
  "a:",
  "a:0",
  "a:65536",
  "a:443x",
  "a b:443",
  "a/b:443",
  "[::1]:443",
  "ä.example:443",
  `${"a".repeat(64)}.example:443`,
  "a..b:443",
  "-a.example:443",
  "a\u0000.example:443",
])("probe: %j is none", (text) => {
  expect(connectTarget(text)).toBeNull();
});

test("an address in the clear is read with its path as it stands", () => {
  expect(plainTarget("http://A.example/x%2f..?q=[1]")).toEqual({
    host: "a.example",
    port: 80,
    path: "/x%2f..?q=[1]",
  });
  expect(plainTarget("HTTP://a.example")).toEqual({ host: "a.example", port: 80, path: "/" });
  for (const text of [
    "http://a.example/#x",
    "http://a.example?x",
    "http://a@b/",
    "http:///x",
    "http://a\\b/",
    "http://a/ b",
    "ftp://a/",
  ])
    expect(plainTarget(text)).toBeNull();
});

test("probe: whatever is read as a target leads to the same host for a browser's parser", () => {
  fc.assert(
    fc.property(
      fc.webUrl({ validSchemes: ["http"], withQueryParameters: true }),
      fc.string(),
      (url, tail) => {
        const target = plainTarget(url + tail);
        if (target === null) return;
        expect(new URL(url + tail).hostname.replace(/\.$/, "")).toBe(target.host);
      },
    ),
  );
});

test.each(["127.0.0.1", "1", "0x7f000001", "127.1", "a.0x1", "example.0"])(
  "probe: %s may be taken for an address",
  (host) => {
    expect(isNumeric(host)).toBe(true);
    expect(SetupHost.safeParse(host).success).toBe(false);
  },
);

test("a list names hosts exactly, with a star everything below, and no other port", () => {
  const hosts = ["a.example", "*.b.example", "c.example:8443"];
  expect(ruleFor(hosts, "a.example", 443)).toBe("a.example");
  expect(ruleFor(hosts, "x.y.b.example", 443)).toBe("*.b.example");
  expect(ruleFor(hosts, "c.example", 8443)).toBe("c.example:8443");
  for (const [host, port] of [
    ["b.example", 443],
    [".b.example", 443],
    ["xb.example", 443],
    ["x.a.example", 443],
    ["a.example", 80],
    ["c.example", 443],
  ] as const)
    expect(ruleFor(hosts, host, port)).toBeNull();
});
