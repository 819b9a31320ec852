// The system call filter, tried call by call from inside a real sandbox.
import { describe, expect, test } from "vitest";
import { specOf, TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import { run } from "./run.ts";
import { type Architecture, syscallTable } from "./seccomp/syscalls.ts";

const { sandbox } = await testSandbox();

async function inside(line: string): Promise<string> {
  const { stdout, stderr } = await run(sandbox, specOf(line));
  return `${stdout}${stderr}`;
}

const table = syscallTable(process.arch as Architecture);

/** Makes system calls by number; prints each one's errno. */
async function errnoOf(...calls: (readonly number[])[]): Promise<number[]> {
  const script = `for (@ARGV) { $! = 0; my ($n, @a) = map { int } split /,/; my $r = syscall($n, @a); print(($r == -1 ? $!+0 : 0), "\\n"); }`;
  const command = ["perl", "-e", script, ...calls.map((call) => call.join(","))];
  return String((await run(sandbox, { command, limits: TEST_LIMITS })).stdout)
    .trim()
    .split("\n")
    .map(Number);
}

describe("system calls", () => {
  const names = [...table.forbidden.keys()];

  test("probe: every forbidden call answers EPERM", async () => {
    const answers = await errnoOf(
      ...[...table.forbidden.values()].map((number) => [number, 0, 0, 0, 0, 0, 0]),
    );
    expect(Object.fromEntries(names.map((name, index) => [name, answers[index]]))).toEqual(
      Object.fromEntries(names.map((name) => [name, 1])),
    );
  });

  test("probe: io_uring and clone3 do not exist", async () => {
    const calls = [...table.absent.values()].map((number) => [number, 0, 0, 0, 0, 0, 0]);
    expect(await errnoOf(...calls)).toEqual(calls.map(() => 38));
  });

  test("probe: no new namespace by clone, no terminal input, no netlink, packet or vsock socket", async () => {
    const { clone, ioctl, socket } = table.inspected;
    expect(await errnoOf([clone, 0x10000000 | 17, 0, 0, 0, 0], [ioctl, 0, 0x5412, 0])).toEqual([1, 1]);
    expect(await errnoOf([socket, 16, 3, 0], [socket, 17, 3, 0], [socket, 40, 1, 0])).toEqual([97, 97, 97]);
    expect(await errnoOf([socket, 1, 1, 0], [socket, 2, 1, 0], [socket, 10, 1, 0])).toEqual([0, 0, 0]);
  });

  test.runIf(process.arch === "x64")("probe: no x32 call", async () => {
    expect(await errnoOf([0x40000000 + 39], [39])).toEqual([38, 0]);
  });

  test("probe: the tools that would use them get nowhere", async () => {
    expect(await inside("unshare -Ur id")).toContain("not permitted");
    expect(await inside("mount -t tmpfs none /tmp")).toMatch(
      /not permitted|permission denied|must be superuser/,
    );
    expect(await inside("nsenter -t 1 -m id")).toMatch(/not permitted|Permission denied/);
  });
});
