// A session in a real sandbox on the small repository of the harness's tests, with a relay that only keeps what it is given.
import type { Server } from "node:net";
import type { AgentProgram, AgentSession, KeptSession } from "#runner/drivers/session/port.ts";
import { type SessionOptions, startSession } from "#runner/drivers/session/session.ts";
import type { FileTree } from "../git/author.ts";
import { playGit } from "../git/author.ts";
import type { TestWorkshop } from "../git/workshop.ts";
import { openHarnessScene, SUM, TEST_LIMITS } from "../harness-scene.ts";

export interface SessionScene {
  readonly session: KeptSession;
  readonly base: string;
  readonly repository: string;
  readonly listeners: Server[];
  readonly complaints: string[];
}

/** The program is one line of shell in the checkout. */
export async function openSession(
  workshop: TestWorkshop,
  line: string,
  {
    files = SUM,
    scene = openHarnessScene(workshop, files),
    ...changes
  }: Partial<SessionOptions> & {
    files?: FileTree;
    program?: Partial<AgentProgram>;
    /** The repository of another session. */
    scene?: { repository: string; base: string };
  } = {},
): Promise<SessionScene> {
  const { repository, base } = scene;
  const listeners: Server[] = [];
  const complaints: string[] = [];
  const { program, ...options } = changes;
  const session = await startSession(
    {
      sandbox: workshop.sandbox,
      relay: { take: (listener) => void listeners.push(listener) },
      repository: `${repository}/.git`,
      baseCommit: base,
      reportPath: "report.xml",
      limits: TEST_LIMITS,
      signal: new AbortController().signal,
      onComplaint: (text) => void complaints.push(text),
      ...options,
    },
    { command: ["sh", "-c", line], env: {}, readOnly: {}, ...program },
  );
  return { session, base, repository, listeners, complaints };
}

export async function linesUntil(session: AgentSession, last: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of session.lines) {
    lines.push(line);
    if (line === last) break;
  }
  return lines;
}

/** Id of a commit's tree. */
export const treeOf = (repository: string, commit: string): string =>
  playGit(repository, ["rev-parse", `${commit}^{tree}`]);
