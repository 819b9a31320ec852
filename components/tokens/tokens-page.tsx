import { Bot, Clock, KeyRound, ShieldCheck, ShieldX, UserX } from "lucide-react";
import {
  type AccountView,
  CARRIED_WORDS,
  CarriedPermission,
  type TokenState,
  type TokenView,
} from "#lib/api-tokens/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { GiveAccount } from "./give-account.tsx";
import { MakeAccount, type MakeAccountProps } from "./make-account.tsx";
import { MakeToken, type MakeTokenProps } from "./make-token.tsx";

export interface TokensPageProps {
  readonly tokens: readonly TokenView[];
  readonly accounts: readonly AccountView[];
  readonly make: MakeTokenProps;
  /** Reads `tokenId`. */
  readonly revoke: FormAction;
  /** Null for a person who makes no service accounts. */
  readonly account: MakeAccountProps | null;
}

export function TokensPage({ tokens, accounts, make, revoke, account }: TokensPageProps) {
  return (
    <div className="page">
      <PageHead
        title="API tokens"
        text="What programs act with. A token never does more than whom it acts for may at that moment, and ends by itself."
        actions={
          <>
            {account ? <MakeAccount {...account} /> : null}
            <MakeToken {...make} />
          </>
        }
      />
      <Tokens tokens={tokens} revoke={revoke} />
      {account || accounts.length > 0 ? <Accounts accounts={accounts} account={account} /> : null}
    </div>
  );
}

const FACES = {
  active: { tone: "good", icon: ShieldCheck, word: "active" },
  expired: { tone: "wait", icon: Clock, word: "expired" },
  revoked: { tone: "wait", icon: ShieldX, word: "revoked" },
  without_owner: { tone: "bad", icon: UserX, word: "nobody answers for it" },
  unconfirmed: {
    tone: "bad",
    icon: UserX,
    word: "the identity provider has not confirmed its owner lately; until they sign in by it",
  },
  refused: { tone: "bad", icon: UserX, word: "until its owner signs in by single sign-on again" },
} as const satisfies Record<TokenState, object>;

function Tokens({ tokens, revoke }: Pick<TokensPageProps, "tokens" | "revoke">) {
  const active = tokens.filter(({ state }) => state === "active").length;
  return (
    <Panel title="Tokens" fact={`${plural(tokens.length, "token")}, ${active} active`}>
      {tokens.length === 0 ? (
        <Empty
          icon={KeyRound}
          title="No token yet"
          text="A pipeline launches runs, reads how they stand or asks for releases with a token of yours, or of a service account."
        />
      ) : (
        <Table
          label="API tokens"
          tall
          columns={[
            { key: "label", title: "Token" },
            { key: "state", title: "State" },
            { key: "may", title: "May", wide: true },
            { key: "used", title: "Last used", wide: true },
            { key: "ends", title: "Ends" },
            { key: "actions", title: "Actions", quiet: true },
          ]}
        >
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} revoke={revoke} />
          ))}
        </Table>
      )}
      <Note>
        Sent as “Authorization: Bearer pht_…”. No token decides at a gate, gives roles or makes tokens,
        whoever it belongs to.
      </Note>
    </Panel>
  );
}

function wordsOf(permission: string): string {
  const known = CarriedPermission.safeParse(permission);
  return known.success ? CARRIED_WORDS[known.data] : permission;
}

function TokenRow({ token, revoke }: { token: TokenView; revoke: FormAction }) {
  const { id, label, prefix, personName, isService, permissions, pilotNames, usedAt, expiresAt } = token;
  const { tone, icon, word } = FACES[token.state];
  return (
    <tr>
      <td>
        <span className="med">
          <Visible text={label} mode="line" />
        </span>
        <div className="t3 trunc">
          <span className="mono">{prefix}…</span> for <Visible text={personName} mode="line" />
          {isService ? " (service account)" : null}
        </div>
        <div>
          <CopyId id={id} what="token id" />
        </div>
      </td>
      <td className="nowrap">
        <Remark tone={tone} icon={icon}>
          {word}
        </Remark>
      </td>
      <td className="only-wide">
        {permissions.map(wordsOf).join(" · ")}
        <div className="t3 sm">
          {pilotNames === null ? "all it may see" : <Visible text={pilotNames.join(", ")} mode="line" />}
        </div>
      </td>
      <td className="only-wide nowrap t2">{usedAt ? <RelativeTime at={usedAt.toISOString()} /> : "never"}</td>
      <td className="nowrap t2">
        <RelativeTime at={expiresAt.toISOString()} />
      </td>
      <td className="n">
        {token.mayRevoke ? (
          <ActionButton action={revoke} fields={{ tokenId: id }} size="sm" tone="danger" doing="Revoking">
            Revoke
          </ActionButton>
        ) : null}
      </td>
    </tr>
  );
}

function Accounts({ accounts, account }: Pick<TokensPageProps, "accounts" | "account">) {
  return (
    <Panel title="Service accounts" fact={plural(accounts.length, "account")} className="mt-4">
      {accounts.length === 0 ? (
        <Empty
          icon={Bot}
          title="No service account yet"
          text="A pipeline that is nobody's in particular acts as one. A named person answers for it, and nobody signs in as it."
        />
      ) : (
        <Table
          label="Service accounts"
          columns={[
            { key: "name", title: "Account" },
            { key: "owner", title: "Answers for it" },
            { key: "tokens", title: "Tokens", number: true },
            ...(account ? [{ key: "actions", title: "Actions", quiet: true }] : []),
          ]}
        >
          {accounts.map(({ id, name, ownerId, ownerName, disabledAt, tokens }) => (
            <tr key={id}>
              <td>
                <span className="med">
                  <Visible text={name} mode="line" />
                </span>
                {disabledAt ? <span className="t3 sm"> deactivated</span> : null}
                <div>
                  <CopyId id={id} what="account id" />
                </div>
              </td>
              <td className="t2">
                <Visible text={ownerName} mode="line" />
              </td>
              <td className="n num">{tokens}</td>
              {account ? (
                <td className="n">
                  <GiveAccount account={{ id, name, ownerId }} give={account.give} people={account.people} />
                </td>
              ) : null}
            </tr>
          ))}
        </Table>
      )}
      <Note>A new account may do nothing. It is given roles as people are, on their page.</Note>
    </Panel>
  );
}
