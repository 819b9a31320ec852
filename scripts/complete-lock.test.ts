import { describe, expect, test } from "vitest";
import { completeLock, type Lock, platformOf } from "./complete-lock.ts";

describe("a lock made against a registry without other platforms", () => {
  const lock = (): Lock => ({
    name: "product",
    packages: {
      "": { name: "product" },
      "node_modules/linter": {
        version: "2.0.0",
        optionalDependencies: {
          "@linter/cli-linux-x64": "2.0.0",
          "@linter/cli-darwin-arm64": "2.0.0",
          "@linter/cli-linux-arm64-musl": "2.0.0",
          "nice-to-have": "^1.0.0",
        },
      },
      "node_modules/@linter/cli-linux-x64": {
        version: "2.0.0",
        os: ["linux"],
        cpu: ["x64"],
        integrity: "sha512-x",
      },
    },
  });

  test("gets an entry for each that is missing, for its platform alone, and keeps the others", () => {
    const completed = lock();
    expect(completeLock(completed)).toEqual(["@linter/cli-darwin-arm64", "@linter/cli-linux-arm64-musl"]);
    expect(completed.packages["node_modules/@linter/cli-darwin-arm64"]).toEqual({
      version: "2.0.0",
      optional: true,
      os: ["darwin"],
      cpu: ["arm64"],
    });
    expect(completed.packages["node_modules/@linter/cli-linux-arm64-musl"]).toMatchObject({ libc: ["musl"] });
    expect(completed.packages["node_modules/@linter/cli-linux-x64"]).toHaveProperty("integrity", "sha512-x");
    expect(Object.keys(completed.packages)).toEqual(
      Object.keys(completed.packages).sort((a, b) => a.localeCompare(b, "en")),
    );
  });

  test("is left alone once it is complete", () => {
    const completed = lock();
    completeLock(completed);
    expect(completeLock(completed)).toEqual([]);
  });

  test.each([
    ["@tailwindcss/oxide-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"], libc: ["glibc"] }],
    ["@tailwindcss/oxide-wasm32-wasi", { cpu: ["wasm32"] }],
    ["@next/swc-win32-x64-msvc", { os: ["win32"], cpu: ["x64"] }],
    ["fsevents", null],
  ])("probe: %s is never installed where it does not belong", (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
