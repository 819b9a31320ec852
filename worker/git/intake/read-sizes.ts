import { type Quarantine, quarantineOutput } from "../quarantine.ts";

/** Sizes of blobs by id. */
export async function readSizes(
  quarantine: Quarantine,
  oids: readonly string[],
): Promise<Map<string, number>> {
  const args = ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"];
  const output = await quarantineOutput(quarantine, { args, input: oids.map((oid) => `${oid}\n`).join("") });
  const sizes = new Map<string, number>();
  for (const line of output.toString("latin1").split("\n")) {
    const [oid = "", type, size] = line.split(" ");
    if (type === "blob") sizes.set(oid, Number(size));
  }
  return sizes;
}
