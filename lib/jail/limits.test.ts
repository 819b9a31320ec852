// What a process inside can use up, and what happens when it tries to use more.
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { specOf, TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import { run } from "./run.ts";

const { sandbox } = await testSandbox();
const isStrong = sandbox.tier === "strong";
const MiB = 1024 * 1024;

describe("disk", () => {
  test.each([
    ["/work", 8 * MiB],
    ["/tmp", 64 * MiB],
    ["/home/agent", 64 * MiB],
    ["/dev/shm", 64 * MiB],
  ])("probe: %s fills up and says so", async (tree, bytes) => {
    const line = `i=0; while dd if=/dev/zero of=${tree}/$i bs=1M count=4 status=none; do i=$((i+1)); done; du -sm ${tree} | cut -f1`;
    const { stdout, stderr, exit } = await run(sandbox, specOf(line, { limits: { diskBytes: 8 * MiB } }));
    expect(String(stderr)).toContain("No space left on device");
    expect(Number(stdout)).toBeLessThanOrEqual(bytes / MiB);
    expect(exit).toMatchObject({ code: 0, ended: "itself" });
  });

  test("probe: no single file grows beyond the limit, wherever it lies", async () => {
    const line = "head -c 9M /dev/zero > /tmp/large; echo $?; wc -c < /tmp/large";
    const { stdout } = await run(sandbox, specOf(line, { limits: { diskBytes: 8 * MiB } }));
    expect(String(stdout)).toBe(`153\n${8 * MiB}\n`); // 128 + SIGXFSZ
  });

  test("a crash leaves no core file", async () => {
    const { stdout } = await run(sandbox, specOf("ulimit -c; sh -c 'kill -SEGV $$'; ls /work"));
    expect(String(stdout)).toBe("0\n");
  });
});

describe("memory", () => {
  const bomb = "perl -e 'my @a; push @a, q(x) x 1048576 while 1'";

  test("probe: a memory bomb is ended, and a group says what by", async () => {
    const { exit } = await run(sandbox, specOf(bomb, { limits: { memoryBytes: 64 * MiB } }));
    if (isStrong) expect(exit).toMatchObject({ ended: "memory", code: null, signal: "SIGKILL" });
    else expect(exit).toMatchObject({ ended: "itself", code: 1 });
  });

  test("probe: a node process that takes more than its share is ended", async () => {
    const script = "const kept = []; for (;;) kept.push(Buffer.alloc(1048576, 1));";
    const { exit } = await run(sandbox, {
      command: ["node", "-e", script],
      limits: { ...TEST_LIMITS, memoryBytes: 256 * MiB },
    });
    expect(exit.code).not.toBe(0);
    expect(exit.ended).toBe(isStrong ? "memory" : "itself");
  });

  test.runIf(isStrong)("probe: what lies in the sandbox's file systems counts as its memory", async () => {
    const line = "cat /dev/zero > /work/a; echo survived";
    const limits = { memoryBytes: 32 * MiB, diskBytes: 512 * MiB };
    const { exit, stdout } = await run(sandbox, specOf(line, { limits }));
    expect([exit.ended, String(stdout)]).toEqual(["memory", ""]);
  });

  test.runIf(isStrong)("probe: many small processes share one limit", async () => {
    const line = "for i in 1 2 3 4 5 6; do perl -e '$x = q(x) x (20 * 1048576); sleep 2' & done; wait";
    const { exit } = await run(sandbox, specOf(line, { limits: { memoryBytes: 64 * MiB } }));
    expect(exit.ended).toBe("memory");
  });

  test.runIf(isStrong)("probe: empty files without end count as memory, and end it", async () => {
    const fill = "for (let n = 0; ; n++) require('node:fs').writeFileSync('/work/' + n, '')";
    const line = `node -e "${fill}"`;
    const { exit } = await run(sandbox, specOf(line, { limits: { memoryBytes: 96 * MiB } }));
    expect(exit.ended).toBe("memory");
  });

  test("what stays below the limit is let be", async () => {
    const { exit } = await run(sandbox, specOf("perl -e '$x = q(x) x (20 * 1048576)'"));
    expect(exit).toMatchObject({ code: 0, ended: "itself" });
  });
});

describe("processes", () => {
  const forks = (sleep: string) =>
    `perl -e 'my $n = 0; while (defined(my $pid = fork)) { if (!$pid) { ${sleep}; exit } $n++ } print "$n $!\\n"'`;

  test("probe: a fork bomb stops at the limit", async () => {
    const { stdout, exit } = await run(sandbox, specOf(forks("sleep 60"), { limits: { processes: 20 } }));
    const [, count, reason] = /^(\d+) (.*)\n$/.exec(String(stdout)) ?? [];
    expect(Number(count)).toBeGreaterThan(5);
    expect(Number(count)).toBeLessThan(20);
    expect(reason).toBe("Resource temporarily unavailable");
    expect(exit.code).toBe(0);
  });

  test("probe: a bomb that never stops is gone at the end of its time, and the next start works", async () => {
    const bomb = "perl -e 'fork while 1'";
    const { exit } = await run(sandbox, specOf(bomb, { limits: { processes: 40, seconds: 1 } }));
    expect(exit.ended).toBe("time");
    expect(String((await run(sandbox, specOf("echo fine"))).stdout)).toBe("fine\n");
  });
});

describe("time", () => {
  test("what runs too long is ended, and the exit says so", async () => {
    const { exit, stdout } = await run(sandbox, specOf("echo before; sleep 60", { limits: { seconds: 1 } }));
    expect(exit).toMatchObject({ code: null, signal: "SIGKILL", ended: "time" });
    expect(String(stdout)).toBe("before\n");
    expect(exit.milliseconds).toBeGreaterThan(0);
  });

  test("probe: neither ignored signals nor a session of its own help", async () => {
    const line =
      "trap '' TERM INT HUP; setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & while :; do sleep 1; done";
    const { exit } = await run(sandbox, specOf(line, { limits: { seconds: 1 } }));
    expect(exit.ended).toBe("time");
  });
});

describe("output", () => {
  test("probe: a flood is cut at the limit, counted, and does not block", async () => {
    const { stdout, stderr, result, dropped, exit } = await run(
      sandbox,
      specOf(
        "head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2; head -c 2000000 /dev/zero >&3; echo done >&2",
        {
          limits: { outputBytes: 1000 },
        },
      ),
    );
    expect([stdout.length, stderr.length, result.length]).toEqual([1000, 1000, 1000]);
    expect(dropped).toEqual({ stdout: 4_999_000, stderr: 2_999_005, result: 1_999_000 });
    expect(exit.code).toBe(0);
  });

  test("output that nobody reads does not keep the process from ending", async () => {
    const started = await sandbox.start(
      specOf("head -c 800000 /dev/zero; head -c 800000 /dev/zero >&2; exit 4"),
    );
    started.stdin.end();
    expect(await started.exited).toMatchObject({ code: 4, ended: "itself" });
    const chunks = await started.stdout.toArray();
    expect(Buffer.concat(chunks).length).toBe(800_000);
  });

  test("output is there while the process still runs", async () => {
    const started = await sandbox.start(specOf("echo first; read line; echo $line"));
    const [first] = await once(started.stdout, "data");
    expect(String(first)).toBe("first\n");
    started.stdin.end("second\n");
    const [second] = await once(started.stdout, "data");
    expect(String(second)).toBe("second\n");
    expect((await started.exited).code).toBe(0);
  });
});
