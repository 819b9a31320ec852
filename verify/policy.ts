// C2SP tlog-policy: whose signatures a checkpoint needs. It comes to the reader on another way than the bundle.
import { parseVerifierKey, Unreadable, type VerifierKey } from "./note.ts";

export interface Policy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: ReadonlyMap<string, VerifierKey>;
  readonly groups: ReadonlyMap<string, { readonly needed: number; readonly members: readonly string[] }>;
  /** Name of a witness or a group, or `none`. */
  readonly quorum: string;
}

const MAX_POLICY = 1 << 20;

export function parsePolicy(file: Uint8Array): Policy {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString("binary");
  if (text.length > MAX_POLICY) throw new Unreadable("The policy is larger than 1 MiB.");
  const logs: VerifierKey[] = [];
  const witnesses = new Map<string, VerifierKey>();
  const groups = new Map<string, { needed: number; members: string[] }>();
  const grouped = new Set<string>();
  let quorum: string | null = null;

  const isNew = (name: string) => name !== "none" && !witnesses.has(name) && !groups.has(name);
  const isKnown = (name: string) => witnesses.has(name) || groups.has(name);
  const added = (key: VerifierKey, others: Iterable<VerifierKey>): VerifierKey => {
    for (const { bytes } of others)
      if (bytes === key.bytes) throw new Unreadable("the same key stands there twice");
    return key;
  };
  const statements: Record<string, (words: readonly string[]) => boolean> = {
    log([vkey = "", , ...more]) {
      logs.push(added(parseVerifierKey(vkey, "log"), logs));
      return more.length === 0;
    },
    witness([name = "none", vkey = "", , ...more]) {
      if (more.length > 0 || !isNew(name)) return false;
      witnesses.set(name, added(parseVerifierKey(vkey, "witness"), witnesses.values()));
      return true;
    },
    group([name = "none", count = "", ...members]) {
      const needed = count === "any" ? 1 : count === "all" ? members.length : Number(count);
      const isCount = count === "any" || count === "all" || /^[1-9]\d{0,5}$/.test(count);
      if (!isNew(name) || !isCount || members.length === 0 || needed > members.length) return false;
      for (const member of members) {
        if (!isKnown(member) || grouped.has(member)) return false;
        grouped.add(member);
      }
      groups.set(name, { needed, members });
      return true;
    },
    quorum([name = "", ...more]) {
      if (quorum !== null || more.length > 0 || (name !== "none" && !isKnown(name))) return false;
      quorum = name;
      return true;
    },
  };

  for (const [at, line] of text.split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    const [statement = "#", ...rest] = words;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(line))
      throw new Unreadable(`Line ${at + 1} of the policy holds a control character.`);
    if (statement.startsWith("#")) continue;
    try {
      if (!Object.hasOwn(statements, statement) || !statements[statement]?.(rest))
        throw new Unreadable("it is not a statement of tlog-policy, or names what is not defined above it");
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new Unreadable(`Line ${at + 1} of the policy cannot be used: ${error.message}.`);
    }
  }
  if (quorum === null) throw new Unreadable("The policy has no quorum line.");
  if (logs.length === 0) throw new Unreadable("The policy names no log.");
  return { logs, witnesses, groups, quorum };
}

/** Whether enough of the named have cosigned. */
export function reaches({ witnesses, groups }: Policy, name: string, cosigned: ReadonlySet<string>): boolean {
  if (name === "none") return true;
  if (witnesses.has(name)) return cosigned.has(name);
  const group = groups.get(name);
  const policy = { witnesses, groups } as Policy;
  return (
    group !== undefined &&
    group.members.filter((member) => reaches(policy, member, cosigned)).length >= group.needed
  );
}
