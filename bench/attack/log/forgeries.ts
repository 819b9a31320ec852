// Another history, signed or not; and what nobody can find who has only the log's own word.
import { generateKeyPairSync } from "node:crypto";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { ED25519_COSIGNATURE, formatVerifier } from "#lib/tlog/keys.ts";
import { newSigner } from "#lib/tlog/note.ts";
import type { Random } from "../random.ts";
import type { Attack, Tried } from "./attempt.ts";
import { forged, type Leaf, leavesOf, signedOver, withSignaturesOf } from "./forge.ts";
import type { World } from "./world.ts";

type Rewrite = (leaves: Leaf[], random: Random, below: number) => Leaf[];

/** The same entry, as if another request had written it; what it commits to stays. */
const another = ({ body, attached }: Leaf, random: Random): Leaf => ({
  body: Buffer.from(body.toString("utf8").replace(/"request":"/, `"request":"${random.below(1e9)}`)),
  attached,
});

/** One entry before `below` is another one now, gone, twice, or elsewhere. */
const rewrites: readonly Rewrite[] = [
  (leaves, random, below) => {
    const at = random.below(below);
    return leaves.with(at, another(leaves[at] as Leaf, random));
  },
  (leaves, random, below) => leaves.toSpliced(random.below(below), 1),
  (leaves, random, below) => {
    const at = random.below(below);
    return leaves.toSpliced(at, 0, another(leaves[at] as Leaf, random));
  },
  (leaves, random, below) => {
    const at = random.below(below - 1);
    return leaves.toSpliced(at, 2, leaves[at + 1] as Leaf, leaves[at] as Leaf);
  },
];

const rewritten = (world: World, random: Random): Leaf[] =>
  random.pick(rewrites)(leavesOf(world.lines), random, world.heldSize);

const forgery = (name: string, run: (world: World, random: Random) => Attack): Tried => ({
  ...{ name, isDirty: false },
  run: async (world, random) => run(world, random),
});

const ownKey = (origin: string) => newSigner(origin, generateKeyPairSync("ed25519").privateKey);

/** The end of the log after what the auditor holds is another one. */
function otherEnd(world: World, random: Random): Leaf[] {
  const leaves = leavesOf(world.lines);
  const end = leaves.slice(world.heldSize).map((leaf) => another(leaf, random));
  return [...leaves.slice(0, world.heldSize), ...end];
}

/** A policy that wants a witness too. */
function witnessed({ policy }: World): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const vkey = formatVerifier("witness.example/w", publicKey, ED25519_COSIGNATURE);
  return policy.replace("quorum none", `witness w ${vkey}\nquorum w`);
}

export const forgeries: readonly Tried[] = [
  forgery("a fork under the true signature", (world, random) => {
    const leaves = rewritten(world, random);
    return { bundle: forged(leaves, withSignaturesOf(world.origin, leaves, world.note)) };
  }),
  forgery("a fork signed with another key of the same name", (world, random) => {
    const leaves = rewritten(world, random);
    return { bundle: forged(leaves, signedOver(world.origin, leaves, ownKey(world.origin))) };
  }),
  forgery("a log of another name", (world, random) => {
    const leaves = rewritten(world, random);
    const origin = world.origin.replace(/\d+$/, "2");
    return { bundle: forged(leaves, signedOver(origin, leaves, ownKey(origin))) };
  }),
  forgery("a fork signed with the stolen key", (world, random) => {
    const leaves = rewritten(world, random);
    return { bundle: forged(leaves, signedOver(world.origin, leaves, world.key)) };
  }),
  forgery("a cut log signed with the stolen key", (world, random) => {
    const leaves = leavesOf(world.lines).slice(0, random.below(world.heldSize));
    return { bundle: forged(leaves, signedOver(world.origin, leaves, world.key)) };
  }),
  forgery(
    "a fork after the held checkpoint signed with the stolen key, where a witness is wanted",
    (world, random) => {
      const leaves = otherEnd(world, random);
      return {
        bundle: forged(leaves, signedOver(world.origin, leaves, world.key)),
        policy: witnessed(world),
      };
    },
  ),
  forgery("the true entries under a checkpoint of fewer", (world) => ({
    bundle: forged(leavesOf(world.lines), world.held),
  })),
];

const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock: systemClock });
const record = () =>
  transaction(scope, async (tx) =>
    tx.record({ kind: "person.signed_out", about: ["person:per_lie"], detail: { session: "ses_lie" } }),
  );

export const witnessOnly: readonly Tried[] = [
  forgery(
    "the stolen key rewrites what came after the newest checkpoint anybody outside holds",
    (world, random) => {
      const leaves = otherEnd(world, random);
      return { bundle: forged(leaves, signedOver(world.origin, leaves, world.key)) };
    },
  ),
  forgery("the stolen key rewrites everything before anybody outside held a checkpoint", (world, random) => {
    const leaves = rewritten(world, random);
    return { bundle: forged(leaves, signedOver(world.origin, leaves, world.key)), old: [] };
  }),
  forgery("an older state, true as far as it goes, is shown as the newest", (world) => ({
    bundle: forged(leavesOf(world.lines).slice(0, world.heldSize), world.held),
  })),
  {
    name: "an entry is taken away before it was numbered",
    isDirty: true,
    async run({ database }) {
      await record();
      await database.owner.query(
        "delete from log_entry where id = (select id from log_entry order by seq desc limit 1)",
      );
      return { numbersAgain: true };
    },
  },
  {
    name: "a process writes what did not happen",
    isDirty: true,
    async run({ tick }) {
      await record();
      await tick();
      return { numbersAgain: true };
    },
  },
];
