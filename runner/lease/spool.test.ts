import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { testFolder } from "#lib/testing/runner/parts.ts";
import { openSpool, type Spool } from "./spool.ts";

const ALL = { lines: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

async function freshSpool(compactAbove?: number): Promise<{ spool: Spool; path: string }> {
  const path = join(testFolder(), "events");
  const spool = await openSpool(path, compactAbove);
  onTestFinished(() => spool.close());
  return { spool, path };
}

describe("the event spool", () => {
  test("gives lines back in order, numbered from 1", async () => {
    const { spool } = await freshSpool();
    await spool.append(["a", "b"]);
    await spool.append(["c"]);
    expect(await spool.read(ALL)).toEqual({ first: 1, lines: ["a", "b", "c"] });
  });

  test("has nothing to give when empty or all is acknowledged", async () => {
    const { spool, path } = await freshSpool();
    expect(await spool.read(ALL)).toBeNull();
    await spool.append(["a", "b"]);
    await spool.acknowledge(2);
    expect(await spool.read(ALL)).toBeNull();
    expect(spool.bytes()).toBe(0);
    expect(statSync(path).size).toBe(0);
  });

  test("goes on counting after an acknowledgement of a part", async () => {
    const { spool } = await freshSpool();
    await spool.append(["a", "b", "c"]);
    await spool.acknowledge(2);
    expect(await spool.read(ALL)).toEqual({ first: 3, lines: ["c"] });
    await spool.append(["d"]);
    expect(await spool.read(ALL)).toEqual({ first: 3, lines: ["c", "d"] });
  });

  test("does nothing for acknowledgements that are old, or of more than there is", async () => {
    const { spool } = await freshSpool();
    await spool.append(["a", "b"]);
    await spool.acknowledge(1);
    await spool.acknowledge(0);
    await spool.acknowledge(1);
    expect(await spool.read(ALL)).toEqual({ first: 2, lines: ["b"] });
    await spool.acknowledge(99);
    await spool.append(["c"]);
    expect(await spool.read(ALL)).toEqual({ first: 3, lines: ["c"] });
  });

  test("keeps a batch within its bounds but never empty", async () => {
    const { spool } = await freshSpool();
    await spool.append(["aaaa", "bbbb", "cccc"]);
    expect((await spool.read({ lines: 2, bytes: 1000 }))?.lines).toEqual(["aaaa", "bbbb"]);
    expect((await spool.read({ lines: 9, bytes: 10 }))?.lines).toEqual(["aaaa", "bbbb"]);
    expect((await spool.read({ lines: 9, bytes: 1 }))?.lines).toEqual(["aaaa"]);
  });

  test("does not grow for ever while it never runs empty", async () => {
    const { spool, path } = await freshSpool(1000);
    await spool.append(["first"]);
    for (let i = 1; i <= 200; i++) {
      await spool.append([`line ${i} ${"x".repeat(50)}`]);
      await spool.acknowledge(i);
    }
    expect(statSync(path).size).toBeLessThan(2000);
    expect((await spool.read(ALL))?.lines).toEqual([`line 200 ${"x".repeat(50)}`]);
  });

  test("is private, and refuses a file that is already there", async () => {
    const { path } = await freshSpool();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(openSpool(path)).rejects.toThrow("EEXIST");
  });

  test("behaves like a numbered list under any mix of appends, reads and acknowledgements", async () => {
    const step = fc.oneof(
      fc.record({
        append: fc.array(fc.string({ unit: fc.constantFrom("a", "é", "\u{1f600}", "\\n") }), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
      fc.record({ acknowledge: fc.nat(40) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const spool = await openSpool(join(testFolder(), "events"), 20);
        const model: string[] = [];
        let done = 0;
        for (const now of steps) {
          if ("append" in now) {
            model.push(...now.append);
            await spool.append(now.append);
          } else {
            done = Math.max(done, Math.min(now.acknowledge, model.length));
            await spool.acknowledge(now.acknowledge);
          }
          const rest = model.slice(done);
          expect(await spool.read(ALL)).toEqual(rest.length === 0 ? null : { first: done + 1, lines: rest });
        }
        await spool.close();
      }),
      { numRuns: 50 },
    );
  });

  test("puts appends that overlap one after the other", async () => {
    const { spool } = await freshSpool();
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`);
    await Promise.all(lines.map((line) => spool.append([line])));
    expect((await spool.read(ALL))?.lines).toEqual(lines);
  });

  test("probe: a disk without room keeps none of the lines, says so and goes on when there is room", () => {
    const path = join(testFolder(), "events");
    // A file may grow to 8 blocks of 512 bytes; what would pass that fails part of the way, as on a full disk.
    const script = `
      const { openSpool } = await import(${JSON.stringify(join(import.meta.dirname, "spool.ts"))});
      const spool = await openSpool(${JSON.stringify(path)});
      await spool.append(["first"]);
      const failed = await spool.append(["x".repeat(3000), "y".repeat(3000)]).then(() => "kept", (error) => error.code);
      await spool.append(["second"]);
      const { lines } = await spool.read({ lines: 10, bytes: 10000 });
      console.log(JSON.stringify({ failed, lines }));
    `;
    const limited = [
      "-c",
      'ulimit -f 8; exec "$@"',
      "sh",
      process.execPath,
      "--input-type=module",
      "-e",
      script,
    ];
    const told = execFileSync("sh", limited, { encoding: "utf8" });
    expect(JSON.parse(told)).toEqual({ failed: "EFBIG", lines: ["first", "second"] });
  });
});
