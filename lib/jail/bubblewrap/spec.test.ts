import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TEST_LIMITS } from "#lib/testing/sandbox.ts";
import type { SandboxSpec } from "../port.ts";
import { refusalOf } from "./spec.ts";

const spec = (rest: Partial<SandboxSpec> = {}): SandboxSpec => ({
  command: ["true"],
  limits: TEST_LIMITS,
  ...rest,
});

const mounted = (inside: string) => refusalOf(spec({ readOnly: { "/host/a": inside } }));
const writable = (inside: string) => refusalOf(spec({ writable: { host: "/host/w", inside } }));

describe("a spec", () => {
  test("that asks for what the design has is not refused", () => {
    expect(refusalOf(spec())).toBeNull();
    expect(
      refusalOf(
        spec({
          cwd: "/work/tree",
          env: { A_1: "", PATH: "/opt/ph" },
          readOnly: { "/data/mirror.git": "/mirror.git", "/data/bundle": "/in/bundle" },
          writable: { host: "/data/q", inside: "/quarantine" },
        }),
      ),
    ).toBeNull();
    expect(writable("/work")).toBeNull();
    expect(mounted("/home/agent/.config/tool.toml")).toBeNull();
  });

  test("probe: an empty command is refused", () => {
    expect(refusalOf(spec({ command: [] }))).toBe("The command is empty.");
    expect(refusalOf(spec({ command: ["", "x"] }))).toBe("The command is empty.");
  });

  test.each<[string, Partial<SandboxSpec>]>([
    ["an argument", { command: ["a", "b\0--bind"] }],
    ["the working directory", { cwd: "/work\0" }],
    ["a variable's value", { env: { A: "x\0--bind\0/\0/host" } }],
    ["a host path", { readOnly: { "/a\0b": "/in" } }],
    ["a path inside", { writable: { host: "/a", inside: "/q\0" } }],
  ])("probe: a NUL byte in %s cannot smuggle an option", (_where, rest) => {
    expect(refusalOf(spec(rest))).toBe("A NUL byte cannot be passed to a command.");
  });

  test.each(["", "1A", "A-B", "A=B", "A B", "Ä"])("probe: %j is no name of a variable", (name) => {
    expect(refusalOf(spec({ env: { [name]: "x" } }))).toContain("is not a name of an environment variable");
  });

  test.each(["work", "./work", "/work/", "/work/../etc", "//work", "/work/./x", ""])(
    "probe: the working directory %j is refused",
    (cwd) => {
      expect(refusalOf(spec({ cwd }))).toContain("is not absolute and plain");
    },
  );

  test.each(["in", "/in/../etc", "/in/", "//in", "-in", ""])("probe: nothing is mounted at %j", (inside) => {
    expect(mounted(inside)).toContain("is not absolute and plain");
    expect(refusalOf(spec({ readOnly: { [inside]: "/in" } }))).toContain("is not absolute and plain");
  });

  test.each([
    "/usr",
    "/usr/bin/git",
    "/etc/passwd",
    "/proc/1",
    "/dev/null",
    "/bin",
    "/lib64/x",
    "/opt/ph/node",
    "/var/tmp",
  ])("probe: %s stays the sandbox's own", (inside) => {
    expect(mounted(inside)).toContain("is the sandbox's own");
    expect(writable(inside)).toContain("is the sandbox's own");
  });

  test.each(["/", "/opt", "/home", "/home/agent", "/tmp"])(
    "probe: %s is not replaced as a whole",
    (inside) => {
      expect(mounted(inside)).toContain("only below it");
    },
  );

  test("a name that merely begins like a reserved one is free", () => {
    expect([mounted("/usr2"), mounted("/etcetera"), mounted("/opt/phone"), mounted("/devices/a")]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("probe: mounts in one another are refused, in whichever order", () => {
    const paths = fc
      .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
      .map((parts) => `/${parts.join("/")}`);
    fc.assert(
      fc.property(paths, paths, (one, other) => {
        const isNested = one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
        const refusal = refusalOf(
          spec({ readOnly: { "/h/1": one }, writable: { host: "/h/2", inside: other } }),
        );
        expect(refusal !== null).toBe(isNested);
        expect(refusalOf(spec({ readOnly: { "/h/1": one, "/h/2": other } })) !== null).toBe(isNested);
      }),
    );
  });
});
