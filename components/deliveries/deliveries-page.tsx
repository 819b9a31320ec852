import { FileInput, Rocket, Siren } from "lucide-react";
import type { FetchView } from "#lib/deliveries/fetches/schema.ts";
import type { PagerView } from "#lib/deliveries/pagers/schema.ts";
import { DEPLOYMENT_STATUSES, KIND_WORDS, ROW_KINDS } from "#lib/deliveries/rows/schema.ts";
import type {
  DeliveriesQuery,
  DeploymentView,
  ImportView,
  IncidentView,
  Listed,
  Tab,
} from "#lib/deliveries/views/schema.ts";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { FilterBar, type FilterField } from "../list/filter-bar.tsx";
import { PageHead } from "../list/page-head.tsx";
import { Pager } from "../list/pager.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { AskHistory } from "./ask-history.tsx";
import { ConnectSteps } from "./connect-steps.tsx";
import { DeploymentTable } from "./deployment-table.tsx";
import { FetchTable } from "./fetch-table.tsx";
import { type FileActions, ImportFile } from "./import-file.tsx";
import { ImportTable } from "./import-table.tsx";
import { IncidentTable } from "./incident-table.tsx";
import { ConnectPager, PagerList } from "./pagers.tsx";
import { DEPLOYMENT_FACES, hrefOf } from "./words.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface DeliveriesActions extends FileActions {
  readonly link: FormAction;
  readonly ask: FormAction;
  readonly connectPager: FormAction;
  readonly endPager: FormAction;
}

/** Of the tab that is open. */
export type Shown =
  | { readonly tab: "deployments"; readonly list: Listed<DeploymentView> }
  | { readonly tab: "incidents"; readonly list: Listed<IncidentView>; readonly pagers: readonly PagerView[] }
  | { readonly tab: "imports"; readonly list: Listed<ImportView>; readonly fetches: readonly FetchView[] };

export interface DeliveriesPageProps {
  readonly shown: Shown;
  readonly query: DeliveriesQuery;
  readonly origin: string;
  readonly repositories: readonly Named[];
  /** Those that are connected to GitHub. */
  readonly connected: readonly Named[];
  readonly environments: readonly string[];
  /** Null for whoever may not. */
  readonly actions: DeliveriesActions | null;
}

const TITLES: Readonly<Record<Tab, string>> = {
  deployments: "Deployments",
  incidents: "Incidents",
  imports: "Imports",
};

/** What happened outside, which figures are counted from: seen, filtered by the address, and put right. */
export function DeliveriesPage(props: DeliveriesPageProps) {
  const { shown, repositories, connected, actions } = props;
  return (
    <div className="page">
      <PageHead
        title="Deliveries"
        text="What went to production, what went wrong there, and how it is known here. Figures are counted from these rows."
        actions={
          actions ? (
            <>
              <ImportFile preview={actions.preview} take={actions.take} />
              <AskHistory repositories={connected} action={actions.ask} />
              <ConnectPager repositories={repositories} action={actions.connectPager} />
            </>
          ) : null
        }
      />
      <Tabs
        label="Deliveries"
        tabs={(Object.keys(TITLES) as Tab[]).map((tab) => ({
          href: hrefOf(tab === "deployments" ? {} : { tab }),
          title: TITLES[tab],
          current: shown.tab === tab,
        }))}
      />
      <Body {...props} />
    </div>
  );
}

function Body(props: DeliveriesPageProps) {
  const { shown, origin, actions } = props;
  switch (shown.tab) {
    case "deployments":
      return <ListPanel {...props} noun="deployment" fields={deploymentFields(props)} />;
    case "incidents":
      return (
        <>
          <ListPanel {...props} noun="incident" fields={incidentFields(props)} />
          {shown.pagers.length > 0 ? (
            <Panel title="Pagers">
              <PagerList pagers={shown.pagers} origin={origin} end={actions?.endPager ?? null} />
            </Panel>
          ) : null}
        </>
      );
    case "imports":
      return (
        <>
          {shown.fetches.length > 0 ? (
            <Panel title="Asked of GitHub">
              <FetchTable fetches={shown.fetches} />
            </Panel>
          ) : null}
          <ListPanel {...props} noun="import" fields={importFields(props)} />
        </>
      );
  }
}

