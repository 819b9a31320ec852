// A bundle from its first line to its last.
import { readBlocks } from "./blocks.ts";
import { createLeaves } from "./leaves.ts";
import { linesOf, MARK } from "./lines.ts";
import { isCount, isFlag, isText, type Members, read } from "./members.ts";
import { parseCheckpoint } from "./note.ts";
import { createOldCheckpoints } from "./old.ts";
import type { Policy } from "./policy.ts";
import { createFindings, type Findings, type Report, Unreadable } from "./report.ts";
import { checkSignatures } from "./signatures.ts";

/**
 * Reads the stream once, in memory that does not grow with it. Never throws for what it reads. `old` are checkpoints
 * that the reader got earlier: signed notes, as octets.
 */
export async function verifyBundle(
  stream: AsyncIterable<Uint8Array>,
  policy: Policy,
  { old = [] }: { readonly old?: readonly string[] } = {},
): Promise<Report> {
  const findings = createFindings();
  let leaves: ReturnType<typeof begin> | null = null;
  let lines = 0;
  let isInLine = false;
  let hasEnded = false;
  try {
    for await (const block of readBlocks(stream)) {
      isInLine = true;
      for (const line of linesOf(block.bytes, block.lines)) {
        if (hasEnded) throw new Unreadable("something follows the end line");
        if (!leaves) leaves = begin(JSON.parse(line.text()), policy, old, findings);
        else if (line.mark === MARK.other) hasEnded = leaves.other(line.text(), lines);
        else leaves.entry(line);
        lines += 1;
      }
      if (block.lines.problem !== null) leaves?.close();
      if (block.lines.problem !== null) throw new Unreadable(block.lines.problem);
      isInLine = false;
    }
    if (!leaves || !hasEnded)
      throw new Unreadable(lines === 0 ? "The file is empty." : "The file has no end line: it was cut.");
    leaves.finish();
    return findings.report(null);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return findings.report(isInLine ? `Line ${lines + 1}: ${error.message}.` : error.message);
  }
}

const HEADER = {
  ...{ type: isText, format: isText, origin: isText, epoch: isCount, size: isCount },
  ...{ checkpoint: isText, about: isText, blobs: isFlag },
};

/** Reads the header and holds its checkpoint against the policy. Returns what reads the lines after it. */
function begin(line: Members, policy: Policy, old: readonly string[], findings: Findings) {
  if (line.type !== "header") throw new Unreadable("it is not the header of a bundle");
  const { about, blobs, checkpoint: note, epoch, format, origin, size } = read(line, HEADER);
  if (format !== "pilothouse-log/1") throw new Unreadable("its format is not pilothouse-log/1");
  if (!["export", "dossier", "proof"].includes(about))
    throw new Unreadable("its header does not say what the file is about");
  const checkpoint = parseCheckpoint(octetsOf(note));
  const last = checkpoint.origin.slice(checkpoint.origin.lastIndexOf("/") + 1);
  if (octetsOf(origin) !== checkpoint.origin || size !== checkpoint.size || String(epoch) !== last)
    findings.add("checkpoint", "fails", "The header names another log, epoch or size than its checkpoint.");
  checkSignatures(checkpoint, policy, findings);
  const earlier = createOldCheckpoints(old.map(parseCheckpoint), checkpoint, policy, findings);
  return createLeaves(checkpoint, earlier, blobs && about !== "proof", findings, policy.passkeys);
}

const octetsOf = (written: string): string => Buffer.from(written, "utf8").toString("binary");
