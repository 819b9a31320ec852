// Classic BPF as seccomp reads it: 8 bytes per instruction, little-endian, jumps forward only and at most 255 far
// (linux/filter.h, Documentation/userspace-api/seccomp_filter.rst).

export type Label = string;

/** Where a comparison goes on; null is the next instruction. */
interface Branch {
  readonly yes: Label | null;
  readonly no: Label | null;
}

export type Instruction =
  | { readonly op: "load"; readonly offset: number }
  | ({ readonly op: "equal" | "at_least" | "any_bit"; readonly value: number } & Branch)
  | { readonly op: "return"; readonly value: number }
  | { readonly op: "label"; readonly name: Label };

/** Offsets in `struct seccomp_data`. Both supported architectures are little-endian: the low word comes first. */
export const NUMBER = 0;
export const ARCHITECTURE = 4;
export const argument = (index: number): number => 16 + 8 * index;

const CODES = { load: 0x20, equal: 0x15, at_least: 0x35, any_bit: 0x45, return: 0x06 } as const;
const MAX_JUMP = 255;

function positions(program: readonly Instruction[]): Map<Label, number> {
  const found = new Map<Label, number>();
  let index = 0;
  for (const instruction of program) {
    if (instruction.op !== "label") index++;
    else if (found.has(instruction.name)) throw new Error(`The label ${instruction.name} is there twice.`);
    else found.set(instruction.name, index);
  }
  return found;
}

/** Bytes of a `sock_filter` array. Throws on an unknown label, a jump backwards or one that is too far. */
export function assemble(program: readonly Instruction[]): Buffer {
  const labels = positions(program);
  const instructions = program.filter((instruction) => instruction.op !== "label");
  const bytes = Buffer.alloc(instructions.length * 8);

  const distance = (from: number, label: Label | null): number => {
    if (label === null) return 0;
    const to = labels.get(label);
    if (to === undefined) throw new Error(`There is no label ${label}.`);
    const jump = to - from - 1;
    if (jump < 0 || jump > MAX_JUMP) throw new Error(`The jump to ${label} spans ${jump} instructions.`);
    return jump;
  };

  for (const [index, instruction] of instructions.entries()) {
    const at = index * 8;
    bytes.writeUInt16LE(CODES[instruction.op], at);
    if (instruction.op === "load") {
      bytes.writeUInt32LE(instruction.offset, at + 4);
      continue;
    }
    bytes.writeUInt32LE(instruction.value, at + 4);
    if (instruction.op === "return") continue;
    bytes.writeUInt8(distance(index, instruction.yes), at + 2);
    bytes.writeUInt8(distance(index, instruction.no), at + 3);
  }
  return bytes;
}
