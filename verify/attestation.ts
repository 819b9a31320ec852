// A merge's attestation: DSSE envelopes of in-toto statements, one a line, and a key that came another way.
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { isMembers, isText, type Members, parsed } from "./members.ts";
import { createFindings, type Report, shown, Unreadable } from "./report.ts";

const IN_TOTO = "application/vnd.in-toto+json";
const STATEMENT = "https://in-toto.io/Statement/v1";
export const TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1";
const APPROVALS = "urn:pilothouse:attestation:approvals:v1";
const PROVENANCE = "https://slsa.dev/provenance/v1";
const MOST_LINES = 100;

/** What is signed: DSSE v1, lengths in bytes. */
export function preAuthEncoding(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

/** 32 bytes in base64, as the run's page shows them. */
export function attestationKey(base64: string): { readonly key: KeyObject; readonly id: string } {
  const raw = Buffer.from(base64, "base64");
  if (raw.length !== 32 || raw.toString("base64") !== base64)
    throw new Unreadable("The attestation key has to be 32 bytes in base64, as the review's page shows it.");
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  return {
    key: createPublicKey({ key: jwk, format: "jwk" }),
    id: createHash("sha256").update(raw).digest("hex"),
  };
}

/** The statement of a line whose signature holds; else why it does not. */
export function opened(line: string, key: KeyObject, id: string): Members | string {
  const envelope = parsed(line);
  if (!isMembers(envelope)) return "is no envelope";
  const { payload, payloadType, signatures } = envelope;
  if (!isText(payload) || payloadType !== IN_TOTO || !Array.isArray(signatures))
    return "is no envelope of an in-toto statement";
  const own = signatures.filter((one: unknown): one is Members => isMembers(one) && one.keyid === id);
  if (own.length === 0) return "is not signed by the key that was given";
  const body = Buffer.from(payload, "base64");
  const holds = own.every(
    ({ sig }) => isText(sig) && verify(null, preAuthEncoding(IN_TOTO, body), key, Buffer.from(sig, "base64")),
  );
  if (!holds) return "has a false signature";
  const statement = parsed(body.toString("utf8"));
  return isMembers(statement) && statement._type === STATEMENT ? statement : "holds no in-toto statement";
}

const digestOf = (value: unknown, name: string): unknown =>
  isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function commitOf({ subject }: Members): { commit: unknown; tree: unknown } {
  const digests = Array.isArray(subject) ? subject.map((one) => (isMembers(one) ? one.digest : null)) : [];
  const named = (name: string) => digests.map((one) => digestOf(one, name)).find(isText);
  return { commit: named("gitCommit"), tree: named("gitTree") };
}

/** Why the approvals are not enough; null where they are. */
function shortfall({ needed, approvals, decision, launchedBy }: Members): string | null {
  const list = Array.isArray(approvals) ? approvals.filter(isMembers) : [];
  const people = new Set(list.map(({ person }) => person));
  if (typeof needed !== "number" || needed < 1) return "it does not say how many have to approve";
  if (people.size !== list.length) return "one person stands in it twice";
  if (people.has(launchedBy)) return "who launched the run is among those who approved";
  const same = list.every((one) => digestOf(one.decision, "sha256") === digestOf(decision, "sha256"));
  if (!same) return "somebody approved another document";
  return people.size < needed ? `${people.size} of ${needed} approved` : null;
}

export const textIn = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isMembers(at) ? at[name] : undefined), value);

/** `commit`: the one that is to be the subject; left out, the first statement says it. */
export function verifyAttestation(text: string, keyText: string, commit?: string): Report {
  const findings = createFindings();
  const { key, id } = attestationKey(keyText);
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length === 0 || lines.length > MOST_LINES)
    throw new Unreadable("An attestation is one to a hundred envelopes, one a line.");
  const statements = new Map<unknown, Members>();
  let about = commit;
  /** Why the line says nothing; null where it does. */
  const take = (line: string): string | null => {
    const statement = opened(line, key, id);
    if (typeof statement === "string") return statement;
    const { commit: subject, tree } = commitOf(statement);
    about ??= isText(subject) ? subject : undefined;
    if (!isText(subject) || subject !== about || !isText(tree))
      return `is about another commit than ${shown(about ?? "the one asked for")}`;
    const type = shown(String(statement.predicateType));
    if (statements.has(statement.predicateType)) return "says a second time what another line says";
    statements.set(statement.predicateType, statement);
    findings.add("attestation", "holds", `${type} about commit ${shown(subject)} is signed.`);
    return null;
  };
  for (const [nth, line] of lines.entries()) {
    const fault = take(line);
    if (fault !== null) findings.add("attestation", "fails", `Line ${nth + 1} ${fault}.`);
  }
  judge(statements, findings);
  return findings.report(null);
}

function judge(statements: ReadonlyMap<unknown, Members>, findings: ReturnType<typeof createFindings>): void {
  const of = (type: string): Members | null => {
    const predicate = statements.get(type)?.predicate;
    if (isMembers(predicate)) return predicate;
    findings.add("attestation", "not_shown", `Nothing of ${type} is in this file.`);
    return null;
  };
  const [tests, approvals, provenance] = [of(TEST_RESULT), of(APPROVALS), of(PROVENANCE)];
  const result = tests?.result;
  if (tests)
    findings.add(
      "attestation",
      result === "PASSED" ? "holds" : "fails",
      `Its tests: ${shown(String(result))}.`,
    );
  if (approvals) {
    const less = shortfall(approvals);
    if (less === null)
      findings.add(
        "attestation",
        "holds",
        `${String(approvals.needed)} needed; enough different people approved.`,
      );
    else findings.add("attestation", "fails", `Its approvals are not enough: ${less}.`);
  }
  if (!approvals || !provenance) return;
  const charters = [
    textIn(approvals, "charter", "sha256"),
    textIn(provenance, "buildDefinition", "externalParameters", "charter", "sha256"),
  ];
  if (!isText(charters[0]) || charters[0] !== charters[1])
    findings.add("attestation", "fails", "Approvals and provenance name different charters.");
}
