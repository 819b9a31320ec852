// C2SP tlog-policy: which logs are believed, and which witnesses must have seen what they signed. It comes to a reader
// out of band; nothing a log says about itself can widen it.
import { badInput } from "#lib/errors.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { parseDecimal } from "./encoding.ts";
import { ED25519, parseVerifier, type Verifier } from "./keys.ts";
import { type Note, verifiedBy } from "./note.ts";

export interface PolicyParty {
  /** Of the policy file; a log is known by its key's name. */
  readonly name: string;
  readonly verifier: Verifier;
  readonly url: string | null;
}

interface Group {
  readonly name: string;
  readonly needed: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly logs: readonly PolicyParty[];
  readonly witnesses: readonly PolicyParty[];
  /** In the order of the file: each names only what stands before it. */
  readonly groups: readonly Group[];
  /** Name of a witness or a group, or `none`. */
  readonly quorum: string;
}

interface Draft {
  readonly logs: PolicyParty[];
  readonly witnesses: PolicyParty[];
  readonly groups: Group[];
  readonly members: Set<string>;
  quorum: string | null;
}

const NONE = "none";

const isDefined = ({ witnesses, groups }: Draft, wanted: string): boolean =>
  [...witnesses, ...groups].some(({ name }) => name === wanted);

function newName(draft: Draft, name: string | undefined): string {
  if (name === undefined) throw badInput("a name is missing");
  if (name === NONE || isDefined(draft, name)) throw badInput(`the name ${name} is taken`);
  return name;
}

function newParty(
  known: readonly PolicyParty[],
  name: string | undefined,
  words: readonly string[],
): PolicyParty {
  const [text = "", url = null, ...more] = words;
  if (more.length > 0) throw badInput("there is more on it than a key and an address");
  const verifier = parseVerifier(text);
  if (known.some((other) => other.verifier.publicKey.equals(verifier.publicKey))) {
    throw badInput("its key is already on another line");
  }
  return { name: name ?? verifier.name, verifier, url };
}

function threshold(word: string | undefined, count: number): number {
  if (word === "all") return count;
  const needed = word === "any" ? 1 : parseDecimal(word ?? "");
  if (needed === null || needed < 1 || needed > count) {
    throw badInput(`a group of ${count} needs all, any, or a number from 1 to ${count}`);
  }
  return needed;
}

const LINES: Readonly<Record<string, (draft: Draft, words: readonly string[]) => void>> = {
  log(draft, words) {
    draft.logs.push(newParty(draft.logs, undefined, words));
  },
  witness(draft, [word, ...words]) {
    const party = newParty(draft.witnesses, newName(draft, word), words);
    if (party.verifier.type === ED25519) throw badInput("its key does not make cosignatures");
    draft.witnesses.push(party);
  },
  group(draft, [word, needed, ...members]) {
    const name = newName(draft, word);
    for (const member of members) {
      if (!isDefined(draft, member)) throw badInput(`${member} is not defined before it`);
      if (draft.members.has(member)) throw badInput(`${member} is a member already`);
      draft.members.add(member);
    }
    if (members.length === 0) throw badInput("a group has one member at least");
    draft.groups.push({ name, needed: threshold(needed, members.length), members });
  },
  quorum(draft, [name, ...more]) {
    if (draft.quorum !== null) throw badInput("there is a quorum already");
    if (name === undefined || more.length > 0) throw badInput("a quorum is one name");
    if (name !== NONE && !isDefined(draft, name)) throw badInput(`${name} is not defined before it`);
    draft.quorum = name;
  },
};

/** Tab and newline are the only control characters. */
const CONTROL = /(?![\t\n\u{80}-\u{9f}])\p{Cc}/u;

/** Throws bad_input with a sentence that names the line. */
export function parsePolicy(text: string): Policy {
  const draft: Draft = { logs: [], witnesses: [], groups: [], members: new Set(), quorum: null };
  for (const [at, line] of text.split("\n").entries()) {
    const [keyword = "", ...words] = line.split(/[ \t]+/).filter((word) => word !== "");
    if (keyword === "" || keyword.startsWith("#")) continue;
    try {
      if (CONTROL.test(line)) throw badInput("it holds a control character");
      const read = Object.hasOwn(LINES, keyword) ? LINES[keyword] : undefined;
      if (!read) throw badInput("it begins with none of log, witness, group, quorum");
      read(draft, words);
    } catch (error) {
      throw badInput(
        `Line ${at + 1} of the policy is not usable: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  if (draft.quorum === null)
    throw badInput("The policy has no quorum line; “quorum none” asks for no witness.");
  return { ...draft, quorum: draft.quorum };
}

export interface Verdict {
  readonly checkpoint: Checkpoint;
  /** The log of the policy that signed it under its own origin. */
  readonly log: PolicyParty | null;
  /** Witnesses of the policy that cosigned it. */
  readonly witnesses: readonly PolicyParty[];
  readonly isQuorum: boolean;
  /** Signed by a log of the policy, and cosigned by enough of its witnesses. */
  readonly isAccepted: boolean;
}

function isQuorum({ groups, quorum }: Policy, witnesses: readonly PolicyParty[]): boolean {
  const seen = new Set([NONE, ...witnesses.map(({ name }) => name)]);
  for (const { name, needed, members } of groups) {
    if (members.filter((member) => seen.has(member)).length >= needed) seen.add(name);
  }
  return seen.has(quorum);
}

/** Throws bad_input for what is no checkpoint, refused where a line of a key of the policy does not verify. */
export function judge(policy: Policy, note: Note): Verdict {
  const checkpoint = parseCheckpoint(note.text);
  const signedBy = (party: PolicyParty): boolean => verifiedBy(note, [party.verifier]).length > 0;
  const log = policy.logs.filter(({ name }) => name === checkpoint.origin).find(signedBy) ?? null;
  const witnesses = policy.witnesses.filter(signedBy);
  const enough = isQuorum(policy, witnesses);
  return { checkpoint, log, witnesses, isQuorum: enough, isAccepted: log !== null && enough };
}
