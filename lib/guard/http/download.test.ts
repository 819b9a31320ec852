import { describe, expect, test } from "vitest";
import { downloadHeaders } from "./download.ts";

const file = { texts: (async function* () {})(), name: "bundle.jsonl", contentType: "application/jsonl" };

describe("the headers of a download", () => {
  test("say nothing of bytes that are made once", () => {
    const headers = downloadHeaders(file);
    expect(headers).not.toHaveProperty("etag");
    expect(headers).not.toHaveProperty("content-location");
    expect(headers["cache-control"]).toBe("no-store, no-transform");
  });

  test("name bytes that are always the same, strongly, and where they can be had again", () => {
    const headers = downloadHeaders({ ...file, etag: "exp_1-7", location: "/api/log/exports/exp_1" });
    expect(headers).toMatchObject({ etag: '"exp_1-7"', "content-location": "/api/log/exports/exp_1" });
  });

  test("probe: a name cannot leave its quotes or its line", () => {
    expect(downloadHeaders({ ...file, name: 'a"\r\nset-cookie: b' })["content-disposition"]).toBe(
      'attachment; filename="a___set-cookie__b"',
    );
  });
});
