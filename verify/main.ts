#!/usr/bin/env node
// pilothouse-verify BUNDLE --policy FILE [--old CHECKPOINT]… [--entry FILE] [--json]
// Reads files and nothing else: no database, no network, none of the code that wrote them. See docs/verification.md.
import { createReadStream, readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { verifyBundle } from "./bundle.ts";
import { Unreadable } from "./note.ts";
import { parsePolicy } from "./policy.ts";
import { PROOF_START, verifyProof } from "./proof.ts";
import { type Report, shown, textOf } from "./report.ts";

const USAGE = `pilothouse-verify BUNDLE --policy FILE [--old CHECKPOINT]… [--json]
pilothouse-verify PROOF.tlog-proof --entry FILE --policy FILE [--json]

  BUNDLE      an export, a dossier or the proof of an entry (.jsonl); - reads standard input
  --policy    whose signatures are wanted (C2SP tlog-policy); not from where the bundle came
  --old       a checkpoint you got earlier: the log has to begin with it
  --entry     the bytes of the entry that a .tlog-proof is about
  --json      the report as JSON

Exit code: 0 everything checked holds · 1 something does not hold · 2 cannot be read · 3 a part could not be shown`;

const MAX_SMALL = 1 << 20;

function smallFile(path: string, what: string): Buffer {
  try {
    if (statSync(path).size > MAX_SMALL) throw new Unreadable(`The ${what} ${path} is larger than 1 MiB.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`The ${what} ${path} cannot be read: ${codeOf(error)}.`);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "it is not a file";

/** Whether the file begins as a tlog-proof does. */
async function isProof(path: string): Promise<boolean> {
  if (path === "-") return false;
  for await (const chunk of createReadStream(path, { end: PROOF_START.length - 1 }))
    return (chunk as Buffer).toString("binary") === PROOF_START;
  return false;
}

function argumentsOf(args: string[]) {
  const options = {
    policy: { type: "string" },
    old: { type: "string", multiple: true },
    entry: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Unreadable(`${error instanceof Error ? error.message : "unknown arguments"}\n\n${USAGE}`);
  }
}

async function verify(args: string[]): Promise<{ report: Report; asJson: boolean } | "help"> {
  const { values, positionals } = argumentsOf(args);
  const [path = "", ...others] = positionals;
  if (values.help) return "help";
  if (path === "" || others.length > 0 || values.policy === undefined) throw new Unreadable(USAGE);
  const policy = parsePolicy(smallFile(values.policy, "policy"));
  const old = (values.old ?? []).map((file) => smallFile(file, "checkpoint").toString("binary"));
  const asJson = values.json === true;
  if (await isProof(path)) {
    if (values.entry === undefined)
      throw new Unreadable("A .tlog-proof needs --entry FILE, the bytes it is about.");
    const proof = smallFile(path, "proof").toString("binary");
    return { report: verifyProof(proof, smallFile(values.entry, "entry"), policy), asJson };
  }
  const stream = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
  return { report: await verifyBundle(stream, policy, { old }), asJson };
}

try {
  const done = await verify(process.argv.slice(2));
  if (done === "help") process.stdout.write(`${USAGE}\n`);
  else {
    process.stdout.write(done.asJson ? `${JSON.stringify(done.report, null, 2)}\n` : textOf(done.report));
    process.exitCode = done.report.code;
  }
} catch (error) {
  const says = error instanceof Unreadable ? error.message : `The file cannot be read: ${codeOf(error)}.`;
  process.stderr.write(
    `${says
      .split("\n")
      .map((line) => shown(line, 500))
      .join("\n")}\n`,
  );
  process.exitCode = 2;
}
