// A real OpenID provider on this host, for tests: its people are what the test says, and signing in there takes one click.
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { CLIENT } from "./client.ts";

export interface ProviderPerson {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;
/** A compact JWT over the claims, by the provider's key or somebody else's. */
type Sign = (claims: Claims, by?: "provider" | "stranger" | "nobody") => string;

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Subject → person; who is taken out has left. */
  readonly people: Map<string, ProviderPerson>;
  /** Who signs in at once; null: a page asks. */
  signingIn: string | null;
  /** It takes connections and answers nothing but errors. */
  down: boolean;
  /** Puts another ID token into what the token endpoint answers. */
  forge: ((claims: Claims, sign: Sign) => string) | null;
  /** How often its token endpoint was asked. */
  readonly asked: () => number;
  close(): Promise<void>;
}

interface TestProviderOptions {
  readonly redirectUris: readonly string[];
  /** Any, where none is given. */
  readonly port?: number;
  /** Whether it gives tokens to ask again by. */
  readonly refreshTokens?: boolean;
}

const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const signer =
  (provider: KeyObject, stranger: KeyObject): Sign =>
  (claims, by = "provider") => {
    const signed = `${part({ alg: by === "nobody" ? "none" : "RS256", kid: "test" })}.${part(claims)}`;
    if (by === "nobody") return `${signed}.`;
    const key = by === "provider" ? provider : stranger;
    return `${signed}.${createSign("sha256").update(signed).sign(key, "base64url")}`;
  };

const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

async function listening(port: number): Promise<{ server: Server; issuer: string }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  return { server, issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export async function startProvider({
  redirectUris,
  port = 0,
  refreshTokens = true,
}: TestProviderOptions): Promise<TestProvider> {
  const { server, issuer } = await listening(port);
  const people = new Map<string, ProviderPerson>();
  let count = 0;
  const key = rsa();
  const sign = signer(key, rsa());
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [...redirectUris],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "client_secret_post",
      },
      // Somebody else's client at the same provider, whose tokens are not for us.
      { client_id: "another", client_secret: "another secret", redirect_uris: [...redirectUris] },
    ],
    jwks: { keys: [{ ...key.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "test" }] },
    cookies: { keys: ["a key of the test"] },
    features: { devInteractions: { enabled: false } },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    findAccount: (_, sub) => {
      const person = people.get(sub);
      return person && { accountId: sub, claims: () => ({ sub, ...person }) };
    },
    issueRefreshToken: () => refreshTokens,
    rotateRefreshToken: true,
    interactions: { url: (_, { uid }) => `/ask/${uid}` },
    // Nobody is asked for consent here.
    loadExistingGrant: async ({ oidc: { client, session, provider: own } }) => {
      const grant = new own.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope("openid email profile offline_access");
      await grant.save();
      return grant;
    },
    ttl: {
      AccessToken: 300,
      IdToken: 300,
      Interaction: 600,
      Session: 3600,
      Grant: 86_400,
      RefreshToken: 86_400,
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    const body = ctx.body as { id_token?: string } | undefined;
    if (control.forge && ctx.path === "/token" && body?.id_token)
      ctx.body = { ...body, id_token: control.forge(claimsOf(body.id_token), sign) };
  });
  const answer = provider.callback();
  const control: TestProvider = {
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    people,
    signingIn: null,
    down: false,
    forge: null,
    asked: () => count,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", issuer);
    if (pathname === "/token") count++;
    if (control.down) response.writeHead(503).end();
    else if (pathname.startsWith("/ask/")) void interact(request, response, searchParams.get("sub"));
    else answer(request, response);
  });

  async function interact(request: IncomingMessage, response: ServerResponse, chosen: string | null) {
    const accountId = chosen ?? control.signingIn;
    if (accountId === null) response.setHeader("content-type", "text/html").end(choices());
    else await provider.interactionFinished(request, response, { login: { accountId } });
  }

  const choices = () =>
    `<title>Provider</title><h1>Who are you?</h1>${[...people]
      .map(([sub, { name }]) => `<p><a href="?sub=${encodeURIComponent(sub)}">${name ?? sub}</a></p>`)
      .join("")}`;

  return control;
}
