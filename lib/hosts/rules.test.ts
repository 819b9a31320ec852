import { describe, expect, test } from "vitest";
import { addressOf, askedHost, joined } from "./rules.ts";
import type { HostRow } from "./schema.ts";

describe("the host of what was asked for", () => {
  test.each([
    ["https://api.example.org/v1", { host: "api.example.org", port: 443 }],
    ["http://API.example.org", { host: "api.example.org", port: 80 }],
    ["https://[2606:4700::1]:8443/x", { host: "2606:4700::1", port: 8443 }],
    ["ssh://git@example.org/x", { host: "example.org", port: 0 }],
    ["no address", null],
    ["mailto:a@b.example", null],
  ])("%s", (text, address) => {
    expect(addressOf(text)).toEqual(address);
  });

  test.each([
    ["CONNECT", "evil.example:443", { host: "evil.example", port: 443 }],
    ["CONNECT", "not a host", null],
    ["GET", "http://169.254.169.254/latest", { host: "169.254.169.254", port: 80 }],
    ["POST", "/v1/files", null],
    ["", "", null],
  ])("%s %s", (method, target, address) => {
    expect(askedHost(method, target)).toEqual(address);
  });
});

const row = (changes: Partial<HostRow>): HostRow => ({
  ...{ way: "setup", host: "a.example", port: 443, verdict: "allowed", rule: "a.example" },
  ...{ up: 1, down: 10, atLeast: false, times: 1, first: new Date(1000), last: new Date(2000) },
  ...changes,
});

describe("rows of one kind", () => {
  test("become one with their sums, the first time and the last", () => {
    const rows = [
      row({}),
      row({ up: 4, first: new Date(500), last: new Date(1500) }),
      row({ last: new Date(9000) }),
    ];
    expect(joined(rows)).toEqual([
      row({ up: 6, down: 30, times: 3, first: new Date(500), last: new Date(9000) }),
    ]);
  });

  test("stay apart by way, port, verdict and rule, and what was denied comes last", () => {
    const rows = [
      row({ verdict: "denied", rule: "x" }),
      row({ host: "b.example" }),
      row({ port: 80 }),
      row({ way: "model" }),
    ];
    expect(joined(rows).map(({ host, way, port, verdict }) => [host, way, port, verdict].join(" "))).toEqual([
      "a.example model 443 allowed",
      "a.example setup 80 allowed",
      "b.example setup 443 allowed",
      "a.example setup 443 denied",
    ]);
  });

  test("whose bytes nobody counted have none in their sum", () => {
    expect(joined([row({}), row({ up: null })])[0]).toMatchObject({ up: null, down: 20 });
  });
});
