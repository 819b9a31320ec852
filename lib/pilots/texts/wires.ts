// Tripwires as the form has them: one line each.
import type { FieldErrors } from "../../errors.ts";
import { Tripwire } from "../../tripwires/schema.ts";
import { readWire, wireLine } from "../../tripwires/wire-line.ts";

const FIELD = "rollback.tripwires";

export const writtenWires = (wires: readonly Tripwire[]): string => wires.map(wireLine).join("\n");

/** A text that is no such line stays as it is: the schema refuses it, and `wireFaults` says why. */
export function wireOfLine(line: string): unknown {
  const read = readWire(line);
  return read.ok ? read.wire : line;
}

/** What is wrong with which line, where one is; nothing is said of the others. */
export function wireFaults(values: { readonly [name: string]: string | readonly string[] }): FieldErrors {
  const text = [values[FIELD] ?? ""].flat().join("\n");
  const faults = text.split(/\r?\n/).flatMap((line, index) => {
    const sentence = line.trim() === "" ? null : faultOf(line);
    return sentence === null ? [] : [`Line ${index + 1}: ${sentence}`];
  });
  return faults.length === 0 ? {} : { [FIELD]: faults };
}

function faultOf(line: string): string | null {
  const read = readWire(line);
  if (!read.ok) return read.sentence;
  return Tripwire.safeParse(read.wire).error?.issues[0]?.message ?? null;
}
