// The receipt of a closed pilot: one DSSE envelope of an in-toto statement, and a key that came another way.
import { createHash } from "node:crypto";
import { attestationKey, opened, textIn } from "./attestation.ts";
import { isMembers, isText, type Members } from "./members.ts";
import { createFindings, type Report, shown, Unreadable } from "./report.ts";

const RECEIPT = "urn:pilothouse:receipt:pilot-closed:v1";
const STEPS = ["runs", "tokens", "ledger", "mirrors", "log"];

/** `bundle`: SHA-256 of the log that was handed over, where there is one to look at. */
export function verifyReceipt(text: string, keyText: string, bundle?: string): Report {
  const findings = createFindings();
  const { key, id } = attestationKey(keyText);
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length !== 1) throw new Unreadable("A receipt is one envelope, on one line.");
  const statement = opened(lines[0] ?? "", key, id);
  if (typeof statement === "string") findings.add("receipt", "fails", `The envelope ${statement}.`);
  else if (statement.predicateType !== RECEIPT)
    findings.add("receipt", "fails", `It says ${shown(String(statement.predicateType))}, no closed pilot.`);
  else judge(statement, findings, bundle);
  return findings.report(null);
}

/** What is signed is canonical, so what was parsed of it is written as it stood. */
const digestOf = (value: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");

function judge(
  { predicate, subject }: Members,
  findings: ReturnType<typeof createFindings>,
  bundle: string | undefined,
): void {
  const pilot = textIn(predicate, "pilot");
  const steps = textIn(predicate, "steps");
  const named = Array.isArray(subject) ? subject.filter(isMembers) : [];
  if (!isText(pilot) || !Array.isArray(steps) || steps.length !== STEPS.length) {
    findings.add("receipt", "fails", "It names no pilot, or not every step of closing it.");
    return;
  }
  for (const [at, step] of STEPS.entries()) {
    const said: unknown = steps[at];
    const digest = textIn(named[at], "digest", "sha256");
    const holds =
      isMembers(said) && said.step === step && named[at]?.name === step && digestOf(said.result) === digest;
    findings.add(
      "receipt",
      holds ? "holds" : "fails",
      `${step}: ${shown(holds ? String(digest) : "not as signed")}`,
    );
  }
  const handed = textIn(steps.at(-1), "result", "sha256");
  if (bundle === undefined)
    findings.add("receipt", "note", `The log that was handed over has SHA-256 ${shown(String(handed))}.`);
  else
    findings.add(
      "receipt",
      handed === bundle ? "holds" : "fails",
      handed === bundle
        ? "The log beside it is the one that was handed over."
        : "The log beside it is another than was handed over.",
    );
}
