// What the setup phase reached and left, as rows of a timeline.
import { Globe, GlobeLock, PackageOpen } from "lucide-react";
import type { FactItem } from "#lib/timeline/schema.ts";
import { formatBytes, formatCount, plural } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Code, Visible } from "../ui/visible.tsx";
import type { Face } from "./face.ts";

type SetupItem = Extract<FactItem, { kind: "egress" | "setup_done" }>;

export function setupFace(item: SetupItem): Face {
  if (item.kind === "egress") {
    const { host, port, verdict, rule, up, down, times } = item.body;
    const isDenied = verdict === "denied";
    return {
      icon: isDenied ? GlobeLock : Globe,
      tone: isDenied ? "is-need" : "",
      head: (
        <>
          <span className="med">Setup {isDenied ? "was kept from" : "reached"}</span>{" "}
          <Code text={port === 0 ? host : `${host}:${port}`} />{" "}
          {isDenied ? (
            <>
              : <Visible text={rule} />
            </>
          ) : (
            <span className="t3 sm num">
              {formatBytes(up)} up, {formatBytes(down)} down
            </span>
          )}{" "}
          {times > 1 ? <span className="t3 sm num">{plural(times, "time")}</span> : null}
        </>
      ),
    };
  }
  const { from, cached, entries, bytes, contents } = item.body;
  return {
    icon: PackageOpen,
    tone: "is-good",
    head: (
      <>
        <span className="med">Setup of the {from}</span> {cached ? "was made before" : "is done"}:{" "}
        {formatCount(entries)} files and folders, {formatBytes(bytes)},{" "}
        <CopyId id={contents} what="digest of what setup left" />
      </>
    ),
  };
}
