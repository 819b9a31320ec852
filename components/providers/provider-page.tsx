import { CircleDollarSign, KeyRound } from "lucide-react";
import { dollarsOf } from "#lib/prices/dollars.ts";
import type { PriceView } from "#lib/prices/schema.ts";
import type { Figures } from "#lib/providers/figures-schema.ts";
import type { KeyView, ProviderView } from "#lib/providers/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatDuration, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { FiguresPanel } from "./figures-panel.tsx";
import { KeyHint } from "./providers-page.tsx";
import { SetKey } from "./set-key.tsx";
import { SetPrice } from "./set-price.tsx";
import { KIND_WORDS, keyInUse, providerFace } from "./words.ts";

export interface ProviderPageProps {
  readonly provider: ProviderView;
  readonly prices: readonly PriceView[];
  readonly figures: readonly Figures[];
  /** Null for a person who may not. */
  readonly manage: {
    readonly setKey: FormAction;
    /** Read `providerId` and `keyId`. */
    readonly retire: FormAction;
    readonly tryKey: FormAction;
    /** Reads `providerId`. */
    readonly disable: FormAction;
  } | null;
  /** Null for a person who may not. */
  readonly setPrice: FormAction | null;
}

export function ProviderPage({ provider, prices, figures, manage, setPrice }: ProviderPageProps) {
  const { id, name, kind, baseUrl, disabledAt } = provider;
  const { tone, icon, word } = providerFace(provider);
  return (
    <div className="page">
      <PageHead
        title={<Visible text={name} />}
        text={
          <>
            {KIND_WORDS[kind]} at <span className="mono">{baseUrl}</span>
          </>
        }
        actions={
          <>
            <Remark tone={tone} icon={icon} bare={false}>
              {word}
            </Remark>
            {manage && disabledAt === null ? (
              <ActionButton
                action={manage.disable}
                fields={{ providerId: id }}
                tone="danger"
                doing="Switching off"
              >
                Switch off
              </ActionButton>
            ) : null}
          </>
        }
      />
      <TestNote provider={provider} />
      <Keys provider={provider} manage={disabledAt === null ? manage : null} />
      <Prices provider={provider} prices={prices} setPrice={disabledAt === null ? setPrice : null} />
      <FiguresPanel figures={figures} />
    </div>
  );
}

function TestNote({ provider }: { provider: ProviderView }) {
  const { test } = provider;
  if (!test || test.keyId !== keyInUse(provider)?.id) return null;
  if (!test.answer) return <Note role="status">The gateway is trying the key.</Note>;
  const { problem, models, latencyMs } = test.answer;
  return problem === null ? (
    <Note tone="good">
      The key works: the provider answered in {formatDuration(latencyMs)} and offers{" "}
      {plural(models.length, "model")}.
    </Note>
  ) : (
    <Note tone="bad">
      <Visible text={problem} mode="block" />
    </Note>
  );
}

function Keys({ provider, manage }: Pick<ProviderPageProps, "provider" | "manage">) {
  const { id, keys } = provider;
  const live = keys.filter(({ retiredAt }) => retiredAt === null);
  const set = manage ? <SetKey providerId={id} isFirst={live.length === 0} action={manage.setKey} /> : null;
  return (
    <Panel
      title="Keys"
      fact={`${plural(keys.length, "key")}, ${live.length} usable`}
      actions={set}
      className="mt-4"
    >
      {keys.length === 0 ? (
        <Empty
          icon={KeyRound}
          title="No key yet"
          text="Without one, calls of this provider's models are refused."
        />
      ) : (
        <Table
          label="Keys"
          tall
          columns={[
            { key: "key", title: "Key" },
            { key: "state", title: "State" },
            { key: "set", title: "Set", wide: true },
            { key: "actions", title: "Actions", quiet: true },
          ]}
        >
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              shown={key}
              providerId={id}
              isInUse={key.id === live[0]?.id}
              manage={manage}
            />
          ))}
        </Table>
      )}
    </Panel>
  );
}

function KeyRow({
  shown,
  providerId,
  isInUse,
  manage,
}: {
  shown: KeyView;
  providerId: string;
  isInUse: boolean;
  manage: ProviderPageProps["manage"];
}) {
  const { id, hint, setAt, setByName, retiredAt } = shown;
  const fields = { providerId, keyId: id };
  return (
    <tr>
      <td>
        <div className="cell2">
          <KeyHint hint={hint} />
          <div className="t3">
            <CopyId id={id} what="key id" />
          </div>
        </div>
      </td>
      <td className="nowrap t2">
        {retiredAt ? (
          <>
            retired <RelativeTime at={retiredAt.toISOString()} />
          </>
        ) : isInUse ? (
          "in use"
        ) : (
          "usable"
        )}
      </td>
      <td className="only-wide nowrap t2">
        <RelativeTime at={setAt.toISOString()} />
        <div className="t3 sm">{setByName}</div>
      </td>
      <td className="n">
        {manage && !retiredAt ? (
          <div className="row justify-end">
            <ActionButton action={manage.tryKey} fields={fields} size="sm" doing="Asking">
              Test
            </ActionButton>
            <ActionButton action={manage.retire} fields={fields} size="sm" tone="danger" doing="Retiring">
              Retire
            </ActionButton>
          </div>
        ) : null}
      </td>
    </tr>
  );
}

const COLUMNS = [
  { key: "model", title: "Model" },
  { key: "input", title: "Input", number: true },
  { key: "cached", title: "Cached", number: true, wide: true },
  { key: "write", title: "Cache write", number: true, wide: true },
  { key: "output", title: "Output", number: true },
  { key: "reasoning", title: "Reasoning", number: true, wide: true },
  { key: "actions", title: "Actions", quiet: true },
] as const;

function Prices({ provider, prices, setPrice }: Pick<ProviderPageProps, "provider" | "prices" | "setPrice">) {
  const models = provider.test?.answer?.models ?? [];
  const priced = new Set(prices.map(({ model }) => model));
  const others = models.filter((model) => !priced.has(model));
  const common = { providerId: provider.id, models: others };
  return (
    <Panel
      title="Prices"
      fact="USD for a million tokens"
      className="mt-4"
      actions={setPrice ? <SetPrice {...common} price={null} action={setPrice} /> : null}
    >
      {prices.length === 0 ? (
        <Empty
          icon={CircleDollarSign}
          title="No price yet"
          text="A model without a price is not called: nobody could hold it to a budget."
        />
      ) : (
        <Table label="Prices" tall columns={COLUMNS}>
          {prices.map((price) => (
            <tr key={price.id}>
              <td>
                <div className="cell2">
                  <span className="mono">
                    <Visible text={price.model} />
                  </span>
                  <div className="t3">
                    version {price.version}, {price.setByName},{" "}
                    <RelativeTime at={price.setAt.toISOString()} />
                  </div>
                </div>
              </td>
              <td className="n">{dollarsOf(price.input)}</td>
              <td className="n only-wide">{dollarsOf(price.cached)}</td>
              <td className="n only-wide">{dollarsOf(price.cacheWrite)}</td>
              <td className="n">{dollarsOf(price.output)}</td>
              <td className="n only-wide">{dollarsOf(price.reasoning)}</td>
              <td className="n">
                {setPrice ? <SetPrice {...common} price={price} action={setPrice} /> : null}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {others.length > 0 ? (
        <div className="pb t2 sm">
          Offered and without a price:{" "}
          <span className="mono">
            <Visible text={others.slice(0, 20).join(", ")} />
          </span>
          {others.length > 20 ? ` and ${others.length - 20} more` : null}
        </div>
      ) : null}
    </Panel>
  );
}
