import { Boxes, FlaskConical, PackageCheck, PlugZap, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { Mark, SnapshotItem } from "#lib/timeline/schema.ts";
import { plural } from "../format.ts";
import { STATUSES } from "../status.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { EventLink } from "./event/link.tsx";
import { EventMark } from "./event/mark.tsx";
import { snapshotPlace } from "./steer/snapshot-row.tsx";

/** What the control plane did between the steps. `from`: what an attempt that begins goes on from. */
export function MarkRow({ mark, from }: { mark: Mark; from: SnapshotItem | null }) {
  return (
    <>
      <div className="mk" data-mark={mark.what}>
        {contentOf(mark, from)}
        <span className="grow" />
        <ClockTime at={mark.at} className="t3 sm num nowrap" />
        <EventLink seq={mark.seq} />
      </div>
      <EventMark row={mark.seq} />
    </>
  );
}

function isRunStatus(status: string): status is keyof typeof STATUSES.run {
  return Object.hasOwn(STATUSES.run, status);
}

function contentOf(mark: Mark, from: SnapshotItem | null): ReactNode {
  switch (mark.what) {
    case "status_changed": {
      const { to, reason } = mark.body;
      return (
        <>
          {isRunStatus(to) ? <Badge noun="run" status={to} bare /> : <span className="st wait">{to}</span>}
          {reason ? (
            <span className="t2 tw">
              <Visible text={reason} mode="block" />
            </span>
          ) : null}
        </>
      );
    }
    case "attempt_started":
      return (
        <>
          <Icon of={PlugZap} size={12} className="t3" />
          <span className="t2">
            Attempt {mark.attempt}, {mark.body.phase === "verify" ? "verification" : "agent"}, on{" "}
            <span className="mono">{mark.body.runner}</span>, {mark.body.tier} sandbox
            {from ? `; goes on from the snapshot ${snapshotPlace(from)}` : ""}
          </span>
        </>
      );
    case "attempt_ended":
      return (
        <>
          <Icon of={Unplug} size={12} className="t3" />
          <span className="t2">
            Attempt {mark.attempt} over: <Visible text={mark.body.reason} />
          </span>
        </>
      );
    case "patch_imported": {
      const { digest, files, added, removed, flags } = mark.body;
      return (
        <>
          <Icon
            of={flags.length > 0 ? Boxes : PackageCheck}
            size={12}
            className={flags.length > 0 ? "need" : "good"}
          />
          <span className="t2">
            Patch <CopyId id={digest} what="patch digest" /> imported, {plural(files, "file")}{" "}
            <span className="good num">+{added}</span> <span className="bad num">−{removed}</span>
            {flags.length > 0 ? <span className="need"> · {flags.join(", ")}</span> : null}
          </span>
        </>
      );
    }
    case "evidence_recorded":
      return (
        <>
          <Icon of={FlaskConical} size={12} className="t3" />
          <span className="t2">
            Evidence <CopyId id={mark.body.digest} what="evidence digest" />: {mark.body.verdict}.{" "}
            <Visible text={mark.body.detail} />
          </span>
        </>
      );
  }
}
