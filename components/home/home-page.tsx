import { ListChecks } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { BriefCount, BriefRow } from "#lib/briefs/schema.ts";
import type { AlarmView } from "#lib/log/schema.ts";
import { plural } from "../format.ts";
import { LogAlarms } from "../log/log-alarms.tsx";
import { Icon } from "../ui/icon.tsx";
import { BriefHead, type BriefHeadProps, BriefRows } from "./brief.tsx";

export interface HomePageProps extends BriefHeadProps {
  /** What the notary found wrong with the log. */
  readonly alarms: readonly AlarmView[];
  /** The rows behind a number of the sentence, where somebody asked for them. */
  readonly rows: { readonly kind: BriefCount; readonly rows: readonly BriefRow[] } | null;
  /** Steps of the set-up that are not done; 0 hides it. */
  readonly setupLeft: number;
  /** While there is no pilot at all: the checklist itself, which then leads. */
  readonly setup: ReactNode;
  readonly main: ReactNode;
  readonly side: ReactNode;
  /** Over the whole width, below. */
  readonly below: ReactNode;
}

/** The frame of everybody's home page; what stands in it is for their role. */
export function HomePage({ alarms, rows, setupLeft, setup, main, side, below, ...head }: HomePageProps) {
  const { view, since } = head.brief;
  return (
    <div className="page">
      <LogAlarms alarms={alarms} link />
      {setup}
      <BriefHead {...head} isSettingUp={setup !== null} />
      {setupLeft > 0 && !setup ? (
        <Link className="note mt-4" href="/setup">
          <Icon of={ListChecks} />
          <span className="grow">
            {plural(setupLeft, "step")} of the set-up left until the first decision.
          </span>
          <span className="acc">Go on</span>
        </Link>
      ) : null}
      {rows ? <BriefRows {...rows} close={`/?view=${view}&since=${since.span}`} /> : null}
      <div className="home">
        <div className="stack">{main}</div>
        <div className="stack">{side}</div>
      </div>
      {below}
    </div>
  );
}
