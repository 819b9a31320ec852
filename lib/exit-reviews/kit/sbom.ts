// What the product is made of, as CycloneDX 1.6, from the lock that it was installed by.
import { z } from "zod";

const Lock = z.object({
  name: z.string(),
  version: z.string(),
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
});

const ALGORITHMS: Readonly<Record<string, string>> = {
  sha512: "SHA-512",
  sha384: "SHA-384",
  sha256: "SHA-256",
  sha1: "SHA-1",
};

const NODE_MODULES = "node_modules/";

/** Of `node_modules/a/node_modules/@b/c`: `@b/c`. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf(NODE_MODULES) + NODE_MODULES.length);

const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${version}`;

/** Each package once for each version, in the order of their names; no time and no serial number, so that it can be compared. */
export function sbomOf(lockText: string): string {
  const { name, version, packages } = Lock.parse(JSON.parse(lockText));
  const components = new Map<string, unknown>();
  for (const [path, entry] of Object.entries(packages)) {
    if (path === "" || entry.version === undefined) continue;
    const purl = purlOf(nameOf(path), entry.version);
    const isBuilding = entry.dev === true || entry.devOptional === true;
    components.set(purl, {
      ...{ type: "library", "bom-ref": purl, name: nameOf(path), version: entry.version, purl },
      scope: isBuilding ? "excluded" : entry.optional === true ? "optional" : "required",
      ...(entry.license === undefined ? {} : { licenses: [{ expression: entry.license }] }),
      ...(entry.integrity === undefined ? {} : { hashes: hashesOf(entry.integrity) }),
    });
  }
  const sorted = [...components].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
  const product = { type: "application", "bom-ref": `${name}@${version}`, name, version };
  return `${JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { component: product }, components: sorted }, null, 2)}\n`;
}

function hashesOf(integrity: string): { alg: string; content: string }[] {
  return integrity.split(" ").flatMap((one) => {
    const dash = one.indexOf("-");
    const alg = ALGORITHMS[one.slice(0, dash)];
    return alg ? [{ alg, content: Buffer.from(one.slice(dash + 1), "base64").toString("hex") }] : [];
  });
}
