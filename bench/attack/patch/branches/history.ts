// What the commits of a branch say, what their history hides, and what their names lead to.
import { writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { messageOf } from "#lib/errors.ts";
import { takeBundle } from "#lib/leases/transfers.ts";
import { commitFiles, makeCommit, playGit, playGitBytes } from "#lib/testing/git/author.ts";
import { asProcess } from "#lib/testing/journey.ts";
import { mirrorRepository } from "#worker/jobs/mirror-repository.ts";
import type { Agent, Attempt, Branch, Seen } from "../attempt.ts";
import { writtenBy } from "../objects.ts";
import { rawCommit, repaired } from "./build.ts";

const treeOf = ({ work }: Agent, commit: string): string => playGit(work, ["rev-parse", `${commit}^{tree}`]);

function handMade(agent: Agent, head: string, refs: readonly string[]): Branch {
  const pack = playGitBytes(
    agent.work,
    ["pack-objects", "--quiet", "--stdout", "--revs", "--thin"],
    `${head}\n^${agent.base}\n`,
  );
  const header = `# v2 git bundle\n-${agent.base}\n${refs.map((ref) => `${head} ${ref}\n`).join("")}\n`;
  const bundle = agent.fresh("patch.bundle");
  writeFileSync(bundle, Buffer.concat([Buffer.from(header), pack]));
  return { bundle, head };
}

const named = (name: string, ...refs: string[]): Attempt => ({
  ...{ id: "H18", name, expected: "blocked", by: [/ref/i] },
  make: (agent) => handMade(agent, repaired(agent), refs),
});

const LEAD = "The Lead <lead@example.test>";
const identity = (agent: Agent, author: string, committer: string, message: string): string =>
  rawCommit(
    agent,
    `tree ${treeOf(agent, repaired(agent))}\nparent ${agent.base}\nauthor ${author}\ncommitter ${committer}\n\n${message}\n`,
  );

/** In what was put on the owners' branch, and in what their forge was told. */
const unsaid =
  (...words: readonly (string | RegExp)[]) =>
  ({ source, merged, forge }: Seen): string[] => {
    const made = playGit(source.path, ["rev-list", `${source.base}..${merged ?? source.base}`]).split("\n");
    const commits = made.map((commit) => playGit(source.path, ["cat-file", "commit", commit]));
    const pulls = (forge?.pulls ?? []).flatMap(({ title, body }) => [title, body]);
    const text = [...commits, ...pulls].join("\n");
    const found = words.filter((word) => (typeof word === "string" ? text.includes(word) : word.test(text)));
    return found.map((word) => `the merged commit says ${String(word)}`);
  };

/** The same where the owners' repository is on a GitHub, whose rules for the branch want a pull request or none. */
const onGitHub = (attempt: Attempt, forge: NonNullable<Attempt["forge"]>): Attempt => ({
  ...{
    ...attempt,
    forge,
    name: `${attempt.name}, GitHub ${forge === "by_pull" ? "by pull" : "by lease"}`,
  },
  look: async (seen) => [
    ...((await attempt.look?.(seen)) ?? []),
    ...(seen.forge?.faults ?? ["there was no GitHub"]),
    ...(seen.forge?.pulls.some(({ merged }) => merged !== null) === (forge === "by_pull")
      ? []
      : [`it was not merged ${forge}`]),
  ],
});

const forged = (
  id: string,
  name: string,
  make: Attempt["make"],
  words: readonly (string | RegExp)[],
): Attempt => ({
  ...{ id, name, expected: "shown", by: [], make, look: unsaid(...words) },
});

/** Otherwise that nothing of it was published would say nothing. */
const takesAway: Attempt["look"] = ({ agentWork, source, head }) =>
  writtenBy({ work: agentWork, base: source.base }, playGit(agentWork, ["rev-parse", `${head}^{tree}`]))
    .length > 1
    ? []
    : ["nothing was taken away in it"];

const PLAIN: readonly Attempt[] = [
  {
    ...{ id: "H13", name: "another bundle sent after the one that is being read", expected: "shown", by: [] },
    make: (agent) => repaired(agent),
    async afterHandIn({ world, runId }) {
      const { rows } = await world.database.owner.query<{ id: string; attempt: number }>(
        "select id, attempt from lease where run_id = $1",
        [runId],
      );
      const stream = Readable.toWeb(Readable.from([Buffer.from("another")])) as ReadableStream<Uint8Array>;
      try {
        await takeBundle(world.runner, rows[0]?.id ?? "", rows[0]?.attempt ?? 0, stream);
        return ["a second bundle was taken for one that was handed in"];
      } catch (error) {
        return /lease|ended|over|no longer|not/i.test(messageOf(error)) ? [] : [messageOf(error)];
      }
    },
  },
  named("a ref named -x", "-x"),
  named("a ref named HEAD", "HEAD"),
  named("a ref that leaves its folder", "refs/heads/../patch"),
  named("a ref of other letters that look the same", "refs/heads/p\u0430tch"),
  named("a branch and a tag of one name", "refs/heads/patch", "refs/tags/patch"),
  {
    ...{ id: "H18", name: "a tag of the branch's name in the owners' repository", expected: "shown", by: [] },
    make: (agent) => {
      playGit(agent.upstream, ["update-ref", "refs/tags/main", agent.base]);
      playGit(agent.upstream, ["update-ref", "refs/heads/refs/heads/main", agent.base]);
      return repaired(agent);
    },
    look: ({ source }) =>
      ["refs/tags/main", "refs/heads/refs/heads/main"]
        .filter((ref) => playGit(source.path, ["rev-parse", ref]) !== source.base)
        .map((ref) => `${ref} was moved`),
  },
  {
    ...{ id: "H19", name: "the branch rewritten between approval and merge", expected: "blocked", by: [] },
    make: (agent) => repaired(agent),
    afterApproval({ source }) {
      const tree = playGit(source.path, ["rev-parse", `${source.base}^{tree}`]);
      const other = playGit(source.path, ["commit-tree", tree, "-m", "Rewritten"]);
      playGit(source.path, ["update-ref", "refs/heads/main", other]);
    },
  },
  {
    ...{
      id: "H19",
      name: "the branch moved on before the approval takes effect",
      expected: "blocked",
      by: [],
    },
    make: (agent) => repaired(agent),
    async afterApproval({ source, world }) {
      commitFiles(source.work, { "theirs.js": "theirs\n" });
      playGit(source.work, ["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
      await asProcess(world.database, "worker", () =>
        mirrorRepository(world.workplace, world.seed, { repositoryId: source.repositoryId }),
      );
    },
  },
  forged(
    "H20",
    "a lead's name as author and committer, signed off by them",
    (agent) =>
      identity(
        agent,
        `${LEAD} 1700000000 +0000`,
        `${LEAD} 1700000000 +0000`,
        `Fine\n\nSigned-off-by: ${LEAD}`,
      ),
    ["Lead"],
  ),
  forged(
    "H20",
    "dates in 1970 and 2099",
    (agent) => identity(agent, `${LEAD} 1 +0000`, `${LEAD} 4102444800 +1400`, "Fine"),
    [" 4102444800", / 1 \+0000/],
  ),
  forged(
    "H21",
    "a message with CR, ESC, approvals and closing keywords",
    (agent) =>
      identity(
        agent,
        `${LEAD} 1700000000 +0000`,
        `${LEAD} 1700000000 +0000`,
        "Fix\r\u001b[2K\u001b]52;c;cGFzdGU=\u0007\n\nCloses #1, fixes GH-2\nApproved-by: The Lead\nPilothouse-Approved-By: per_lead (security_lead)",
      ),
    ["\u001b", "\r", "Closes", "Approved-by: The Lead", "per_lead"],
  ),
  forged(
    "H21",
    "a subject of 1 MB",
    (agent) =>
      identity(agent, `${LEAD} 1700000000 +0000`, `${LEAD} 1700000000 +0000`, "s".repeat(1024 * 1024)),
    [/s{200}/],
  ),
  {
    ...{
      id: "H55",
      name: "a secret added by one commit and taken away by the next",
      expected: "shown",
      by: ["left_behind", "secret_left_behind"],
    },
    make: (agent) => {
      commitFiles(agent.work, { "secret.txt": `${agent.secret}\n`, "payload.bin": Buffer.alloc(4096, 7) });
      return repaired(agent, { "secret.txt": null, "payload.bin": null });
    },
    look: takesAway,
  },
  {
    ...{
      id: "H55",
      name: "the same behind a merge of another history",
      expected: "shown",
      by: ["left_behind", "secret_left_behind"],
    },
    make: (agent) => {
      const { work, base } = agent;
      const secret = commitFiles(work, { "secret.txt": `${agent.secret}\n` });
      playGit(work, ["checkout", "--quiet", "--force", "--detach", base]);
      const tree = treeOf(agent, repaired(agent));
      return makeCommit(work, tree, [base, secret], "Merge");
    },
    look: takesAway,
  },
];

const ON_GITHUB = ["H20", "H21", "H55"];

export const HISTORY: readonly Attempt[] = [
  ...PLAIN,
  ...ON_GITHUB.flatMap((id) => PLAIN.filter((attempt) => attempt.id === id).slice(0, 1)).flatMap(
    (attempt) => [onGitHub(attempt, "by_pull"), onGitHub(attempt, "by_lease")],
  ),
];
