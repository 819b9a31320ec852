// What a worker signed about evidence: one DSSE envelope, a key that came another way, and the document where there is one.
import { createHash } from "node:crypto";
import { attestationKey, opened, TEST_RESULT, textIn } from "../attestation.ts";
import { isMembers, isText, type Members } from "../members.ts";
import { createFindings, type Report, shown, Unreadable } from "../report.ts";

/** `document`: the bytes that the digest of evidence covers, as a bundle holds them. */
export function verifyEvidence(text: string, keyText: string, document?: Uint8Array): Report {
  const findings = createFindings();
  const { key, id } = attestationKey(keyText);
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length !== 1) throw new Unreadable("A statement about evidence is one envelope, on one line.");
  const statement = opened(lines[0] ?? "", key, id);
  if (typeof statement === "string") findings.add("evidence", "fails", `The envelope ${statement}.`);
  else if (statement.predicateType !== TEST_RESULT)
    findings.add(
      "evidence",
      "fails",
      `It says ${shown(String(statement.predicateType))}, no result of tests.`,
    );
  else judge(statement, findings, document);
  return findings.report(null);
}

function judge(
  { predicate, subject }: Members,
  findings: ReturnType<typeof createFindings>,
  document: Uint8Array | undefined,
): void {
  const list = textIn(predicate, "configuration");
  const named = (name: string) =>
    Array.isArray(list) ? list.filter(isMembers).find((one) => one.name === name) : undefined;
  const digest = textIn(named("evidence"), "digest", "sha256");
  const runner = textIn(named("evidence"), "annotations", "reportedBy");
  const patch = Array.isArray(subject) ? textIn(subject[0], "digest", "sha256") : undefined;
  if (!isText(digest) || !isText(runner) || !isText(patch)) {
    findings.add("evidence", "fails", "It names no evidence, no patch, or nobody who reported it.");
    return;
  }
  const result = shown(String(textIn(predicate, "result")));
  findings.add(
    "evidence",
    "holds",
    `Runner ${shown(runner)} reported ${result} about patch ${shown(patch)}: that is signed. What the runner saw is its own word.`,
  );
  if (document === undefined) {
    findings.add("evidence", "not_shown", `The document of SHA-256 ${shown(digest)} was not given.`);
    return;
  }
  const holds = createHash("sha256").update(document).digest("hex") === digest;
  findings.add(
    "evidence",
    holds ? "holds" : "fails",
    holds ? "The document is the one that was signed." : "The document is another than was signed.",
  );
}
