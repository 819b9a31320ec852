// The system calls a sandboxed process may not make. Capabilities and namespaces already forbid most of them; the
// filter keeps the kernel's rarely used code out of reach, where the next escape is found.
import { ARCHITECTURE, argument, assemble, type Instruction, type Label, NUMBER } from "./assembler.ts";
import { type Architecture, AUDIT_ARCH, type SyscallTable, syscallTable } from "./syscalls.ts";

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const errno = (code: number): number => 0x00050000 | code;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** The other calling convention of x86-64 has numbers from here on. */
const X32_BIT = 0x40000000;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const CLONE_NEW_NAMESPACES = 0x7e020000;

/** Address families a program may open; the network namespace holds nothing but its own loopback. */
const FAMILIES = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10 };

/** Both push input into a terminal as if it were typed. */
const TERMINAL_INJECTIONS = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c };

const load = (offset: number): Instruction => ({ op: "load", offset });
const label = (name: Label): Instruction => ({ op: "label", name });
const answer = (name: Label, value: number): Instruction[] => [label(name), { op: "return", value }];
const when = (
  op: "equal" | "at_least" | "any_bit",
  value: number,
  yes: Label | null,
  no: Label | null = null,
): Instruction => ({
  op,
  value,
  yes,
  no,
});

const whenOneOf = (values: Iterable<number>, yes: Label): Instruction[] =>
  [...values].map((value) => when("equal", value, yes));

function byArguments({ inspected: { clone, socket, ioctl } }: SyscallTable): Instruction[] {
  return [
    when("equal", clone, "clone"),
    when("equal", socket, "socket"),
    when("equal", ioctl, "ioctl"),
    ...answer("allowed", ALLOW),

    label("clone"),
    load(argument(0)),
    when("any_bit", CLONE_NEW_NAMESPACES, "forbidden", "fine"),

    label("socket"),
    load(argument(0)),
    ...whenOneOf(Object.values(FAMILIES), "fine"),
    { op: "return", value: errno(EAFNOSUPPORT) },

    label("ioctl"),
    load(argument(1)),
    ...whenOneOf(Object.values(TERMINAL_INJECTIONS), "forbidden"),
    ...answer("fine", ALLOW),
  ];
}

/** The filter as bubblewrap reads it (`--seccomp`). Pure. */
export function buildFilter(architecture: Architecture): Buffer {
  const table = syscallTable(architecture);
  return assemble([
    load(ARCHITECTURE),
    when("equal", AUDIT_ARCH[architecture], "native", "foreign"),
    ...answer("foreign", KILL_PROCESS),
    label("native"),
    load(NUMBER),
    ...(architecture === "x64" ? [when("at_least", X32_BIT, "absent")] : []),
    ...whenOneOf(table.absent.values(), "absent"),
    ...whenOneOf(table.forbidden.values(), "forbidden"),
    ...byArguments(table),
    ...answer("forbidden", errno(EPERM)),
    ...answer("absent", errno(ENOSYS)),
  ]);
}
