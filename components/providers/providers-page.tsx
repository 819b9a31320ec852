import { Cloud } from "lucide-react";
import Link from "next/link";
import type { ProviderView } from "#lib/providers/schema.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { AddProvider, type AddProviderProps } from "./add-provider.tsx";
import { KIND_WORDS, keyInUse, providerFace } from "./words.ts";

export interface ProvidersPageProps {
  readonly providers: readonly ProviderView[];
  /** Null for a person who may not. */
  readonly add: AddProviderProps | null;
}

export function ProvidersPage({ providers, add }: ProvidersPageProps) {
  const action = add ? <AddProvider {...add} /> : null;
  return (
    <div className="page">
      <PageHead
        title="Providers"
        text="Where models are. Keys are sealed to the gateway as they come in; nobody can read one back, and no sandbox ever holds one."
        actions={action}
      />
      <Panel title="Connected" fact={plural(providers.length, "provider")}>
        {providers.length === 0 ? (
          <Empty
            icon={Cloud}
            title="No provider yet"
            text="Agents with a model need one. The recipe agent works without."
            action={action}
          />
        ) : (
          <Table
            label="Providers"
            tall
            columns={[
              { key: "name", title: "Provider" },
              { key: "state", title: "State" },
              { key: "key", title: "Key in use" },
              { key: "models", title: "Models", wide: true, number: true },
              { key: "since", title: "Since", wide: true },
            ]}
          >
            {providers.map((provider) => (
              <Row key={provider.id} provider={provider} />
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}

function Row({ provider }: { provider: ProviderView }) {
  const { id, name, kind, baseUrl, createdAt, createdByName, test } = provider;
  const { tone, icon, word } = providerFace(provider);
  const key = keyInUse(provider);
  return (
    <tr>
      <td>
        <div className="cell2">
          <Link className="med" href={`/providers/${id}`}>
            <Visible text={name} />
          </Link>
          <div className="t3 trunc">
            {KIND_WORDS[kind]} · <span className="mono">{baseUrl}</span>
          </div>
        </div>
      </td>
      <td className="nowrap">
        <Remark tone={tone} icon={icon}>
          {word}
        </Remark>
      </td>
      <td className="nowrap t2">{key ? <KeyHint hint={key.hint} /> : "–"}</td>
      <td className="n only-wide">{test?.answer ? test.answer.models.length : "–"}</td>
      <td className="only-wide nowrap t2">
        <RelativeTime at={createdAt.toISOString()} />
        <div className="t3 sm">{createdByName}</div>
      </td>
    </tr>
  );
}

/** The four last characters are all that is kept of a key besides what only the gateway can open. */
export function KeyHint({ hint }: { hint: string }) {
  return hint === "" ? (
    <span>a short key</span>
  ) : (
    <span>
      ends with <span className="mono">{hint}</span>
    </span>
  );
}
