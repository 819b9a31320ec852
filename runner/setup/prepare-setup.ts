// The setup phase of one commit: which manifests it has, whether what they give is kept already, and if not, a sandbox of its
// own that gets them, the setup command, a throw-away home and the proxy, and nothing else. What the command can see is
// what the key covers: source code is not there, neither to depend on nor to send away.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Clock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import type { Sandbox, SandboxProcess } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import { run } from "#lib/jail/run.ts";
import type { Limits } from "#lib/jail/schema.ts";
import type { Logger } from "#lib/logger.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { SetupSeen } from "#lib/protocol/setup-events.ts";
import { sha256Hex } from "#lib/protocol/signing.ts";
import { MANIFEST_NAME } from "#lib/setup/rules.ts";
import type { SetupPlan } from "#lib/setup/schema.ts";
import { visibleText } from "#lib/text/rules.ts";
import { follow } from "../harness/execute.ts";
import { TREE_ROOT } from "../harness/git/trees.ts";
import { createOutputEvents } from "../harness/output-events.ts";
import type { Kept, SetupCache } from "./cache.ts";
import { PROXY_PORT, PROXY_URL, setupEnvironment } from "./environment.ts";
import { hostFacts } from "./host-facts.ts";
import { workspacesOf } from "./pack-names.ts";
import type { Network } from "./proxy/dial.ts";
import { createProxy } from "./proxy/proxy.ts";
import { listedRegistries, type Registry, registryEnvironment } from "./registries.ts";
import { PACK_CAPS, type PackCaps, takePack } from "./take-pack.ts";

const INSIDE = readFileSync(path.join(import.meta.dirname, "inside", "setup.ts"), "utf8");
const command = (order: object): string[] => [
  ...["node", "--input-type=module-typescript", "-e", INSIDE],
  JSON.stringify({ manifest: MANIFEST_NAME, ...order }),
];

/** Names and contents of all manifests. */
const LIST_BYTES = 64 * 1024 * 1024;
const LONGEST_SECONDS = 30 * 60;

export interface SetupOptions {
  readonly plan: SetupPlan;
  /** Whose manifests. Of a patch only after a person said so. */
  readonly of: { readonly commit: string; readonly from: "base" | "patch" };
  readonly sandbox: Sandbox;
  /** Host path of the bare repository; mounted read-only. */
  readonly repository: string;
  readonly limits: Limits;
  readonly cache: SetupCache;
  /** How much may be left; left out: what fits many. */
  readonly caps?: PackCaps;
  /** Registries with credentials of this host; those that the charter lists are used. */
  readonly registries?: readonly Registry[];
  /** How hosts are found; left out: by the system's resolver, and of the public internet alone. */
  readonly network?: Network;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly nextCommand: () => number;
  /** Called whenever bytes go through the proxy. */
  readonly passed?: () => void;
  emit(event: NewEvent): Promise<void>;
}

export interface Prepared {
  readonly seen: SetupSeen;
  /** Host path → path inside: read-only, wherever the tree is. */
  readonly mounts: Readonly<Record<string, string>>;
}

const Manifests = z.object({
  manifests: z.array(z.object({ mode: z.string(), id: z.string(), path: z.string() })).max(50_000),
  /** In base64, in the same order. */
  contents: z.array(z.string()).max(50_000),
  /** A declared folder that is part of the commit; empty where there is none. */
  tracked: z.string(),
});

/** Throws a sentence when setup fails: a run without what its charter installs would test something else. */
export async function prepareSetup(options: SetupOptions): Promise<Prepared> {
  const { plan, of, cache, signal, emit } = options;
  signal.throwIfAborted();
  const begun = performance.now();
  const { manifests, contents } = await listManifests(options);
  const asked = listed(options).map(({ for: tool, scopes, url }) => [tool, scopes, url.href]);
  const key = sha256Hex(Buffer.from(JSON.stringify([1, plan, manifests, asked, await hostFacts()])));
  const found = await cache.find(key);
  const paths = manifests.map(({ path }) => path);
  const given = JSON.stringify(
    manifests.map(({ mode, path }, index) => ({ mode, path, content: contents[index] ?? "" })),
  );
  const kept =
    found ??
    (await cache.store(key, async (folder) => ({
      ...(await performSetup({ ...options, workspaces: workspacesOf(paths) }, folder, given)),
      manifests: manifests.length,
    })));
  const milliseconds = Math.round(performance.now() - begun);
  const cached = found !== null;
  await emit({
    kind: "setup_done",
    body: { ...kept.seen, from: of.from, cached, manifests: kept.manifests, milliseconds },
  });
  return { seen: kept.seen, mounts: mountsOf(plan, kept) };
}