interface ListPanelProps extends DeliveriesPageProps {
  readonly noun: "deployment" | "incident" | "import";
  readonly fields: readonly FilterField[];
}

function ListPanel(props: ListPanelProps) {
  const { shown, query, noun, fields } = props;
  const { items, next } = shown.list;
  const { after, ...filter } = query;
  const isFiltered = fields.some(({ value }) => value !== "");
  return (
    <Panel
      title={isFiltered ? `${TITLES[shown.tab]} that fit` : TITLES[shown.tab]}
      fact={`${items.length} shown`}
    >
      <FilterBar
        found={plural(items.length, noun)}
        fields={fields}
        keep={shown.tab === "deployments" ? {} : { tab: shown.tab }}
      />
      {items.length === 0 ? <Nothing {...props} isFiltered={isFiltered} /> : <Rows {...props} />}
      {next || after ? (
        <Pager
          shown={`${items.length} shown`}
          first={after ? hrefOf(filter) : null}
          next={next ? hrefOf({ ...filter, after: next }) : null}
        />
      ) : null}
    </Panel>
  );
}

function Rows({ shown, actions }: DeliveriesPageProps) {
  switch (shown.tab) {
    case "deployments":
      return <DeploymentTable deployments={shown.list.items} />;
    case "incidents":
      return <IncidentTable incidents={shown.list.items} link={actions?.link ?? null} />;
    case "imports":
      return <ImportTable imports={shown.list.items} />;
  }
}

const ICONS = { deployments: Rocket, incidents: Siren, imports: FileInput } as const;

function Nothing({ shown, origin, repositories, isFiltered }: ListPanelProps & { isFiltered: boolean }) {
  const { tab } = shown;
  if (isFiltered && !shown.list.isEmpty)
    return (
      <Empty
        icon={ICONS[tab]}
        title={`Nothing of ${TITLES[tab].toLowerCase()} fits`}
        text="Clear the filter to see all of them."
      />
    );
  const text =
    tab === "imports" ? (
      "Every file, call of a program, call of GitHub or PagerDuty that brought something stands here, with the digest of its rows."
    ) : (
      <ConnectSteps
        kind={tab === "deployments" ? "deployment" : "incident"}
        origin={origin}
        repository={repositories[0]?.name ?? ""}
      />
    );
  return <Empty icon={ICONS[tab]} title={`No ${TITLES[tab].toLowerCase()} yet`} text={text} />;
}

const repositoryField = ({ query, repositories }: DeliveriesPageProps): FilterField => ({
  ...{ name: "repositoryId", label: "Any repository", value: query.repositoryId ?? "" },
  options: repositories.map(({ id, name }) => ({ value: id, title: name })),
});

const deploymentFields = (props: DeliveriesPageProps): FilterField[] => [
  repositoryField(props),
  {
    ...{ name: "environment", label: "Any environment", value: props.query.environment ?? "" },
    options: props.environments.map((each) => ({ value: each, title: each })),
  },
  {
    ...{ name: "status", label: "Any status", value: props.query.status ?? "" },
    options: DEPLOYMENT_STATUSES.map((each) => ({ value: each, title: DEPLOYMENT_FACES[each].word })),
  },
];

const incidentFields = (props: DeliveriesPageProps): FilterField[] => [
  repositoryField(props),
  {
    ...{ name: "cause", label: "Any cause", value: props.query.cause ?? "" },
    options: [
      { value: "open", title: "Nothing linked" },
      { value: "linked", title: "A deployment" },
      { value: "none", title: "No deployment" },
    ],
  },
];

const importFields = ({ query }: DeliveriesPageProps): FilterField[] => [
  {
    ...{ name: "kind", label: "Any kind", value: query.kind ?? "" },
    options: ROW_KINDS.map((each) => ({ value: each, title: KIND_WORDS[each] })),
  },
];
