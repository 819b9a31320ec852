#!/usr/bin/env node
// pilothouse-verify BUNDLE --policy FILE [--old CHECKPOINT]… [--entry FILE] [--json]
// Reads files and nothing else: no database, no network, none of the code that wrote them. See docs/verification.md.
//
// To be read in this order, each after what it rests on:
//   report      what can be found, and the exit code that follows from it
//   note, policy, signatures, old   checkpoints: whose they are, and whether the log begins with those from earlier
//   tree        hashes of leaves and nodes, the root they lead to; proof   the same for one entry alone
//   canonical   how JSON has to be written; members   how it is read, and what an entry says
//   lines, blocks, lane   a file in blocks of lines, read on several threads: entries become leaves here
//   bundle, leaves   the file from its first line to its last
//   payloads, requests, redactions   events, documents and blobs; what a model was asked; what is gone
//   passkeys/   whether approvals were signed by whose they are
//   attestation   what a worker signed about one merge, in a file of its own
//   receipt     what a worker signed about a pilot that was closed
//   merges, charters   whether what was merged was approved
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { verifyAttestation } from "./attestation.ts";
import { verifyBundle } from "./bundle.ts";
import { verifyEvidence } from "./evidence/statement.ts";
import { parsePolicy } from "./policy.ts";
import { PROOF_START, verifyProof } from "./proof.ts";
import { verifyReceipt } from "./receipt.ts";
import { type Report, shown, textOf, Unreadable } from "./report.ts";

const USAGE = `pilothouse-verify BUNDLE --policy FILE [--old CHECKPOINT]… [--json]
pilothouse-verify PROOF.tlog-proof --entry FILE --policy FILE [--json]
pilothouse-verify ATTESTATION.jsonl --attestation-key KEY [--commit COMMIT] [--json]
pilothouse-verify EVIDENCE.jsonl --evidence-key KEY [--document FILE] [--json]
pilothouse-verify RECEIPT.jsonl --receipt-key KEY [--log BUNDLE] [--json]

  BUNDLE      an export, a dossier or the proof of an entry (.jsonl); - reads standard input
  --policy    whose signatures are wanted (C2SP tlog-policy); not from where the bundle came
  --old       a checkpoint you got earlier: the log has to begin with it
  --entry     the bytes of the entry that a .tlog-proof is about
  --attestation-key  the public key of the worker that signed, in base64; not from where the file came
  --evidence-key     the key that statements about evidence are signed with, as the review's page shows it
  --receipt-key  the key that a closed pilot's receipt is signed with, as the pilot's page shows it
  --log       the log that was handed over with the receipt
  --document  the evidence document that was signed, as a bundle holds it
  --commit    the commit that it has to be about
  --json      the report as JSON

Exit code: 0 everything checked holds · 1 something does not hold · 2 cannot be read · 3 a part could not be shown`;

const OPTIONS = {
  policy: { type: "string" },
  old: { type: "string", multiple: true },
  entry: { type: "string" },
  "attestation-key": { type: "string" },
  commit: { type: "string" },
  "evidence-key": { type: "string" },
  document: { type: "string" },
  "receipt-key": { type: "string" },
  log: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const MAX_SMALL = 1 << 20;

function smallFile(path: string, what: string): Buffer {
  try {
    if (statSync(path).size <= MAX_SMALL) return readFileSync(path);
  } catch (error) {
    throw new Unreadable(`The ${what} ${path} cannot be read: ${codeOf(error)}.`);
  }
  throw new Unreadable(`The ${what} ${path} is larger than 1 MiB.`);
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "it is not a file";

function isProof(path: string): boolean {
  if (path === "-") return false;
  const file = openSync(path, "r");
  const start = Buffer.alloc(PROOF_START.length);
  readSync(file, start, 0, start.length, 0);
  closeSync(file);
  return start.toString("binary") === PROOF_START;
}

function argumentsOf(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Unreadable(`${error instanceof Error ? error.message : "unknown arguments"}\n\n${USAGE}`);
  }
}

async function verify({ values, positionals }: ReturnType<typeof argumentsOf>): Promise<Report> {
  const [path = "", ...others] = positionals;
  const key = values["attestation-key"];
  if (key !== undefined && path !== "" && others.length === 0)
    return verifyAttestation(smallFile(path, "attestation").toString("utf8"), key.trim(), values.commit);
  const evidenceKey = values["evidence-key"];
  if (evidenceKey !== undefined && path !== "" && others.length === 0) {
    const document = values.document === undefined ? undefined : smallFile(values.document, "document");
    return verifyEvidence(smallFile(path, "statement").toString("utf8"), evidenceKey.trim(), document);
  }
  const receiptKey = values["receipt-key"];
  if (receiptKey !== undefined && path !== "" && others.length === 0) {
    const bundle = values.log === undefined ? undefined : await digestOfFile(values.log);
    return verifyReceipt(smallFile(path, "receipt").toString("utf8"), receiptKey.trim(), bundle);
  }
  if (path === "" || others.length > 0 || values.policy === undefined) throw new Unreadable(USAGE);
  const policy = parsePolicy(smallFile(values.policy, "policy"));
  const old = (values.old ?? []).map((file) => smallFile(file, "checkpoint").toString("binary"));
  if (!isProof(path)) {
    const stream = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
    return verifyBundle(stream, policy, { old });
  }
  if (values.entry === undefined)
    throw new Unreadable("A .tlog-proof needs --entry FILE, the bytes it is about.");
  return verifyProof(smallFile(path, "proof").toString("binary"), smallFile(values.entry, "entry"), policy);
}

try {
  const asked = argumentsOf(process.argv.slice(2));
  const report = asked.values.help ? null : await verify(asked);
  const text = report && (asked.values.json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
  process.stdout.write(text ?? `${USAGE}\n`);
  process.exitCode = report?.code ?? 0;
} catch (error) {
  const says = error instanceof Unreadable ? error.message : `The file cannot be read: ${codeOf(error)}.`;
  const lines = says.split("\n").map((line) => `${shown(line, 500)}\n`);
  process.stderr.write(lines.join(""));
  process.exitCode = 2;
}
