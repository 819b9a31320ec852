import { describe, expect, test } from "vitest";
import { TEST_LIMITS } from "#lib/testing/sandbox.ts";
import type { SandboxSpec } from "../port.ts";
import { type BoxHost, boxOptions } from "./box.ts";
import { quote } from "./starter.ts";

const host: BoxHost = {
  system: [
    { path: "/bin", link: "usr/bin" },
    { path: "/lib", link: null },
  ],
  etc: "/state/etc",
  shown: ["java-17-openjdk"],
  node: "/opt/node24/bin/node",
  hasFilter: true,
};

const optionsOf = (spec: Partial<SandboxSpec> = {}, of: BoxHost = host) =>
  boxOptions(of, { command: ["true"], limits: TEST_LIMITS, ...spec }).join(" ");

describe("the inside", () => {
  test("is cut off from every namespace and dies with us", () => {
    expect(optionsOf()).toMatch(
      /^--unshare-all --unshare-user --die-with-parent --new-session --cap-drop ALL --uid 61000 --gid 61000/,
    );
    expect(optionsOf()).not.toContain("--share-net");
  });

  test("follows the host where /bin and /lib are links, and where they are not", () => {
    expect(optionsOf()).toContain("--symlink usr/bin /bin --ro-bind /lib /lib");
  });

  test("shows of the host's /etc what programs need to start, after its own and read-only", () => {
    const options = optionsOf();
    const [own, java] = [
      "--ro-bind /state/etc /etc",
      "--ro-bind-try /etc/java-17-openjdk /etc/java-17-openjdk",
    ];
    expect(options.indexOf(own)).toBeLessThan(options.indexOf(java));
    expect(options).toContain(own);
  });

  test("has sized trees, /work with the limit of the spec", () => {
    expect(optionsOf()).toContain(`--perms 0700 --size ${TEST_LIMITS.diskBytes} --tmpfs /work`);
    const unsized = optionsOf().split("--tmpfs").length - optionsOf().split("--size").length;
    expect(unsized).toBe(0);
  });

  test("mounts what the spec names, read-only unless it is the writable one", () => {
    const options = optionsOf({ readOnly: { "/a": "/in/a" }, writable: { host: "/b", inside: "/work" } });
    expect(options).toContain("--ro-bind /a /in/a");
    expect(options).toContain("--bind /b /work");
    expect(options).not.toContain("--tmpfs /work");
  });

  test("becomes read-only and forgets the environment only after everything is in place", () => {
    const options = optionsOf({ env: { KEY: "value" } });
    const order = ["--tmpfs /work", "--remount-ro / ", "--clearenv", "--setenv KEY value", "--chdir /work"];
    const places = order.map((part) => options.indexOf(part));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  test("takes variables of the spec over its own", () => {
    expect(optionsOf({ env: { PATH: "/mine" } })).toContain("--setenv PATH /mine");
    expect(optionsOf({ env: { PATH: "/mine" } })).not.toContain("--setenv PATH /opt/ph");
  });

  test("asks for the filter only where the kernel takes one", () => {
    expect(optionsOf()).toContain("--seccomp 6");
    expect(optionsOf({}, { ...host, hasFilter: false })).not.toContain("--seccomp");
  });
});

test("probe: a quoted argument stays one argument, whatever it holds", () => {
  expect(quote("a'; rm -rf /; '")).toBe(`'a'\\''; rm -rf /; '\\'''`);
});
