// C2SP tlog-policy: whose signatures a checkpoint needs. It comes to the reader on another way than the bundle.
import { parseVerifierKey, type VerifierKey } from "./note.ts";
import { Unreadable } from "./report.ts";

export interface Policy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: ReadonlyMap<string, VerifierKey>;
  readonly groups: ReadonlyMap<string, { readonly needed: number; readonly members: readonly string[] }>;
  /** By person, SHA-256 of the public keys whose signatures are theirs, hex. Empty: the log is taken at its word. */
  readonly passkeys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Name of a witness or a group, or `none`. */
  readonly quorum: string;
}

const MAX_POLICY = 1 << 20;

export function parsePolicy(file: Uint8Array): Policy {
  const text = Buffer.from(file).toString("binary");
  if (text.length > MAX_POLICY) throw new Unreadable("The policy is larger than 1 MiB.");
  const logs: VerifierKey[] = [];
  const witnesses = new Map<string, VerifierKey>();
  const groups = new Map<string, { needed: number; members: string[] }>();
  const grouped = new Set<string>();
  const passkeys = new Map<string, Set<string>>();
  let quorum: string | null = null;

  const isKnown = (name: string) => witnesses.has(name) || groups.has(name);
  const isNew = (name: string) => name !== "none" && !isKnown(name);
  const keyOf = (vkey: string, role: "log" | "witness", others: Iterable<VerifierKey>): VerifierKey => {
    const key = parseVerifierKey(vkey, role);
    for (const { written } of others)
      if (written === key.written) throw new Unreadable("the same key stands there twice");
    return key;
  };

  /** Takes in a statement. False: it is none. */
  function take(statement: string, [name = "", second = "", ...more]: readonly string[]): boolean {
    switch (statement) {
      case "log": // its URL may follow
        logs.push(keyOf(name, "log", logs));
        return more.length === 0;
      case "witness":
        if (more.length > 1 || !isNew(name)) return false;
        witnesses.set(name, keyOf(second, "witness", witnesses.values()));
        return true;
      case "group": {
        const needed = second === "any" ? 1 : second === "all" ? more.length : Number(second);
        const isCount = /^(any|all|[1-9]\d{0,5})$/.test(second) && more.length > 0 && needed <= more.length;
        const isFree = more.every(
          (member, at) => isKnown(member) && !grouped.has(member) && more.indexOf(member) === at,
        );
        if (!isNew(name) || !isCount || !isFree) return false;
        for (const member of more) grouped.add(member);
        groups.set(name, { needed, members: more });
        return true;
      }
      case "passkey": // ours: no statement of tlog-policy
        if (!/^[a-z]{3}_[0-9A-Za-z_-]{1,80}$/.test(name) || !/^[0-9a-f]{64}$/.test(second)) return false;
        passkeys.set(name, (passkeys.get(name) ?? new Set()).add(second));
        return more.length === 0;
      case "quorum":
        if (quorum !== null || second !== "" || isNew(name)) return false;
        quorum = name;
        return true;
      default:
        return false;
    }
  }

  for (const [at, line] of text.split("\n").entries()) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(line))
      throw new Unreadable(`Line ${at + 1} of the policy holds a control character.`);
    const [statement = "#", ...words] = line.split(/[ \t]+/).filter((word) => word !== "");
    if (statement.startsWith("#")) continue;
    try {
      if (!take(statement, words))
        throw new Unreadable("it is not a statement of tlog-policy, or names what is not defined above it");
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new Unreadable(`Line ${at + 1} of the policy cannot be used: ${error.message}.`);
    }
  }
  if (quorum === null) throw new Unreadable("The policy has no quorum line.");
  if (logs.length === 0) throw new Unreadable("The policy names no log.");
  return { logs, witnesses, groups, passkeys, quorum };
}

/** Whether enough of the named have cosigned. */
export function reaches(policy: Policy, name: string, cosigned: ReadonlySet<string>): boolean {
  const group = policy.groups.get(name);
  if (!group) return name === "none" || cosigned.has(name);
  return group.members.filter((member) => reaches(policy, member, cosigned)).length >= group.needed;
}
