import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildFilter } from "./filter.ts";
import { type Architecture, AUDIT_ARCH, syscallTable } from "./syscalls.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const EAFNOSUPPORT = 0x00050061;

const ARCHITECTURES: Architecture[] = ["x64", "arm64"];

/** What the kernel would answer: classic BPF over `struct seccomp_data`. */
function judge(filter: Buffer, call: { arch: number; number: number; args?: bigint[] }): number {
  const facts = Buffer.alloc(64);
  facts.writeUInt32LE(call.number >>> 0, 0);
  facts.writeUInt32LE(call.arch, 4);
  for (const [index, value] of (call.args ?? []).entries()) facts.writeBigUInt64LE(value, 16 + 8 * index);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const code = filter.readUInt16LE(at * 8);
    const value = filter.readUInt32LE(at * 8 + 4);
    const jump = (holds: boolean) => filter.readUInt8(at * 8 + (holds ? 2 : 3));
    if (code === 0x20) accumulator = facts.readUInt32LE(value);
    else if (code === 0x06) return value;
    else if (code === 0x15) at += jump(accumulator === value);
    else if (code === 0x35) at += jump(accumulator >= value);
    else if (code === 0x45) at += jump((accumulator & value) !== 0);
    else throw new Error(`Unknown instruction ${code}.`);
  }
  throw new Error("The program ran out without an answer.");
}

const judgeOn = (architecture: Architecture) => {
  const filter = buildFilter(architecture);
  return (number: number, ...args: (bigint | number)[]) =>
    judge(filter, { arch: AUDIT_ARCH[architecture], number, args: args.map(BigInt) });
};

describe.each(ARCHITECTURES)("the filter on %s", (architecture) => {
  const call = judgeOn(architecture);
  const table = syscallTable(architecture);

  test.each([...table.forbidden])("probe: %s is not permitted", (_name, number) => {
    expect(call(number)).toBe(EPERM);
  });

  test.each([...table.absent])("probe: %s does not exist", (_name, number) => {
    expect(call(number)).toBe(ENOSYS);
  });

  test.each([
    ["mount", 0x00020000],
    ["cgroup", 0x02000000],
    ["uts", 0x04000000],
    ["ipc", 0x08000000],
    ["user", 0x10000000],
    ["pid", 0x20000000],
    ["net", 0x40000000],
  ])("probe: clone into a new %s namespace is not permitted", (_name, flag) => {
    expect(call(table.inspected.clone, flag | 17)).toBe(EPERM);
    expect(call(table.inspected.clone, BigInt(flag) | (1n << 40n))).toBe(EPERM);
  });

  test("clone for processes and threads is allowed", () => {
    expect(call(table.inspected.clone, 17)).toBe(ALLOW);
    expect(call(table.inspected.clone, 0x003d0f00)).toBe(ALLOW);
  });

  test.each([
    ["AF_UNIX", 1],
    ["AF_INET", 2],
    ["AF_INET6", 10],
  ])("socket(%s) is allowed", (_name, family) => {
    expect(call(table.inspected.socket, family)).toBe(ALLOW);
  });

  test("probe: any other address family is unsupported", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (family) => {
        fc.pre(![1, 2, 10].includes(family));
        expect(call(table.inspected.socket, family)).toBe(EAFNOSUPPORT);
      }),
    );
  });

  test("probe: the upper half of an argument does not hide the lower one", () => {
    const hidden = (value: number) => (0xdeadbeefn << 32n) | BigInt(value);
    expect(call(table.inspected.ioctl, 0, hidden(0x5412))).toBe(EPERM);
    expect(call(table.inspected.socket, hidden(16))).toBe(EAFNOSUPPORT);
  });

  test("probe: typing into a terminal is not permitted, reading its size is", () => {
    expect(call(table.inspected.ioctl, 0, 0x5412)).toBe(EPERM);
    expect(call(table.inspected.ioctl, 0, 0x541c)).toBe(EPERM);
    expect(call(table.inspected.ioctl, 0, 0x5413)).toBe(ALLOW);
  });

  test("probe: a call of another architecture kills the process", () => {
    const filter = buildFilter(architecture);
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(500), (arch, number) => {
        fc.pre(arch !== AUDIT_ARCH[architecture]);
        expect(judge(filter, { arch, number })).toBe(KILL);
      }),
    );
    expect(judge(filter, { arch: 0x40000003, number: 1 })).toBe(KILL); // i386
    expect(judge(filter, { arch: 0x40000028, number: 1 })).toBe(KILL); // arm
  });

  test("everything the tables do not name is allowed", () => {
    const named = new Set([
      ...table.forbidden.values(),
      ...table.absent.values(),
      ...Object.values(table.inspected),
    ]);
    for (let number = 0; number < 600; number++) {
      if (!named.has(number)) expect(call(number)).toBe(ALLOW);
    }
  });

  test("is small enough for the kernel and holds no name twice", () => {
    expect(buildFilter(architecture).length / 8).toBeLessThan(4096);
    const numbers = [
      ...table.forbidden.values(),
      ...table.absent.values(),
      ...Object.values(table.inspected),
    ];
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

test("probe: x32 calls do not exist on x64", () => {
  const call = judgeOn("x64");
  fc.assert(
    fc.property(fc.nat(0x3fffffff), (number) => {
      expect(call(0x40000000 + number)).toBe(ENOSYS);
    }),
  );
  expect(call(0xffffffff)).toBe(ENOSYS);
});
