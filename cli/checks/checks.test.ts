import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { doctor } from "../doctor.ts";
import { identitiesFor } from "../identities.ts";
import { checkPlatform } from "./platform.ts";
import { checkPort } from "./port.ts";
import { describeSandbox } from "./sandbox.ts";

async function takenPort(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: typeof address === "object" && address ? address.port : 0, close };
}

describe("the platform", () => {
  test.each([
    [{ platform: "linux", arch: "x64", node: "v24.21.0" }, true, /Linux on x64/],
    [{ platform: "linux", arch: "arm64", node: "v24.30.1" }, true, /arm64/],
    [
      { platform: "darwin", arch: "arm64", node: "v24.21.0" },
      false,
      /runs on Linux on x64 or arm64, and this is darwin/,
    ],
    [{ platform: "linux", arch: "riscv64", node: "v24.21.0" }, false, /riscv64/],
    [{ platform: "linux", arch: "x64", node: "v20.20.2" }, false, /start it through npm/],
  ])("%j", (platform, ok, sentence) => {
    const finding = checkPlatform(platform);
    expect(finding.ok).toBe(ok);
    expect(finding.sentence).toMatch(sentence);
  });
});

describe("the port", () => {
  test("is free, ours, or taken by another program, which is told with the option to use", async () => {
    const taken = await takenPort();
    expect(await checkPort(taken.port, false)).toEqual({
      ok: false,
      name: "Port",
      sentence: `Port ${taken.port} is taken by another program: choose one with \`npm run up -- --port NUMBER\`.`,
    });
    expect(await checkPort(taken.port, true)).toMatchObject({ ok: true });
    await taken.close();
    expect(await checkPort(taken.port, false)).toMatchObject({ ok: true });
  });
});

describe("sandboxes", () => {
  const ok = { name: "bubblewrap", state: "ok", sentence: "bubblewrap 0.8.0" } as const;

  test("of any tier are fine; what a weak one lacks is told", () => {
    expect(describeSandbox({ checks: [ok], tier: "strong", missing: [] }).sentence).toMatch(
      /strong: bubblewrap 0.8.0/,
    );
    const weak = describeSandbox({ checks: [ok], tier: "weak", missing: ["No control groups."] });
    expect(weak).toMatchObject({
      ok: true,
      sentence: "Sandboxes work, with the tier weak: No control groups.",
    });
  });

  test("that cannot be made stop everything, with the remedy", () => {
    const fatal = { name: "namespaces", state: "fatal", sentence: "Run `sysctl …`." } as const;
    expect(describeSandbox({ checks: [ok, fatal], tier: null, missing: [] })).toEqual({
      ok: false,
      name: "Sandbox",
      sentence: "Run `sysctl …`.",
    });
  });
});

describe("doctor", () => {
  const host = {
    root: new URL("../..", import.meta.url).pathname,
    data: "/tmp/pilothouse-doctor",
    who: identitiesFor(false),
    gateway: { folder: "/nonexistent/gateway", port: 44_311 },
    portIsOwn: false,
    databaseUrl: undefined,
  };

  test("tells every check and ends with 1 where one fails, having started nothing", async () => {
    const taken = await takenPort();
    const lines: string[] = [];
    const code = await doctor({ ...host, port: taken.port }, (line) => lines.push(line));
    await taken.close();
    expect(code).toBe(1);
    const said = lines
      .filter((line) => line.startsWith("  failed"))
      .map((line) => line.replace(/ {2,}/g, "  "));
    expect(said).toEqual([
      `  failed  Port  Port ${taken.port} is taken by another program: choose one with \`npm run up -- --port NUMBER\`.`,
    ]);
    expect(lines.at(-1)).toBe(`\n1 of ${lines.length - 1} checks failed.`);
  });

  test("ends with 0 on a host that is ready", async () => {
    const taken = await takenPort();
    await taken.close();
    const lines: string[] = [];
    expect(await doctor({ ...host, port: taken.port }, (line) => lines.push(line))).toBe(0);
    expect(lines.at(-1)).toMatch(/This host is ready/);
  });
});