const listed = ({ plan, registries = [] }: SetupOptions): Registry[] =>
  listedRegistries(registries, plan.hosts);

const mountsOf = ({ paths }: SetupPlan, kept: Kept): Record<string, string> =>
  Object.fromEntries(paths.map((inside, index) => [kept.folderOf(index), `${TREE_ROOT}/${inside}`]));

async function listManifests({ plan, sandbox, repository, of, signal }: SetupOptions) {
  const { exit, result, dropped } = await run(
    sandbox,
    {
      command: command({ commit: of.commit, paths: plan.paths, run: null }),
      readOnly: { [repository]: "/in/repository" },
      limits: { ...GIT_LIMITS, outputBytes: LIST_BYTES },
    },
    { signal },
  );
  signal.throwIfAborted();
  if (exit.code !== 0 || dropped.result > 0)
    throw refused("The manifests of the commit could not be listed.");
  const { manifests, contents, tracked } = Manifests.parse(JSON.parse(result.toString("utf8")));
  if (tracked !== "")
    throw refused(
      `${visibleText(tracked, "line")} is part of the repository; setup can only leave folders that are not.`,
    );
  return { manifests, contents };
}

interface Performed extends SetupOptions {
  readonly workspaces: readonly string[];
}

/** `given`: the manifests. The command's sandbox has no other part of the repository. */
async function performSetup(options: Performed, folder: string, given: string) {
  const { plan, of, sandbox, limits, network, logger, signal, passed, emit } = options;
  const number = options.nextCommand();
  await emit({
    kind: "command_started",
    body: {
      command: number,
      argv: plan.argv.slice(0, 100).map((word) => word.slice(0, 2000)),
      tree: `manifests of the ${of.from}`,
      purpose: "Setup, with a network of the charter's hosts",
    },
  });
  const registries = listed(options);
  const env = { ...setupEnvironment(plan), ...registryEnvironment(registries, PROXY_URL) };
  const { entries, bytes } = options.caps ?? PACK_CAPS;
  const caps = { mostEntries: entries, mostBytes: bytes };
  const spec = {
    command: command({
      commit: null,
      paths: plan.paths,
      run: { argv: plan.argv, env, ...caps },
    }),
    cwd: "/work",
    listen: PROXY_PORT,
    limits: {
      ...limits,
      seconds: Math.min(limits.seconds, plan.seconds ?? LONGEST_SECONDS, LONGEST_SECONDS),
      outputBytes: Number.MAX_SAFE_INTEGER,
    },
  };
  const proxy = createProxy({ hosts: plan.hosts, registries, network, logger, signal, passed, emit });
  const child = await sandbox.start(spec, { signal });
  try {
    if (child.listener === null) throw refused("This sandbox hands no listener out.");
    proxy.take(await child.listener);
    child.stdin.end(given);
    return await attend(options, child, folder, number);
  } finally {
    await child.kill();
    await proxy.close();
  }
}

async function attend(options: Performed, child: SandboxProcess, folder: string, number: number) {
  const { plan, workspaces, caps, clock, signal, emit } = options;
  const output = createOutputEvents(number, clock, emit);
  let tail = "";
  const keep = (text: string) => {
    tail = (tail + text).slice(-1000);
  };
  // What cannot be taken ends the sandbox: there is nothing to wait for.
  const taking = takePack(child.result, { folder, paths: plan.paths, workspaces, caps }).catch(
    async (error: unknown) => {
      await child.kill();
      return error instanceof Error ? error : new Error(String(error));
    },
  );
  const [exit, out, err, taken] = await Promise.all([
    child.exited,
    follow(child.stdout, (text) => output.add("stdout", text), keep),
    follow(child.stderr, (text) => output.add("stderr", text), keep),
    taking,
  ]).finally(output.finish);
  signal.throwIfAborted();
  const { code, ended } = exit;
  await emit({
    kind: "command_finished",
    body: {
      command: number,
      exit: code,
      ended,
      milliseconds: Math.round(exit.milliseconds),
      dropped: out + err,
    },
  });
  if (ended === "time") throw refused("Setup did not finish in the time it was given.");
  if (ended === "memory") throw refused("Setup needed more memory than its sandbox has.");
  if (taken instanceof Error) throw taken;
  if (code !== 0) throw refused(`Setup ended with exit code ${code}.`);
  return taken;
}
