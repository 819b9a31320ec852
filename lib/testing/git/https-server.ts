// An https git server on loopback: git's own http-backend behind Node, with a certificate made for the occasion.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

export interface GitServer {
  readonly port: number;
  readonly caFile: string;
  /** Request lines in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** Host folder whose repositories are served. */
  readonly root: string;
  /** Scratch folder for the certificate; made. */
  readonly folder: string;
  /** `user:password` a push must carry. */
  readonly pushCredential?: string;
  /** Answers instead of git where it returns true. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Of an authority of its own: for git.test and 127.0.0.1. */
export function makeCertificate(folder: string): { key: string; cert: string } {
  mkdirSync(folder, { recursive: true });
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=git.test", "-addext", "subjectAltName=DNS:git.test,IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", cert, ...subject], {
    stdio: "pipe",
  });
  return { key, cert };
}

/** Splits the CGI answer: header lines, an empty line, the body. */
function answerCgi(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf("\r\n\r\n");
  for (const line of output.toString("latin1", 0, end).split("\r\n")) {
    const [name = "", value = ""] = line.split(/: (.*)/s);
    if (name === "Status") response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
}

function runBackend(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  user: string | null,
): void {
  const { pathname, search } = new URL(request.url ?? "/", "https://git.test");
  const env = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: request.method ?? "GET",
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    ...(user === null ? {} : { REMOTE_USER: user }),
  };
  const child = spawn("git", ["http-backend"], {
    env: env as unknown as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("close", () => answerCgi(Buffer.concat(chunks), response));
  request.pipe(child.stdin);
}

export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const { key, cert } = makeCertificate(options.folder);
  const requests: string[] = [];
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (options.intercept?.(request, response)) return;
    const given = Buffer.from(
      (request.headers.authorization ?? "").replace(/^Basic /, ""),
      "base64",
    ).toString();
    const isPush = (request.url ?? "").includes("receive-pack");
    if (isPush && options.pushCredential !== undefined && given !== options.pushCredential) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="git"' }).end();
      return;
    }
    runBackend(request, response, options.root, isPush ? "pusher" : null);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  return {
    port: address.port,
    caFile: cert,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
