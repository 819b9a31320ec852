// Runs in the sandbox: looks into the bytes on stdin and says on stdout what they are. Nothing is written anywhere.
import type { ArtefactFinding, ScanAnswer } from "#lib/artefacts/schema.ts";
import { lookIntoArchive } from "./archives.ts";
import { kindOf } from "./sniff.ts";

const MOST = 20;

async function input(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const bytes = await input();
const { media, isText, active, program } = kindOf(bytes);
const findings: ArtefactFinding[] = [
  ...lookIntoArchive(bytes),
  ...(active ? [{ rule: "active", detail: active } as const] : []),
  ...(program ? [{ rule: "program", detail: program } as const] : []),
  ...(isText ? [] : [{ rule: "contents_unsearched", detail: media } as const]),
];
const answer: ScanAnswer = { media, isText, findings: findings.slice(0, MOST) };
process.stdout.write(JSON.stringify(answer));
