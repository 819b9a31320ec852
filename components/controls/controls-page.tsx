import { Download, FlaskConical } from "lucide-react";
import { FRAMEWORK_NAMES } from "#lib/controls/frameworks.ts";
import { isRed } from "#lib/controls/rules.ts";
import { type ControlsView, Framework } from "#lib/controls/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { PageHead } from "../list/page-head.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { ControlTable } from "./control-table.tsx";
import { PrintButton } from "./print-button.tsx";

export interface ControlsPageProps {
  readonly view: ControlsView;
  readonly framework: Framework | null;
  /** Asks for a round. Null for a person who may not. */
  readonly test: FormAction | null;
}

/** Before the first test nothing is said to hold. */
export function controlsTitle(red: number, holding: number): string {
  if (red > 0) return `${plural(red, "control")} to look at`;
  return holding > 0 ? "All that could be tried hold" : "None tried yet";
}

/** What this installation says of itself, each with its last live proof. */
export function ControlsPage({
  view: { controls, isTesting, testedAt },
  framework,
  test,
}: ControlsPageProps) {
  const shown = framework
    ? controls.filter(({ rows }) => rows.some((row) => row.framework === framework))
    : controls;
  const ordered = [
    ...shown.filter(({ state }) => isRed(state)),
    ...shown.filter(({ state }) => !isRed(state)),
  ];
  const red = controls.filter(({ state }) => isRed(state)).length;
  const holding = controls.filter(({ state }) => state === "holds").length;
  const query = framework ? `?framework=${framework}` : "";
  return (
    <div className="page">
      <PageHead
        title="Controls"
        text="Each is tried on this installation every day, by something harmless that has to be refused. What holds is evidence towards the rows it names, on this installation and no further; whether a row is met is for an auditor to say."
        actions={
          <>
            <a className="btn no-print" href={`/api/controls${query}`} download>
              <Icon of={Download} />
              CSV
            </a>
            <PrintButton />
            {test ? (
              <ActionButton
                action={test}
                tone="ink"
                doing="Asking"
                blocked={isTesting && "A test is under way."}
              >
                Test now
              </ActionButton>
            ) : null}
          </>
        }
      />
      <Panel title={controlsTitle(red, holding)} fact={`${holding} of ${controls.length} hold`}>
        <FilterBar
          found={plural(shown.length, "control")}
          fields={[
            {
              name: "framework",
              label: "Any framework",
              value: framework ?? "",
              options: Framework.options.map((value) => ({ value, title: FRAMEWORK_NAMES[value] })),
            },
          ]}
        />
        <p className="px-4 py-2 t3 sm" role="status">
          <Icon of={FlaskConical} size={12} className={isTesting ? "spin" : ""} />{" "}
          {isTesting ? (
            "A test is under way; it takes up to a minute."
          ) : testedAt ? (
            <>
              Tested <RelativeTime at={testedAt.toISOString()} />. A proof older than two days is red.
            </>
          ) : (
            "The worker has not tested yet; it begins when it starts."
          )}
        </p>
        <ControlTable controls={ordered} framework={framework} />
      </Panel>
    </div>
  );
}
