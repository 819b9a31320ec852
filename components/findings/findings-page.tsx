import { Radar } from "lucide-react";
import type { FindingFilter, FindingView } from "#lib/findings/schema.ts";
import { plural } from "../format.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { PageHead } from "../list/page-head.tsx";
import { Pager } from "../list/pager.tsx";
import { STATUSES, type StatusOf, statusFace } from "../status.ts";
import { Empty } from "../ui/empty.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { Panel } from "../ui/panel.tsx";
import { FindingTable } from "./finding-table.tsx";
import { SEVERITY_OPTIONS } from "./severity.tsx";

export interface FindingsPageProps {
  readonly findings: readonly FindingView[];
  readonly filter: FindingFilter;
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly rules: readonly string[];
  /** Of the address: the page is not the first. */
  readonly after: string | null;
  /** Give it as `after` for older ones. */
  readonly next: string | null;
}

/** What did the monitor see, in all runs; the filter lives in the address. */
export function FindingsPage({ findings, filter, pilots, rules, after, next }: FindingsPageProps) {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <div className="page">
      <PageHead
        title="Findings"
        text="What the monitor saw in runs, patches and calls of models: each waits until somebody says what it is."
      />
      <Panel title={isFiltered ? "Findings that fit" : "All findings"} fact={`${findings.length} shown`}>
        <FilterBar found={plural(findings.length, "finding")} fields={fieldsOf(filter, pilots, rules)} />
        {findings.length === 0 ? (
          <Empty
            icon={Radar}
            title={isFiltered ? "No finding fits" : "Nothing found"}
            text={
              isFiltered
                ? "Clear the filter to see all findings."
                : "The monitor follows every event, patch and refused request. What it sees appears here within seconds."
            }
          />
        ) : (
          <ListKeys>
            <FindingTable findings={findings} />
          </ListKeys>
        )}
        {next || after ? (
          <Pager
            shown={`${findings.length} shown`}
            first={after ? hrefOf(filter, null) : null}
            next={next ? hrefOf(filter, next) : null}
          />
        ) : null}
      </Panel>
    </div>
  );
}

function hrefOf(filter: FindingFilter, after: string | null): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, after }))
    if (value !== undefined && value !== null) query.set(name, value);
  return query.size > 0 ? `/findings?${query}` : "/findings";
}

const STATES = Object.keys(STATUSES.finding) as StatusOf<"finding">[];

function fieldsOf(filter: FindingFilter, pilots: FindingsPageProps["pilots"], rules: readonly string[]) {
  return [
    {
      name: "state",
      label: "Any state",
      value: filter.state ?? "",
      options: STATES.map((state) => ({ value: state, title: statusFace("finding", state).word })),
    },
    { name: "severity", label: "Any severity", value: filter.severity ?? "", options: SEVERITY_OPTIONS },
    {
      name: "pilotId",
      label: "Any pilot",
      value: filter.pilotId ?? "",
      options: pilots.map(({ id, name }) => ({ value: id, title: name })),
    },
    {
      name: "rule",
      label: "Any rule",
      value: filter.rule ?? "",
      options: rules.map((rule) => ({ value: rule, title: rule.replaceAll("_", " ") })),
    },
    { name: "runId", label: "Run's id", value: filter.runId ?? "" },
  ];
}
