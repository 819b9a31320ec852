// The attempts of one attack: each known shape alone, then bombs, then chance: several plants in one tree, and valid
// bundles with their bytes changed.
import { readFileSync, writeFileSync } from "node:fs";
import { makeBlob, makeBundle, makeCommit, makeTree, playGit } from "#lib/testing/git/author.ts";
import type { Scene } from "#lib/testing/git/scene.ts";
import type { Random } from "../random.ts";
import { mutate } from "./mutations.ts";
import { type Plant, plantsWith, plantTree } from "./plants.ts";

export interface Attempt {
  readonly name: string;
  readonly bundle: string;
  /** Must not become a commit of ours. */
  readonly mustStop: boolean;
}

const MiB = 1024 * 1024;

interface Maker {
  readonly scene: Scene;
  readonly random: Random;
  readonly plants: readonly Plant[];
}

const bundleOf = ({ workshop, agent, base }: Scene, head: string): string =>
  makeBundle(agent, workshop.fresh("attack.bundle"), base, head);

function planted({ scene }: Maker, plants: readonly Plant[]): Attempt {
  const { agent, base } = scene;
  const tree = plantTree(
    agent,
    base,
    plants.flatMap(({ leaves }) => leaves),
  );
  return {
    name: plants.map(({ name }) => name).join("; "),
    bundle: bundleOf(scene, makeCommit(agent, tree, [base])),
    mustStop: plants.some(({ mustStop }) => mustStop),
  };
}

/** Contents that are too much, each in its way. */
function* bombs({ scene }: Maker): Generator<Attempt> {
  const { agent, base } = scene;
  const attempt = (name: string, tree: string): Attempt => ({
    name,
    bundle: bundleOf(scene, makeCommit(agent, tree, [base])),
    mustStop: true,
  });
  const leaf = (content: Buffer | string, name: string) =>
    makeTree(agent, [["100644", makeBlob(agent, content), name]]);
  yield attempt("H16 80 MB in a small pack", leaf(Buffer.alloc(80 * MiB, 97), "bomb.txt"));
  let deep = leaf("x", "f");
  for (let level = 0; level < 100; level++) deep = makeTree(agent, [["40000", deep, "d"]]);
  yield attempt("H16 a tree 100 levels deep", deep);
  let wide = makeTree(
    agent,
    Array.from({ length: 100 }, (_, n) => ["100644", makeBlob(agent, "x"), `f${n}`] as const).slice(0, 1),
  );
  for (let level = 0; level < 4; level++) {
    const inner = wide;
    wide = makeTree(
      agent,
      Array.from({ length: 40 }, (_, n) => ["40000", inner, `d${n}`] as const),
    );
  }
  yield attempt("H16 one file under 2.5 million names", wide);
  yield attempt("H22 a name of 4 KB", leaf("x", "n".repeat(4000)));
}

/** The agent's own words about who it is. */
function* commits({ scene }: Maker): Generator<Attempt> {
  const { agent, base } = scene;
  const tree = plantTree(agent, base, [{ path: ["fine.js"], mode: "100644", content: "fine\n" }]);
  const who = "The Lead <lead@example.test>";
  const raw = (author: string, message: string) =>
    playGit(
      agent,
      ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
      `tree ${tree}\nparent ${base}\nauthor ${author}\ncommitter ${author}\n\n${message}\n`,
    );
  const attempt = (name: string, head: string): Attempt => ({
    name,
    bundle: bundleOf(scene, head),
    mustStop: false,
  });
  yield attempt(
    "H20 a forged author far in the future",
    raw(`${who} 4102444800 +1400`, "Approved-by: The Lead"),
  );
  yield attempt(
    "H21 a subject of 1 MB with escapes",
    raw(`${who} 1 +0000`, `\u001b]52;c;x\u0007\r${"s".repeat(MiB)}`),
  );
  const secret = makeCommit(
    agent,
    plantTree(agent, base, [{ path: ["secret.txt"], mode: "100644", content: "leaked\n" }]),
    [base],
  );
  yield attempt("H55 a secret added and taken away again", makeCommit(agent, tree, [secret]));
}

function byChance(maker: Maker, valid: Buffer): Attempt {
  const { scene, random, plants } = maker;
  if (random.below(4) === 0) {
    return planted(
      maker,
      Array.from({ length: 2 + random.below(3) }, () => random.pick(plants)),
    );
  }
  const { name, bytes } = mutate(valid, random);
  const bundle = scene.workshop.fresh("mutated.bundle");
  writeFileSync(bundle, bytes);
  return { name, bundle, mustStop: false };
}

/** Without end; whoever asks stops asking. `canary`: a command. */
export function* attempts(scene: Scene, random: Random, canary: string): Generator<Attempt> {
  const maker: Maker = { scene, random, plants: plantsWith(canary) };
  for (const plant of maker.plants) yield planted(maker, [plant]);
  yield* bombs(maker);
  yield* commits(maker);
  const content = random.bytes(4000).toString("hex");
  const tree = plantTree(scene.agent, scene.base, [{ path: ["src", "new.js"], mode: "100644", content }]);
  const valid = readFileSync(bundleOf(scene, makeCommit(scene.agent, tree, [scene.base])));
  for (;;) yield byChance(maker, valid);
}
