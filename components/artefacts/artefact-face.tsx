import { PackageOpen, PackageX } from "lucide-react";
import type { FactItem } from "#lib/timeline/schema.ts";
import { formatBytes } from "../format.ts";
import type { Face } from "../run/face.ts";
import { Visible } from "../ui/visible.tsx";
import { RULE_WORDS } from "./words.ts";

type ArtefactItem = Extract<FactItem, { kind: "artefact_handed_in" | "artefact_refused" }>;

/** A file beside the patch, in the timeline. */
export function artefactFace(item: ArtefactItem): Face {
  if (item.kind === "artefact_handed_in") {
    const { path, bytes } = item.body;
    return {
      icon: PackageOpen,
      tone: "",
      head: (
        <>
          <span className="med">Artefact handed in</span>: <Visible text={path} />{" "}
          <span className="t3 sm">{formatBytes(bytes)}, in quarantine</span>
        </>
      ),
    };
  }
  const { path, fault, times } = item.body;
  return {
    icon: PackageX,
    tone: "is-need",
    head: (
      <>
        <span className="med">Artefact left in the sandbox</span>: <Visible text={path} />
        {times > 1 ? ` and ${times - 1} more` : ""}, {RULE_WORDS[fault]}
      </>
    ),
  };
}
