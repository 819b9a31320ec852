// A browser of a few lines: it keeps cookies by origin and follows redirects, until one leads to where it is told to stop.
import { TEST_URL } from "../web-env.ts";

type Handler = (request: Request, context: { params: Promise<Record<string, never>> }) => Promise<Response>;

export interface SmallBrowser {
  /** Cookies of an origin by name. */
  cookies(origin: string): Map<string, string>;
  /** Goes there, and on along redirects; what it got last and where. */
  go(url: string, stop?: (url: URL) => boolean): Promise<{ url: URL; response: Response | null }>;
}

/** `ours`: path → handler of our own site; everything else goes over the network. */
export function smallBrowser(ours: Readonly<Record<string, Handler>>): SmallBrowser {
  const jars = new Map<string, Map<string, string>>();
  const cookies = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };

  async function ask(url: URL): Promise<Response> {
    const jar = cookies(url.origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie ? { cookie } : {}), host: url.host };
    const handler = url.origin === TEST_URL ? ours[url.pathname] : undefined;
    const response = handler
      ? await handler(new Request(url, { headers }), { params: Promise.resolve({}) })
      : await fetch(url, { headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const at = pair.indexOf("=");
      const gone = attributes.some(
        (each) => /^\s*max-age=0$/i.test(each) || /expires=Thu, 01 Jan 1970/i.test(each),
      );
      if (gone) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  async function go(start: string, stop: (url: URL) => boolean = () => false) {
    let url = new URL(start, TEST_URL);
    for (let step = 0; step < 12; step++) {
      if (stop(url)) return { url, response: null };
      if (url.origin === TEST_URL && !ours[url.pathname]) return { url, response: null };
      const response = await ask(url);
      const location = response.headers.get("location");
      if (location === null) return { url, response };
      url = new URL(location, url);
    }
    throw new Error(`no end of redirects at ${url.href}`);
  }

  return { cookies, go };
}
