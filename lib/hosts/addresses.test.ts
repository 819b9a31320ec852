import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressProblem, addressProblemHere } from "./addresses.ts";

describe("addresses that may be connected to", () => {
  test.each(["93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"])(
    "%s is public",
    (address) => {
      expect(addressProblem(address)).toBeNull();
    },
  );

  test.each([
    ["127.0.0.1", "this machine itself"],
    ["127.9.9.9", "this machine itself"],
    ["0.0.0.0", "this machine itself"],
    ["::1", "this machine itself"],
    ["::", "this machine itself"],
    ["10.0.0.1", "private network"],
    ["172.16.0.1", "private network"],
    ["192.168.1.1", "private network"],
    ["fd00::1", "private network"],
    ["169.254.169.254", "metadata"],
    ["fe80::1", "metadata"],
    ["100.64.0.1", "carrier"],
    ["168.63.129.16", "metadata"],
    ["::ffff:168.63.129.16", "metadata"],
    ["224.0.0.1", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["::ffff:127.0.0.1", "this machine itself"],
    ["::ffff:169.254.169.254", "metadata"],
    ["::ffff:a00:1", "private network"],
    ["64:ff9b::a9fe:a9fe", "special-purpose"],
    ["2002:7f00:1::", "special-purpose"],
    ["2001:0:1::", "special-purpose"],
    ["2001:db8::1", "special-purpose"],
    ["192.0.2.1", "special-purpose"],
    ["198.18.0.1", "special-purpose"],
    ["240.0.0.1", "special-purpose"],
    ["fec0::1", ""],
    ["::7f00:1", ""],
    ["::127.0.0.1", ""],
    ["4000::1", ""],
    ["not an address", "not an IP address"],
    ["", "not an IP address"],
  ])("probe: %s is refused", (address, words) => {
    expect(addressProblem(address)).toContain(words);
    expect(addressProblem(address)).not.toBeNull();
  });

  test("probe: no private IPv4 address gets through by being written as IPv6", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, (a, b, c) => {
        const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
        expect(addressProblem(`::ffff:${hex(10, a)}:${hex(b, c)}`)).not.toBeNull();
        expect(addressProblem(`::${hex(10, a)}:${hex(b, c)}`)).not.toBeNull();
        expect(addressProblem(`64:ff9b::${hex(10, a)}:${hex(b, c)}`)).not.toBeNull();
      }),
    );
  });
});

test("probe: a host's own public address is this machine, however it is spelt", () => {
  const own = ["fe80::1%eth0", "8.8.8.8", "2606:4700:0:0::1111"];
  for (const address of ["8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111"])
    expect(addressProblemHere(address, own)).toBe("is this machine itself");
  expect(addressProblemHere("8.8.4.4", own)).toBeNull();
  expect(addressProblemHere("10.0.0.1", own)).toContain("private");
  expect(addressProblemHere("127.0.0.1")).toContain("this machine itself");
});
