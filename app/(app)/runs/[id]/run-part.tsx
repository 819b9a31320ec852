// The frame of a page about a part of a run: its crumbs, and what reads it anew while the run goes on.
import type { ReactNode } from "react";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell, type ShellData } from "#components/shell/shell.tsx";
import type { RunView } from "#lib/runs/schema.ts";

interface RunPartProps {
  readonly shell: ShellData;
  readonly run: Pick<RunView, "id" | "pilotId">;
  readonly title: string;
  /** Last word of its address. */
  readonly part: string;
  readonly children: ReactNode;
}

export const RunPart = ({ shell, run: { id, pilotId }, title, part, children }: RunPartProps) => (
  <Shell
    data={shell}
    current="runs"
    pilot={pilotId}
    crumbs={[
      { title: "Runs", href: "/runs" },
      { title: id, href: `/runs/${id}`, mono: true },
      { title, href: `/runs/${id}/${part}` },
    ]}
  >
    <LiveRefresh />
    {children}
  </Shell>
);
