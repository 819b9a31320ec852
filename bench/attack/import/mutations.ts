// Valid bundles made invalid. Pure: bytes in, other bytes out.
import type { Random } from "../random.ts";

export interface Mutation {
  readonly name: string;
  readonly bytes: Buffer;
}

type Mutate = (bundle: Buffer, random: Random) => Buffer;

const headerEnd = (bundle: Buffer): number => bundle.indexOf("\n\n") + 2;
const headerOf = (bundle: Buffer): string => bundle.toString("latin1", 0, headerEnd(bundle));
const packOf = (bundle: Buffer): Buffer => bundle.subarray(headerEnd(bundle));

const withHeader = (bundle: Buffer, edit: (header: string) => string): Buffer =>
  Buffer.concat([Buffer.from(edit(headerOf(bundle)), "latin1"), packOf(bundle)]);

const flipAt = (bundle: Buffer, at: number, random: Random): Buffer => {
  const flipped = Buffer.from(bundle);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random.below(8)), at);
  return flipped;
};

const REFS = [
  "HEAD",
  "refs/heads/main",
  "refs/heads/-x",
  "refs/heads/../x",
  "--upload-pack=touch",
  "refs/heads/p\ratch",
];
const SIGNATURES = [
  "# v3 git bundle\n@filter=blob:none\n",
  "# v9 git bundle\n",
  "#!/bin/sh\n",
  "# v2 git bundle\r\n",
  "",
];

const refLine = (header: string): string =>
  header.split("\n").find((line) => /^[0-9a-f]{40} /.test(line)) ?? "";
const randomId = (random: Random): string => random.bytes(20).toString("hex");

export const MUTATIONS: Readonly<Record<string, Mutate>> = {
  flipped_bit: (bundle, random) => flipAt(bundle, random.below(bundle.length), random),
  flipped_bit_in_pack: (bundle, random) =>
    flipAt(bundle, headerEnd(bundle) + random.below(packOf(bundle).length), random),
  truncated: (bundle, random) => bundle.subarray(0, random.below(bundle.length)),
  bytes_appended: (bundle, random) => Buffer.concat([bundle, random.bytes(1 + random.below(200))]),
  bytes_overwritten: (bundle, random) => {
    const changed = Buffer.from(bundle);
    random.bytes(1 + random.below(64)).copy(changed, random.below(bundle.length));
    return changed;
  },
  bytes_cut_out: (bundle, random) => {
    const from = random.below(bundle.length);
    return Buffer.concat([bundle.subarray(0, from), bundle.subarray(from + 1 + random.below(40))]);
  },
  other_signature: (bundle, random) =>
    withHeader(bundle, (header) => header.replace("# v2 git bundle\n", random.pick(SIGNATURES))),
  other_ref: (bundle, random) =>
    withHeader(bundle, (header) => header.replace("refs/heads/patch", random.pick(REFS))),
  further_ref: (bundle, random) =>
    withHeader(bundle, (header) =>
      header.replace(/\n\n$/, `\n${refLine(header).slice(0, 40)} ${random.pick(REFS)}\n\n`),
    ),
  ref_to_another_object: (bundle, random) =>
    withHeader(bundle, (header) => header.replace(refLine(header).slice(0, 40), randomId(random))),
  other_prerequisite: (bundle, random) =>
    withHeader(bundle, (header) => header.replace(/^-[0-9a-f]{40}/m, `-${randomId(random)}`)),
  further_prerequisite: (bundle, random) =>
    withHeader(bundle, (header) => header.replace(/^-/m, `-${randomId(random)} more\n-`)),
  no_prerequisite: (bundle) => withHeader(bundle, (header) => header.replace(/^-.*\n/m, "")),
  endless_header: (bundle) =>
    withHeader(bundle, (header) => header.replace(/\n\n$/, `\n${"x".repeat(9000)}`)),
  lying_object_count: (bundle, random) => {
    const changed = Buffer.from(bundle);
    changed.writeUInt32BE(random.pick([0, 1, 49_999, 50_001, 0x7fffffff, 0xffffffff]), headerEnd(bundle) + 8);
    return changed;
  },
  no_pack: (bundle) => bundle.subarray(0, headerEnd(bundle)),
  pack_twice: (bundle) => Buffer.concat([bundle, packOf(bundle)]),
  only_noise: (bundle, random) => random.bytes(bundle.length),
};

/** One of them, by chance. */
export function mutate(bundle: Buffer, random: Random): Mutation {
  const name = random.pick(Object.keys(MUTATIONS));
  const change = MUTATIONS[name];
  if (!change) throw new RangeError(`There is no mutation ${name}.`);
  return { name, bytes: change(bundle, random) };
}
