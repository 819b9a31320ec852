// Brings a rebuilt commit into a mirror, from the bundle that rebuildCommit wrote. Its pack is indexed in the sandbox
// and carried over as files; the mirror takes no ref from it.
import { refused } from "#lib/errors.ts";
import { PATCH_REF } from "../bundle-header.ts";
import { type Caps, DEFAULT_CAPS } from "../intake/caps.ts";
import { importBundle } from "../intake/import-bundle.ts";
import { hasCommit } from "../mirror/open-mirror.ts";
import { adoptPacks } from "../packs.ts";
import { quarantineOutput, quarantinePacks, type Workshop, withQuarantine } from "../quarantine.ts";

export interface InstallOrder {
  readonly mirror: string;
  /** Host path of the patch bundle. */
  readonly bundle: string;
  readonly base: string;
  /** The rebuilt commit the bundle must hold. */
  readonly commit: string;
  readonly caps?: Caps;
}

/** After it the mirror holds `commit`, a child of `base`. Does nothing where it is there already. */
export async function installBundle(workshop: Workshop, order: InstallOrder): Promise<void> {
  const { mirror, bundle, base, commit, caps = DEFAULT_CAPS } = order;
  if (await hasCommit(mirror, commit)) return;
  await withQuarantine(workshop, mirror, async (quarantine) => {
    const imported = await importBundle(quarantine, { bundle, expected: { ref: PATCH_REF, base }, caps });
    if (imported.outcome === "refused") throw refused(imported.sentence);
    const raw = await quarantineOutput(quarantine, { args: ["cat-file", "commit", imported.head] });
    const parents =
      raw
        .toString("latin1")
        .split("\n\n", 1)[0]
        ?.match(/^parent [0-9a-f]{40}$/gm) ?? [];
    if (imported.head !== commit || parents.join() !== `parent ${base}`) {
      throw refused("The stored bundle does not hold the approved commit on the approved base.");
    }
    await adoptPacks(quarantinePacks(quarantine), mirror, 2 * caps.bundleBytes);
  });
}
